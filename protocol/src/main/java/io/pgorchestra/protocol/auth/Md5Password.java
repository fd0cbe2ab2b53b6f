package io.pgorchestra.protocol.auth;

import io.pgorchestra.protocol.message.WireText;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * The md5 method, which Postgres has deprecated: secrets as stored, and responses to a salt.
 *
 * <p>A secret is {@code "md5" + md5(password + user)}, a response {@code "md5" + md5(secret without "md5" + salt)}, all
 * in hex. Who has the secret can log in with it. Source: <a
 * href="https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-START-UP">AuthenticationMD5Password</a>.
 */
public final class Md5Password {
    private static final String PREFIX = "md5";
    private static final Pattern FORMAT = Pattern.compile("md5[0-9a-f]{32}");

    private Md5Password() {}

    /** Whether a stored password has the form of an md5 secret. */
    public static boolean isSecret(String stored) {
        return FORMAT.matcher(stored).matches();
    }

    /** What a server stores for this password. */
    public static String secret(String user, String password) {
        return PREFIX + md5(WireText.encode(password), WireText.encode(user));
    }

    /** What a client sends in PasswordMessage, after a salt from AuthenticationMD5Password. */
    public static String response(String secret, byte[] salt) {
        if (!isSecret(secret)) {
            throw new IllegalArgumentException(
                    "secret of " + secret.length() + " characters (expected: md5 and 32 hex digits)");
        }
        return PREFIX + md5(secret.substring(PREFIX.length()).getBytes(StandardCharsets.US_ASCII), salt);
    }

    /** Verifies a client's response, in constant time. */
    public static boolean verifyResponse(String secret, byte[] salt, String response) {
        return MessageDigest.isEqual(WireText.encode(response(secret, salt)), WireText.encode(response));
    }

    /** Verifies a cleartext password against a stored secret, in constant time. */
    public static boolean verify(String secret, String user, String password) {
        return MessageDigest.isEqual(WireText.encode(secret), WireText.encode(secret(user, password)));
    }

    private static String md5(byte[] first, byte[] second) {
        try {
            MessageDigest digest = MessageDigest.getInstance("MD5");
            digest.update(first);
            return HexFormat.of().formatHex(digest.digest(second));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every JDK has MD5", impossible);
        }
    }
}
