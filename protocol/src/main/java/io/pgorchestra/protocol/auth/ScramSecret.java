package io.pgorchestra.protocol.auth;

import io.pgorchestra.protocol.message.WireText;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a server stores about a password for SCRAM-SHA-256, as in {@code pg_authid.rolpassword}:
 * {@code SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>}, the last three in base64.
 *
 * <p>Enough to verify a login, not enough to log in with. Source: <a
 * href="https://www.postgresql.org/docs/current/catalog-pg-authid.html">pg_authid</a>.
 */
@SuppressWarnings("ArrayRecordComponent") // Compared by content below.
public record ScramSecret(int iterations, byte[] salt, byte[] storedKey, byte[] serverKey) {
    public static final String MECHANISM = "SCRAM-SHA-256";

    /** Postgres' default for {@code scram_iterations}. */
    public static final int DEFAULT_ITERATIONS = 4096;

    static final int SALT_BYTES = 16;

    private static final Pattern FORMAT = Pattern.compile(
            "SCRAM-SHA-256\\$([0-9]{1,9}):([A-Za-z0-9+/]+={0,2})\\$([A-Za-z0-9+/]{43}=):([A-Za-z0-9+/]{43}=)");

    public ScramSecret {
        checkSalt(salt, iterations);
        checkKey("storedKey", storedKey);
        checkKey("serverKey", serverKey);
    }

    /** The secret of a new password, with a random salt; the generator must be a secure one outside tests. */
    public static ScramSecret of(String password, int iterations, Random random) {
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        return ScramKeys.derive(password, salt, iterations).secret();
    }

    /**
     * A secret that nobody can log in with, for a user that does not exist.
     *
     * <p>The salt depends on nothing but user and key, so that asking twice tells no more than asking once; the zeros in
     * place of keys are the hash of nothing anyone could find.
     *
     * @param fakeKey random bytes that stay the same while the proxy runs, better while the cluster lives
     */
    static ScramSecret fake(String user, byte[] fakeKey) {
        byte[] salt = Arrays.copyOf(Sha256.hmac(fakeKey, WireText.encode(user)), SALT_BYTES);
        return new ScramSecret(DEFAULT_ITERATIONS, salt, new byte[Sha256.BYTES], new byte[Sha256.BYTES]);
    }

    /** Whether a stored password has the form of a SCRAM secret; {@link #parse} may take it then. */
    public static boolean isSecret(String stored) {
        return FORMAT.matcher(stored).matches();
    }

    /** The secret of a stored password; throws {@link IllegalArgumentException}, without its text, for another form. */
    public static ScramSecret parse(String stored) {
        Matcher parts = FORMAT.matcher(stored);
        if (!parts.matches()) {
            throw new IllegalArgumentException("stored password of " + stored.length()
                    + " characters (expected: SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>)");
        }
        Base64.Decoder base64 = Base64.getDecoder();
        return new ScramSecret(
                Integer.parseInt(parts.group(1)),
                base64.decode(parts.group(2)),
                base64.decode(parts.group(3)),
                base64.decode(parts.group(4)));
    }

    /** The form that Postgres stores. */
    public String format() {
        Base64.Encoder base64 = Base64.getEncoder();
        return MECHANISM + "$" + iterations + ":" + base64.encodeToString(salt) + "$" + base64.encodeToString(storedKey)
                + ":" + base64.encodeToString(serverKey);
    }

    /** Verifies a cleartext password, in constant time but for its derivation. */
    public boolean verify(String password) {
        return MessageDigest.isEqual(
                serverKey, ScramKeys.derive(password, salt, iterations).serverKey());
    }

    static void checkKey(String name, byte[] key) {
        if (key.length != Sha256.BYTES) {
            throw new IllegalArgumentException(name + " bytes: " + key.length + " (expected: 32)");
        }
    }

    static void checkSalt(byte[] salt, int iterations) {
        if (salt.length == 0) {
            throw new IllegalArgumentException("salt bytes: 0 (expected: >= 1)");
        }
        if (iterations < 1) {
            throw new IllegalArgumentException("iterations: " + iterations + " (expected: >= 1)");
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ScramSecret that
                && iterations == that.iterations
                && Arrays.equals(salt, that.salt)
                && MessageDigest.isEqual(storedKey, that.storedKey)
                && MessageDigest.isEqual(serverKey, that.serverKey);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(salt);
    }

    @Override
    public String toString() {
        return "ScramSecret[]";
    }
}
