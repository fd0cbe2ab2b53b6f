package io.pgorchestra.protocol.auth;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgorchestra.protocol.message.ProtocolViolation;
import io.pgorchestra.protocol.message.Seed;
import io.pgorchestra.protocol.message.SqlState;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScramTest {
    private static final byte[] FAKE_KEY = bytes("any random bytes");
    private static final int FEW_ITERATIONS = 3;

    /** The exchange of RFC 7677, section 3: user "user", password "pencil". */
    private static final String RFC_CLIENT_NONCE = "rOprNGfwEbeRWgbNEkqO";

    private static final String RFC_SERVER_NONCE = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    private static final byte[] RFC_SALT = Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ==");
    private static final String RFC_CLIENT_FIRST = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO";
    private static final String RFC_SERVER_FIRST =
            "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
    private static final String RFC_CLIENT_FINAL =
            "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
    private static final String RFC_SERVER_FINAL = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

    private final Random random = Seed.random(ScramTest.class);

    @Test
    void client_withRfc7677Vector_sendsItsMessages() {
        ScramClient client = new ScramClient("user", "pencil", null, RFC_CLIENT_NONCE);

        assertEquals(RFC_CLIENT_FIRST, text(client.clientFirst()));
        assertEquals(RFC_CLIENT_FINAL, text(client.clientFinal(bytes(RFC_SERVER_FIRST))));
        client.verifyServerFinal(bytes(RFC_SERVER_FINAL));
    }

    @Test
    void server_withRfc7677Vector_sendsItsMessages() {
        ScramSecret secret = ScramKeys.derive("pencil", RFC_SALT, 4096).secret();
        ScramServer server = new ScramServer(secret, false, RFC_SERVER_NONCE);

        assertEquals(RFC_SERVER_FIRST, text(server.serverFirst(bytes(RFC_CLIENT_FIRST))));
        assertTrue(server.verify(bytes(RFC_CLIENT_FINAL)));
        assertEquals(RFC_SERVER_FINAL, text(server.serverFinal()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"secret", "", "p\u00e4ssw\u00f6rd", "caf\udce9", "\ud83d\ude00", "a,b=c"})
    void login_withRightPassword_convincesBothSides(String password) {
        ScramServer server = new ScramServer(secret(password), random);
        ScramClient client = ScramClient.ofPassword(password, random);

        assertTrue(server.verify(client.clientFinal(server.serverFirst(client.clientFirst()))));
        client.verifyServerFinal(server.serverFinal());

        assertEquals(server.keys(), client.keys());
    }

    @Test
    void login_withWrongPassword_isRefused() {
        ScramServer server = new ScramServer(secret("secret"), random);
        ScramClient client = ScramClient.ofPassword("Secret", random);

        assertFalse(server.verify(client.clientFinal(server.serverFirst(client.clientFirst()))));

        assertThrows(IllegalStateException.class, server::serverFinal);
        assertThrows(IllegalStateException.class, server::keys);
    }

    @Test
    void keysOfClientLogin_logInToServerWithSameSecret() {
        ScramSecret shared = secret("secret");
        ScramServer proxy = new ScramServer(shared, random);
        ScramClient application = ScramClient.ofPassword("secret", random);
        assertTrue(proxy.verify(application.clientFinal(proxy.serverFirst(application.clientFirst()))));

        ScramServer postgres = new ScramServer(shared, random);
        ScramClient proxyAsClient = ScramClient.ofKeys(proxy.keys(), random);
        assertTrue(postgres.verify(proxyAsClient.clientFinal(postgres.serverFirst(proxyAsClient.clientFirst()))));
        proxyAsClient.verifyServerFinal(postgres.serverFinal());
    }

    @Test
    void keys_forServerWithAnotherSecretOfSamePassword_areRefusedAs28P01() {
        ScramServer postgres = new ScramServer(secret("secret"), random);
        ScramKeys keys = ScramKeys.derive("secret", bytes("another salt"), FEW_ITERATIONS);
        ScramClient client = ScramClient.ofKeys(keys, random);
        byte[] serverFirst = postgres.serverFirst(client.clientFirst());

        ProtocolViolation refused = assertThrows(ProtocolViolation.class, () -> client.clientFinal(serverFirst));

        assertEquals(SqlState.INVALID_PASSWORD, refused.sqlState());
    }

    @Test
    void unknownUser_looksLikeAWrongPassword() {
        ScramServer server = ScramServer.forUnknownUser("nobody", FAKE_KEY, random);
        ScramClient client = ScramClient.ofPassword("secret", random);

        byte[] serverFirst = server.serverFirst(client.clientFirst());

        assertTrue(text(serverFirst).matches("r=[^,]{48},s=[A-Za-z0-9+/]{22}==,i=4096"), text(serverFirst));
        assertFalse(server.verify(client.clientFinal(serverFirst)));
    }

    @Test
    void unknownUser_getsTheSameSaltEachTimeAndAnotherThanItsNeighbour() {
        assertEquals(ScramSecret.fake("nobody", FAKE_KEY), ScramSecret.fake("nobody", FAKE_KEY));
        assertNotEquals(ScramSecret.fake("nobody", FAKE_KEY), ScramSecret.fake("nobody2", FAKE_KEY));
        assertNotEquals(ScramSecret.fake("nobody", FAKE_KEY), ScramSecret.fake("nobody", bytes("other bytes")));
    }

    @Test
    void server_withTamperedNonce_refusesTheMessage() {
        ScramServer server = new ScramServer(secret("secret"), random);
        ScramClient client = ScramClient.ofPassword("secret", random);
        String clientFinal = text(client.clientFinal(server.serverFirst(client.clientFirst())));
        String tampered = clientFinal.replaceFirst(",r=.", ",r=!");

        ProtocolViolation refused = assertThrows(ProtocolViolation.class, () -> server.verify(bytes(tampered)));

        assertEquals(
                "SCRAM client-final-message: nonce (expected: the nonce of the server-first-message)",
                refused.getMessage());
    }

    @Test
    void client_withTamperedNonce_refusesTheMessage() {
        ScramClient client = new ScramClient("", "secret", null, "abc");
        client.clientFirst();
        assertThrows(ProtocolViolation.class, () -> client.clientFinal(bytes("r=abdxyz,s=c2FsdA==,i=4096")));
        assertThrows(ProtocolViolation.class, () -> client.clientFinal(bytes("r=abc,s=c2FsdA==,i=4096")));
    }

    @Test
    void proof_withAnyBitFlipped_isRefused() {
        ScramSecret secret = secret("secret");
        for (int bit = 0; bit < 256; bit++) {
            ScramServer server = new ScramServer(secret, random);
            ScramClient client = ScramClient.ofPassword("secret", random);
            String clientFinal = text(client.clientFinal(server.serverFirst(client.clientFirst())));
            int proofAt = clientFinal.lastIndexOf(",p=") + 3;
            byte[] proof = Base64.getDecoder().decode(clientFinal.substring(proofAt));
            proof[bit / 8] ^= (byte) (1 << bit % 8);
            String forged =
                    clientFinal.substring(0, proofAt) + Base64.getEncoder().encodeToString(proof);
            assertFalse(server.verify(bytes(forged)));
        }
    }

    @Test
    void serverFinal_ofServerWithoutTheSecret_isRefused() {
        ScramServer server = new ScramServer(secret("secret"), random);
        ScramClient client = ScramClient.ofPassword("secret", random);
        client.clientFinal(server.serverFirst(client.clientFirst()));
        byte[] forged = bytes("v=" + Base64.getEncoder().encodeToString(new byte[32]));

        assertThrows(ProtocolViolation.class, () -> client.verifyServerFinal(forged));
        assertThrows(IllegalStateException.class, client::keys);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "p=tls-server-end-point,,n=,r=x | 08P01",
                "q,,n=,r=x                      | 08P01",
                "n,a=admin,n=,r=x               | 0A000",
                "n,,m=ext,n=,r=x                | 0A000",
                "n,,r=x                         | 08P01",
                "n,,n=,r=                       | 08P01",
                "n,,n=,r=\u00e9                 | 08P01",
                "n,                             | 08P01",
                "n,,n=,r=x,1=y                  | 08P01",
                "n,,n=,r=x,a=\u0000b | 08P01",
            })
    void server_withMalformedClientFirst_refusesIt(String clientFirst, String sqlState) {
        ScramServer server = new ScramServer(secret("secret"), random);
        ProtocolViolation refused = assertThrows(ProtocolViolation.class, () -> server.serverFirst(bytes(clientFirst)));
        assertEquals(sqlState, refused.sqlState().code());
    }

    @ParameterizedTest
    @ValueSource(strings = {"n,,n=,r=x", "y,,n=,r=x", "n,,n=user,r=x,f=future"})
    void server_withFlagNOrYAndOptionalExtensions_challengesTheClient(String clientFirst) {
        ScramServer server = new ScramServer(secret("secret"), false, "nonce");
        assertTrue(text(server.serverFirst(bytes(clientFirst))).startsWith("r=xnonce,s="));
    }

    @Test
    void server_afterFlagY_wantsTheSameFlagInTheProof() {
        ScramServer server = new ScramServer(secret("secret"), false, "nonce");
        server.serverFirst(bytes("y,,n=,r=x"));
        String proof = Base64.getEncoder().encodeToString(new byte[32]);

        assertThrows(ProtocolViolation.class, () -> server.verify(bytes("c=biws,r=xnonce,p=" + proof)));
        assertFalse(server.verify(bytes("c=eSws,r=xnonce,p=" + proof)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"c=biws,r=xnonce", "c=biws,r=xnonce,p=AAAA", "c=biws,r=xnonce,p=!", "r=xnonce", "c=biws,p=AA"})
    void server_withMalformedClientFinal_refusesIt(String clientFinal) {
        ScramServer server = new ScramServer(secret("secret"), false, "nonce");
        server.serverFirst(bytes("n,,n=,r=x"));
        assertThrows(ProtocolViolation.class, () -> server.verify(bytes(clientFinal)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "r=abcx,s=c2FsdA==,i=0",
                "r=abcx,s=c2FsdA==,i=1000001",
                "r=abcx,s=c2FsdA==,i=99999999999",
                "r=abcx,s=c2FsdA==,i=-1",
                "r=abcx,s=c2FsdA==",
                "r=abcx,s=,i=1",
                "r=abcx,s=!,i=1",
                "m=ext,r=abcx,s=c2FsdA==,i=1",
                "e=other-error"
            })
    void client_withMalformedServerFirst_refusesIt(String serverFirst) {
        ScramClient client = new ScramClient("", "secret", null, "abc");
        client.clientFirst();
        assertThrows(ProtocolViolation.class, () -> client.clientFinal(bytes(serverFirst)));
    }

    @Test
    void secret_formattedAndParsed_isEqual() {
        ScramSecret secret = ScramKeys.derive("pencil", RFC_SALT, 4096).secret();
        String stored = "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$"
                + "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=";
        assertEquals(stored, secret.format());
        assertEquals(secret, ScramSecret.parse(stored));
        assertTrue(ScramSecret.isSecret(stored));
        assertTrue(secret.verify("pencil"));
        assertFalse(secret.verify("pen"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "secret",
                "md56a422f785c9e20873908ce25d1736ae2",
                "SCRAM-SHA-256$4096:c2FsdA==$AAAA:AAAA",
                "SCRAM-SHA-256$x:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
            })
    void parse_ofAnythingElse_isRefused(String stored) {
        assertFalse(ScramSecret.isSecret(stored));
        assertThrows(IllegalArgumentException.class, () -> ScramSecret.parse(stored));
    }

    @Test
    void secrets_neverShowInText() {
        assertEquals("ScramSecret[]", secret("secret").toString());
        assertEquals("ScramKeys[]", ScramKeys.derive("secret", bytes("salt"), 1).toString());
    }

    @Test
    void derive_ofEqualInput_givesEqualKeys() {
        ScramKeys keys = ScramKeys.derive("secret", bytes("salt"), FEW_ITERATIONS);
        assertEquals(keys, ScramKeys.derive("secret", bytes("salt"), FEW_ITERATIONS));
        assertNotEquals(keys, ScramKeys.derive("secret", bytes("salt"), FEW_ITERATIONS + 1));
        assertArrayEquals(keys.secret().storedKey(), Sha256.hash(keys.clientKey()));
    }

    private ScramSecret secret(String password) {
        return ScramSecret.of(password, FEW_ITERATIONS, random);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
