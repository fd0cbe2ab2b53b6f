package io.pgorchestra.protocol.auth;

import java.util.Base64;
import java.util.Random;

/** The random part that each side adds to a SCRAM exchange. */
final class ScramNonce {
    /** As many as Postgres takes; 24 characters in base64. */
    private static final int BYTES = 18;

    private ScramNonce() {}

    static String next(Random random) {
        byte[] nonce = new byte[BYTES];
        random.nextBytes(nonce);
        return Base64.getEncoder().encodeToString(nonce);
    }

    /** Printable ASCII without the comma that separates attributes, as RFC 5802 section 7 wants. */
    static boolean isValid(String nonce) {
        return !nonce.isEmpty() && nonce.chars().allMatch(c -> c >= 0x21 && c <= 0x7e && c != ',');
    }
}
