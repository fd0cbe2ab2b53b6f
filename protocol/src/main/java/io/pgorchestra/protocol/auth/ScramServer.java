package io.pgorchestra.protocol.auth;

import io.pgorchestra.protocol.message.ProtocolViolation;
import io.pgorchestra.protocol.message.SqlState;
import io.pgorchestra.protocol.message.WireText;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Random;

/**
 * The server's side of one SCRAM-SHA-256 login.
 *
 * <pre>
 *   START --serverFirst--&gt; CHALLENGED --verify--&gt; VERIFIED   keys and serverFinal are there
 *                                       \------&gt; REFUSED    the caller answers 28P01
 * </pre>
 *
 * A message that breaks the protocol is a {@link ProtocolViolation}, as in Postgres. The user name inside the exchange
 * is ignored, as in Postgres: the startup packet's counts. SCRAM-SHA-256-PLUS is not offered, so a client may say that
 * it supports no channel binding (n) or that it thinks we do not (y), but not demand one (p). Sources: <a
 * href="https://www.rfc-editor.org/rfc/rfc5802">RFC 5802</a>, <a
 * href="https://www.postgresql.org/docs/current/sasl-authentication.html">SASL Authentication</a>.
 */
public final class ScramServer {
    private enum State {
        START,
        CHALLENGED,
        VERIFIED,
        REFUSED
    }

    private State state = State.START;
    private final ScramSecret secret;
    /** Without a real user behind it the exchange runs to its end, and then fails. */
    private final boolean doomed;

    private final String serverNonce;
    private String gs2Header = "";
    private String clientFirstBare = "";
    private String serverFirst = "";
    private String nonce = "";
    private byte[] clientKey = {};
    private byte[] serverSignature = {};

    /** An exchange with a user of this secret; the generator must be a secure one outside tests. */
    public ScramServer(ScramSecret secret, Random random) {
        this(secret, false, ScramNonce.next(random));
    }

    /** For tests, which bring their own nonce. */
    ScramServer(ScramSecret secret, boolean doomed, String serverNonce) {
        this.secret = secret;
        this.doomed = doomed;
        this.serverNonce = serverNonce;
    }

    /**
     * An exchange with a user that does not exist or has no SCRAM secret, which looks like a wrong password.
     *
     * @param fakeKey random bytes from which the salt is made; the same for all users and logins
     */
    public static ScramServer forUnknownUser(String user, byte[] fakeKey, Random random) {
        return new ScramServer(ScramSecret.fake(user, fakeKey), true, ScramNonce.next(random));
    }

    /** Takes the client-first-message of SASLInitialResponse, and gives the data for AuthenticationSASLContinue. */
    public byte[] serverFirst(byte[] clientFirst) {
        ScramAttributes client = new ScramAttributes("client-first-message", clientFirst);
        gs2Header = gs2Header(client);
        clientFirstBare = client.text().substring(client.position());
        if (client.peek() == 'm') {
            throw new ProtocolViolation(
                    SqlState.FEATURE_NOT_SUPPORTED, "client requires an unsupported SCRAM extension");
        }
        client.value('n');
        String clientNonce = client.value('r');
        if (!ScramNonce.isValid(clientNonce)) {
            throw client.violation("nonce with characters that do not print", "printable ASCII");
        }
        while (!client.atEnd()) {
            client.anyValue(); // Optional extensions, all of them unknown to us, may be ignored.
        }
        nonce = clientNonce + serverNonce;
        serverFirst =
                "r=" + nonce + ",s=" + Base64.getEncoder().encodeToString(secret.salt()) + ",i=" + secret.iterations();
        moveTo(State.START, State.CHALLENGED);
        return serverFirst.getBytes(StandardCharsets.US_ASCII);
    }

    /** The channel binding flag and the empty authorization identity, with both commas. */
    private static String gs2Header(ScramAttributes client) {
        char flag = client.next();
        if (flag == 'p') {
            throw client.violation("channel binding data", "none, as SCRAM-SHA-256-PLUS was not selected");
        }
        if (flag != 'n' && flag != 'y') {
            throw client.violation("channel binding flag", "'n' or 'y'");
        }
        client.expect(',');
        if (client.peek() == 'a') {
            throw new ProtocolViolation(
                    SqlState.FEATURE_NOT_SUPPORTED, "client uses authorization identity, but it is not supported");
        }
        client.expect(',');
        return client.text().substring(0, client.position());
    }

    /**
     * Takes the client-final-message of SASLResponse, and says whether the client knows the password.
     *
     * <p>If so, {@link #serverFinal} and {@link #keys} are there; if not, the answer is 28P01.
     */
    public boolean verify(byte[] clientFinal) {
        ScramAttributes client = new ScramAttributes("client-final-message", clientFinal);
        String binding = client.value('c');
        if (!binding.equals(base64(gs2Header.getBytes(StandardCharsets.US_ASCII)))) {
            throw client.violation("channel binding", "the flag of the client-first-message");
        }
        if (!client.value('r').equals(nonce)) {
            throw client.violation("nonce", "the nonce of the server-first-message");
        }
        while (!client.atEnd() && client.peek() != 'p') {
            client.anyValue();
        }
        String withoutProof = client.text().substring(0, Math.max(0, client.position() - 1));
        byte[] proof = client.base64('p');
        client.expectEnd();
        if (proof.length != Sha256.BYTES) {
            throw client.violation("proof of " + proof.length + " bytes", "32 bytes");
        }
        boolean verified = verifyProof(proof, clientFirstBare + "," + serverFirst + "," + withoutProof);
        moveTo(State.CHALLENGED, verified ? State.VERIFIED : State.REFUSED);
        return verified;
    }

    private boolean verifyProof(byte[] proof, String authMessage) {
        byte[] auth = WireText.encode(authMessage);
        // The proof is the client key under a one-time pad that the stored key makes: who verifies also learns the key.
        clientKey = Sha256.xor(proof, Sha256.hmac(secret.storedKey(), auth));
        serverSignature = Sha256.hmac(secret.serverKey(), auth);
        boolean equal = MessageDigest.isEqual(Sha256.hash(clientKey), secret.storedKey());
        return equal && !doomed;
    }

    /** The data for AuthenticationSASLFinal, by which the client knows that we know its secret. */
    public byte[] serverFinal() {
        require(State.VERIFIED);
        return ("v=" + base64(serverSignature)).getBytes(StandardCharsets.US_ASCII);
    }

    /** The keys by which a {@link ScramClient} logs in to a server with the same secret. */
    public ScramKeys keys() {
        require(State.VERIFIED);
        return new ScramKeys(clientKey, secret.serverKey(), secret.salt(), secret.iterations());
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
            throw new IllegalStateException("SCRAM server: " + state + " (expected: " + expected + ")");
        }
    }
}
