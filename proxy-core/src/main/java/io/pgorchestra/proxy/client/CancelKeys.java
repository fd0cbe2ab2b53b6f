package io.pgorchestra.proxy.client;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Which client may cancel with which key. For all threads. Keys are ours, so a key reaches only its own client's query; a server's key
 * never leaves the proxy.
 */
public final class CancelKeys {

    private static final int SECRET_3_0_BYTES = 4;

    /** Postgres 18 sends 32. */
    private static final int SECRET_3_2_BYTES = 32;

    private final SecureRandom random = new SecureRandom();
    private final ConcurrentHashMap<Long, ClientSession> sessions = new ConcurrentHashMap<>();

    /** A fresh key for the session under this process id. */
    byte[] register(int processId, boolean longKey, ClientSession session) {
        byte[] secret = new byte[longKey ? SECRET_3_2_BYTES : SECRET_3_0_BYTES];
        do {
            random.nextBytes(secret);
        } while (sessions.putIfAbsent(index(processId, secret), session) != null);
        return secret;
    }

    void remove(int processId, byte[] secret) {
        sessions.remove(index(processId, secret));
    }

    /** The session that was given exactly this key. */
    @Nullable
    ClientSession find(int processId, byte[] secret) {
        if (secret.length < SECRET_3_0_BYTES) {
            return null;
        }
        ClientSession session = sessions.get(index(processId, secret));
        return session != null && MessageDigest.isEqual(session.cancelSecret(), secret) ? session : null;
    }

    private static long index(int processId, byte[] secret) {
        int start = (secret[0] & 0xff) << 24 | (secret[1] & 0xff) << 16 | (secret[2] & 0xff) << 8 | (secret[3] & 0xff);
        return (long) processId << 32 | (start & 0xffffffffL);
    }
}
