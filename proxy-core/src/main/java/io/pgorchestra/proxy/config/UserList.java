package io.pgorchestra.proxy.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Who may log in, with what secret: the contents of an auth_file, in PgBouncer's format. Each line is
 * {@code "name" "secret"}; a quote within is doubled; a line that starts with {@code ;} or {@code #} is a comment. A secret is a
 * clear password, {@code md5...} or {@code SCRAM-SHA-256$...}. Immutable; reading the file again makes another one.
 */
public final class UserList {
    /** No user at all. */
    public static final UserList EMPTY = new UserList(Map.of());

    private static final String EXPECTED = "\"name\" \"secret\"";
    private static final String SCRAM_PREFIX = "SCRAM-SHA-256$";
    private static final Pattern SCRAM =
            Pattern.compile("SCRAM-SHA-256\\$[1-9]\\d{0,8}:[A-Za-z0-9+/]+=*\\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=");

    private final Map<String, String> secrets;

    private UserList(Map<String, String> secrets) {
        this.secrets = Map.copyOf(secrets);
    }

    /** The users of a file's text; what is wrong with it goes to {@code findings}. */
    static UserList parse(String text, String file, Findings findings) {
        Map<String, String> secrets = new LinkedHashMap<>();
        int line = 0;
        for (String content : text.split("\n", -1)) {
            line++;
            readLine(content.strip(), new Position(file, line), secrets, findings);
        }
        return new UserList(secrets);
    }

    private static void readLine(String content, Position position, Map<String, String> secrets, Findings findings) {
        if (content.isEmpty() || content.startsWith(";") || content.startsWith("#")) {
            return;
        }
        Quoted name = Quoted.at(content, 0);
        if (name == null || name.text.isEmpty()) {
            findings.problem(position, "broken user name", "", EXPECTED, "put the name in double quotes");
            return;
        }
        int secretStart = name.end;
        while (secretStart < content.length() && Character.isWhitespace(content.charAt(secretStart))) {
            secretStart++;
        }
        Quoted secret = Quoted.at(content, secretStart);
        if (secret == null) {
            findings.problem(
                    position,
                    "broken secret of user " + name.text,
                    "",
                    EXPECTED,
                    "put the secret in double quotes, a double quote within it twice");
            return;
        }
        if (secret.text.startsWith(SCRAM_PREFIX) && !SCRAM.matcher(secret.text).matches()) {
            findings.problem(
                    position,
                    "broken SCRAM secret of user " + name.text,
                    "",
                    "SCRAM-SHA-256$ITERATIONS:SALT$STOREDKEY:SERVERKEY",
                    "copy it from pg_authid.rolpassword");
            return;
        }
        if (secrets.put(name.text, secret.text) != null) {
            findings.note(position, "user " + name.text + " stands here again: the last line counts");
        }
        // What follows the secret is ignored: old files have more columns, and PgBouncer skips them.
    }

    /** A quoted text and where it ends. */
    private record Quoted(String text, int end) {
        static @Nullable Quoted at(String content, int start) {
            if (start >= content.length() || content.charAt(start) != '"') {
                return null;
            }
            StringBuilder text = new StringBuilder();
            int index = start + 1;
            while (index < content.length()) {
                boolean quote = content.charAt(index) == '"';
                boolean doubled = quote && index + 1 < content.length() && content.charAt(index + 1) == '"';
                if (quote && !doubled) {
                    return new Quoted(text.toString(), index + 1);
                }
                text.append(content.charAt(index));
                index += doubled ? 2 : 1;
            }
            return null;
        }
    }

    /** The secret of a user; null when there is no such user. May be empty: then no password will do. */
    public @Nullable String secret(String user) {
        return secrets.get(user);
    }

    public Set<String> names() {
        return secrets.keySet();
    }

    public int size() {
        return secrets.size();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof UserList that && secrets.equals(that.secrets);
    }

    @Override
    public int hashCode() {
        return secrets.hashCode();
    }

    /** The names only. */
    @Override
    public String toString() {
        return "UserList" + secrets.keySet();
    }
}
