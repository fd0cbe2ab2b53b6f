package io.pgorchestra.protocol.auth;

import io.pgorchestra.protocol.message.ProtocolViolation;
import io.pgorchestra.protocol.message.SqlState;
import io.pgorchestra.protocol.message.WireText;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of one SCRAM-SHA-256 login, by password or by keys that an earlier login left.
 *
 * <pre>
 *   START --clientFirst--&gt; ASKED --clientFinal--&gt; PROVED --verifyServerFinal--&gt; VERIFIED
 * </pre>
 *
 * No channel binding. Source: <a href="https://www.rfc-editor.org/rfc/rfc5802">RFC 5802</a>.
 */
public final class ScramClient {
    /** A server that asks for more would hold up this thread: 4096 take a few milliseconds. */
    public static final int MAX_ITERATIONS = 1_000_000;

    /** No channel binding, no authorization identity. */
    private static final String GS2_HEADER = "n,,";

    private enum State {
        START,
        ASKED,
        PROVED,
        VERIFIED
    }

    private State state = State.START;
    /** As it goes into the exchange; Postgres ignores it there. */
    private final String user;

    private final String password;
    /** Null until the server's salt is known, unless the login is by keys. */
    private @Nullable ScramKeys keys;

    private final String nonce;
    private byte[] serverSignature = {};

    /** For tests, which bring their own user and nonce. */
    ScramClient(String user, String password, @Nullable ScramKeys keys, String nonce) {
        this.user = user;
        this.password = password;
        this.keys = keys;
        this.nonce = nonce;
    }

    /** A login by password; the generator must be a secure one outside tests. */
    public static ScramClient ofPassword(String password, Random random) {
        return new ScramClient("", password, null, ScramNonce.next(random));
    }

    /** A login by keys; works where the server's secret is the one that the keys belong to. */
    public static ScramClient ofKeys(ScramKeys keys, Random random) {
        return new ScramClient("", "", keys, ScramNonce.next(random));
    }

    /** The client-first-message for SASLInitialResponse. It names no user, because the startup packet does. */
    public byte[] clientFirst() {
        moveTo(State.START, State.ASKED);
        return (GS2_HEADER + clientFirstBare()).getBytes(StandardCharsets.US_ASCII);
    }

    private String clientFirstBare() {
        return "n=" + user + ",r=" + nonce;
    }

    /**
     * Takes the data of AuthenticationSASLContinue, and gives the client-final-message for SASLResponse.
     *
     * @throws ProtocolViolation if the message is malformed or its nonce not ours; with 28P01 if the login is by keys
     *     and the server's secret is another one
     */
    public byte[] clientFinal(byte[] serverFirst) {
        ScramAttributes server = new ScramAttributes("server-first-message", serverFirst);
        String bothNonces = server.value('r');
        if (!ScramNonce.isValid(bothNonces) || !bothNonces.startsWith(nonce) || bothNonces.length() == nonce.length()) {
            throw server.violation("nonce", "ours, with the server's after it");
        }
        byte[] salt = server.base64('s');
        int iterations = iterations(server);
        while (!server.atEnd()) {
            server.anyValue();
        }
        if (salt.length == 0) {
            throw server.violation("salt of 0 bytes", ">= 1");
        }
        ScramKeys proving = keysFor(salt, iterations);
        String withoutProof = "c=" + base64(GS2_HEADER.getBytes(StandardCharsets.US_ASCII)) + ",r=" + bothNonces;
        byte[] auth = WireText.encode(clientFirstBare() + "," + server.text() + "," + withoutProof);
        byte[] storedKey = Sha256.hash(proving.clientKey());
        byte[] proof = Sha256.xor(proving.clientKey(), Sha256.hmac(storedKey, auth));
        serverSignature = Sha256.hmac(proving.serverKey(), auth);
        keys = proving;
        moveTo(State.ASKED, State.PROVED);
        return (withoutProof + ",p=" + base64(proof)).getBytes(StandardCharsets.US_ASCII);
    }

    private static int iterations(ScramAttributes server) {
        String text = server.value('i');
        if (!text.matches("[0-9]{1,9}")) {
            throw server.violation("iteration count", "a number");
        }
        int iterations = Integer.parseInt(text);
        if (iterations < 1 || iterations > MAX_ITERATIONS) {
            throw server.violation("iteration count " + iterations, "1 to " + MAX_ITERATIONS);
        }
        return iterations;
    }

    private ScramKeys keysFor(byte[] salt, int iterations) {
        if (keys == null) {
            return ScramKeys.derive(password, salt, iterations);
        }
        if (!keys.fits(salt, iterations)) {
            throw new ProtocolViolation(
                    SqlState.INVALID_PASSWORD,
                    "SCRAM keys of another secret than the server's (expected: the same salt and iteration count)");
        }
        return keys;
    }

    /**
     * Takes the data of AuthenticationSASLFinal, and checks that the server knows the secret too.
     *
     * @throws ProtocolViolation if it does not, or reports an error
     */
    public void verifyServerFinal(byte[] serverFinal) {
        ScramAttributes server = new ScramAttributes("server-final-message", serverFinal);
        if (server.peek() == 'e') {
            throw server.violation("an error", "the server's signature");
        }
        byte[] signature = server.base64('v');
        server.expectEnd();
        if (!MessageDigest.isEqual(signature, serverSignature)) {
            throw server.violation("signature", "the one that our secret makes");
        }
        moveTo(State.PROVED, State.VERIFIED);
    }

    /** The keys of this login, which spare the next one to the same server its derivation. */
    public ScramKeys keys() {
        require(State.VERIFIED);
        if (keys == null) {
            throw new AssertionError("verified without keys");
        }
        return keys;
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private void moveTo(State from, State next) {
        require(from);
        state = next;
    }

    private void require(State expected) {
        if (state != expected) {
            throw new IllegalStateException("SCRAM client: " + state + " (expected: " + expected + ")");
        }
    }
}
