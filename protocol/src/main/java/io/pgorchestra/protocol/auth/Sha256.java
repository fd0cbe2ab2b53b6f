package io.pgorchestra.protocol.auth;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The hash functions of SCRAM-SHA-256, under the names that RFC 5802 gives them. */
final class Sha256 {
    static final int BYTES = 32;

    private static final String HMAC = "HmacSHA256";

    private Sha256() {}

    /** H(bytes). */
    static byte[] hash(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }

    /** HMAC(key, bytes). */
    static byte[] hmac(byte[] key, byte[] bytes) {
        return mac(key).doFinal(bytes);
    }

    /**
     * Hi(password, salt, iterations): PBKDF2 with one block of output.
     *
     * <p>Not the JDK's own PBKDF2, because that takes characters, and a password may be bytes in no known encoding.
     */
    static byte[] iterate(byte[] password, byte[] salt, int iterations) {
        Mac mac = mac(password);
        mac.update(salt);
        byte[] block = mac.doFinal(new byte[] {0, 0, 0, 1});
        byte[] result = block.clone();
        for (int i = 1; i < iterations; i++) {
            block = mac.doFinal(block);
            for (int j = 0; j < BYTES; j++) {
                result[j] ^= block[j];
            }
        }
        return result;
    }

    static byte[] xor(byte[] left, byte[] right) {
        byte[] result = new byte[left.length];
        for (int i = 0; i < left.length; i++) {
            result[i] = (byte) (left[i] ^ right[i]);
        }
        return result;
    }

    private static Mac mac(byte[] key) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            // The JDK refuses an empty key; HMAC pads a key with zeros, so one zero byte means the same.
            mac.init(new SecretKeySpec(key.length == 0 ? new byte[1] : key, HMAC));
            return mac;
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every JDK has " + HMAC, impossible);
        }
    }
}
