package io.pgorchestra.protocol.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * What it takes to log in by SCRAM without the password, to servers that hold the identical secret.
 *
 * <p>A proxy that knows a user's {@link ScramSecret} learns the client key from that user's own login; salt and
 * iteration count say to which secret the keys belong. As good as a password: never log, never store.
 */
@SuppressWarnings("ArrayRecordComponent") // Compared by content below.
public record ScramKeys(byte[] clientKey, byte[] serverKey, byte[] salt, int iterations) {
    private static final byte[] CLIENT_KEY = "Client Key".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SERVER_KEY = "Server Key".getBytes(StandardCharsets.US_ASCII);

    public ScramKeys {
        ScramSecret.checkKey("clientKey", clientKey);
        ScramSecret.checkKey("serverKey", serverKey);
        ScramSecret.checkSalt(salt, iterations);
    }

    /** Derives the keys from a password, which costs {@code iterations} hashes: a few milliseconds for 4096. */
    public static ScramKeys derive(String password, byte[] salt, int iterations) {
        ScramSecret.checkSalt(salt, iterations);
        byte[] salted = Sha256.iterate(Saslprep.prepare(password), salt, iterations);
        return new ScramKeys(Sha256.hmac(salted, CLIENT_KEY), Sha256.hmac(salted, SERVER_KEY), salt, iterations);
    }

    /** What a server stores to verify these keys. */
    public ScramSecret secret() {
        return new ScramSecret(iterations, salt, Sha256.hash(clientKey), serverKey);
    }

    /** Whether a server that sends this salt and count may hold the secret that these keys open. */
    public boolean fits(byte[] serverSalt, int serverIterations) {
        return iterations == serverIterations && Arrays.equals(salt, serverSalt);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ScramKeys that
                && MessageDigest.isEqual(clientKey, that.clientKey)
                && MessageDigest.isEqual(serverKey, that.serverKey)
                && fits(that.salt, that.iterations);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(salt);
    }

    @Override
    public String toString() {
        return "ScramKeys[]";
    }
}
