package io.pgorchestra.discovery.sql;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A libpq connection string of the form {@code host=a port=5432 password='it\'s'}, in its order. See
 * <a href="https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-KEYWORD-VALUE">Keyword/Value Connection Strings</a>.
 */
final class Conninfo {

    private final Map<String, String> values = new LinkedHashMap<>();

    /**
     * @throws IllegalArgumentException if it is malformed, or a URI; the text shows nothing of it, for there may be a password in it
     */
    static Conninfo parse(String text) {
        if (text.startsWith("postgres://") || text.startsWith("postgresql://")) {
            throw new IllegalArgumentException("primary_conninfo is a URI (expected: keyword=value ...)");
        }
        Conninfo conninfo = new Conninfo();
        Reader reader = new Reader(text);
        for (reader.skipSpaces(); !reader.atEnd(); reader.skipSpaces()) {
            String keyword = reader.keyword();
            conninfo.values.put(keyword, reader.value());
        }
        return conninfo;
    }

    String get(String keyword) {
        return values.getOrDefault(keyword, "");
    }

    void set(String keyword, String value) {
        values.put(keyword, value);
    }

    void setIfAbsent(String keyword, String value) {
        values.putIfAbsent(keyword, value);
    }

    void remove(String keyword) {
        values.remove(keyword);
    }

    String text() {
        StringBuilder text = new StringBuilder();
        values.forEach((keyword, value) -> text.append(text.isEmpty() ? "" : " ")
                .append(keyword)
                .append("='")
                .append(value.replace("\\", "\\\\").replace("'", "\\'"))
                .append("'"));
        return text.toString();
    }

    /** Only the keywords. */
    @Override
    public String toString() {
        return values.keySet().toString();
    }

    /** As {@code conninfo_parse} of libpq reads it. */
    private static final class Reader {
        private final String text;
        private int at;

        private Reader(String text) {
            this.text = text;
        }

        boolean atEnd() {
            return at == text.length();
        }

        void skipSpaces() {
            while (!atEnd() && Character.isWhitespace(text.charAt(at))) {
                at++;
            }
        }

        String keyword() {
            int begin = at;
            while (!atEnd() && text.charAt(at) != '=' && !Character.isWhitespace(text.charAt(at))) {
                at++;
            }
            String keyword = text.substring(begin, at);
            skipSpaces();
            if (atEnd() || text.charAt(at) != '=' || keyword.isEmpty()) {
                throw malformed();
            }
            at++;
            skipSpaces();
            return keyword;
        }

        String value() {
            boolean quoted = !atEnd() && text.charAt(at) == '\'';
            if (quoted) {
                at++;
            }
            StringBuilder value = new StringBuilder();
            while (!atEnd()) {
                char next = text.charAt(at++);
                if (quoted ? next == '\'' : Character.isWhitespace(next)) {
                    return value.toString();
                }
                if (next == '\\' && !atEnd()) {
                    next = text.charAt(at++);
                }
                value.append(next);
            }
            if (quoted) {
                throw malformed();
            }
            return value.toString();
        }

        private IllegalArgumentException malformed() {
            return new IllegalArgumentException(
                    "primary_conninfo is malformed at character " + at + " (expected: keyword=value ...)");
        }
    }
}
