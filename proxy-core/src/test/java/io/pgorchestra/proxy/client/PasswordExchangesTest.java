package io.pgorchestra.proxy.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.pgorchestra.protocol.auth.Md5Password;
import io.pgorchestra.protocol.auth.ScramClient;
import io.pgorchestra.protocol.auth.ScramSecret;
import io.pgorchestra.protocol.frame.FrameScanner;
import io.pgorchestra.protocol.message.Authentication.AuthenticationCleartextPassword;
import io.pgorchestra.protocol.message.Authentication.AuthenticationMD5Password;
import io.pgorchestra.protocol.message.Authentication.AuthenticationSASL;
import io.pgorchestra.protocol.message.Authentication.AuthenticationSASLContinue;
import io.pgorchestra.protocol.message.Authentication.AuthenticationSASLFinal;
import io.pgorchestra.protocol.message.BackendMessage;
import io.pgorchestra.protocol.message.FrontendMessage;
import io.pgorchestra.protocol.message.FrontendMessage.PasswordMessage;
import io.pgorchestra.protocol.message.FrontendMessage.SASLInitialResponse;
import io.pgorchestra.protocol.message.FrontendMessage.SASLResponse;
import io.pgorchestra.protocol.message.MessageReader;
import io.pgorchestra.protocol.message.MessageWriter;
import io.pgorchestra.protocol.message.ProtocolViolation;
import io.pgorchestra.proxy.client.PasswordExchange.Step;
import io.pgorchestra.proxy.failure.Failure;
import io.pgorchestra.proxy.server.ServerCredentials;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PasswordExchangesTest {

    private static final String PASSWORD = "s3cret";
    private static final Random RANDOM = new Random(1);
    private static final String MD5_SECRET = Md5Password.secret("md5user", PASSWORD);
    private static final String SCRAM_SECRET =
            ScramSecret.of(PASSWORD, 4096, RANDOM).format();

    private static final Map<String, String> SECRETS =
            Map.of("clear", PASSWORD, "md5user", MD5_SECRET, "scram", SCRAM_SECRET);

    @Test
    void trust_asksNothing() {
        assertNull(PasswordExchanges.forUser(new Access(AuthMethod.TRUST), "anybody", null));
    }

    @Test
    void plain_rightPassword_isProvedWhateverIsStored() {
        for (String user : SECRETS.keySet()) {
            PasswordExchange exchange = exchange(AuthMethod.PLAIN, user);

            assertInstanceOf(AuthenticationCleartextPassword.class, begin(exchange));
            assertEquals(Step.PROVED, offer(exchange, PASSWORD), user);
            assertEquals(PASSWORD, credentials(exchange).password());
        }
    }

    @Test
    void plain_wrongEmptyOrUnknown_isRefused() {
        for (String user : List.of("clear", "md5user", "scram", "nobody")) {
            assertEquals(Step.REFUSED, offer(exchange(AuthMethod.PLAIN, user), "other"), user);
            assertEquals(Step.REFUSED, offer(exchange(AuthMethod.PLAIN, user), ""), user);
        }
        PasswordExchange unknown = exchange(AuthMethod.PLAIN, "nobody");
        assertEquals(Step.REFUSED, offer(unknown, PASSWORD));
        assertNull(unknown.credentials());
    }

    @Test
    void plain_storedHashOfferedAsPassword_isRefused() {
        assertEquals(Step.REFUSED, offer(exchange(AuthMethod.PLAIN, "md5user"), MD5_SECRET));
        assertEquals(Step.REFUSED, offer(exchange(AuthMethod.PLAIN, "scram"), SCRAM_SECRET));
    }

    @Test
    void md5_rightPassword_isProved() {
        for (String user : List.of("clear", "md5user")) {
            PasswordExchange exchange = exchange(AuthMethod.MD5, user);
            byte[] salt = assertInstanceOf(AuthenticationMD5Password.class, begin(exchange))
                    .salt();

            assertEquals(Step.PROVED, offer(exchange, Md5Password.response(Md5Password.secret(user, PASSWORD), salt)));
        }
        assertEquals(
                MD5_SECRET, credentials(exchange(AuthMethod.MD5, "md5user")).md5Secret());
        assertEquals(PASSWORD, credentials(exchange(AuthMethod.MD5, "clear")).password());
    }

    @Test
    void md5_wrongUnknownOrHashItself_isRefused() {
        for (String user : List.of("clear", "md5user", "nobody")) {
            PasswordExchange exchange = exchange(AuthMethod.MD5, user);
            byte[] salt = assertInstanceOf(AuthenticationMD5Password.class, begin(exchange))
                    .salt();

            assertEquals(Step.REFUSED, offer(exchange, Md5Password.response(Md5Password.secret(user, "other"), salt)));
            assertEquals(Step.REFUSED, offer(exchange, MD5_SECRET), user);
            assertEquals(Step.REFUSED, offer(exchange, PASSWORD), user);
        }
    }

    @Test
    void md5_unknownUserWithAnyPassword_isRefused() {
        PasswordExchange exchange = exchange(AuthMethod.MD5, "nobody");
        byte[] salt = assertInstanceOf(AuthenticationMD5Password.class, begin(exchange))
                .salt();

        assertEquals(Step.REFUSED, offer(exchange, Md5Password.response(Md5Password.secret("nobody", ""), salt)));
    }

    @ParameterizedTest
    @EnumSource(
            value = AuthMethod.class,
            names = {"MD5", "SCRAM_SHA_256"})
    void scramSecret_rightPassword_isProvedByScram(AuthMethod method) {
        PasswordExchange exchange = exchange(method, "scram");

        assertEquals(Step.PROVED, scram(exchange, PASSWORD));
        assertNotNull(credentials(exchange).scramKeys());
        assertNull(credentials(exchange).password());
    }

    @Test
    void scram_clearPassword_isProvedAndKept() {
        PasswordExchange exchange = exchange(AuthMethod.SCRAM_SHA_256, "clear");

        assertEquals(Step.PROVED, scram(exchange, PASSWORD));
        assertEquals(PASSWORD, credentials(exchange).password());
    }

    @Test
    void scram_wrongUnknownOrStoredHash_isRefusedAfterTheSameMessages() {
        assertEquals(Step.REFUSED, scram(exchange(AuthMethod.SCRAM_SHA_256, "scram"), "other"));
        assertEquals(Step.REFUSED, scram(exchange(AuthMethod.SCRAM_SHA_256, "scram"), SCRAM_SECRET));
        assertEquals(Step.REFUSED, scram(exchange(AuthMethod.SCRAM_SHA_256, "clear"), "other"));
        assertEquals(Step.REFUSED, scram(exchange(AuthMethod.SCRAM_SHA_256, "md5user"), PASSWORD));
        assertEquals(Step.REFUSED, scram(exchange(AuthMethod.SCRAM_SHA_256, "nobody"), PASSWORD));
    }

    @Test
    void scram_otherMechanism_isViolation() {
        PasswordExchange exchange = exchange(AuthMethod.SCRAM_SHA_256, "scram");

        assertThrows(
                ProtocolViolation.class,
                () -> exchange.next(body(new SASLInitialResponse("PLAIN", new byte[0])), Unpooled.buffer()));
    }

    @Test
    void credentialsOf_storedSecret_areWhatServersCanUse() {
        assertSame(ServerCredentials.NONE, PasswordExchanges.credentialsOf(null));
        assertSame(ServerCredentials.NONE, PasswordExchanges.credentialsOf(SCRAM_SECRET));
        assertEquals(MD5_SECRET, PasswordExchanges.credentialsOf(MD5_SECRET).md5Secret());
        assertEquals(PASSWORD, PasswordExchanges.credentialsOf(PASSWORD).password());
    }

    private static PasswordExchange exchange(AuthMethod method, String user) {
        return Objects.requireNonNull(PasswordExchanges.forUser(new Access(method), user, SECRETS.get(user)));
    }

    private static ServerCredentials credentials(PasswordExchange exchange) {
        return Objects.requireNonNull(exchange.credentials());
    }

    private static BackendMessage begin(PasswordExchange exchange) {
        ByteBuf out = Unpooled.buffer();
        exchange.begin(out);
        return read(out);
    }

    private static Step offer(PasswordExchange exchange, String password) {
        return exchange.next(body(new PasswordMessage(password)), Unpooled.buffer());
    }

    /** A whole SCRAM login; the server's last word is checked where it lets the client in. */
    private static Step scram(PasswordExchange exchange, String password) {
        ScramClient client = ScramClient.ofPassword(password, RANDOM);
        assertEquals(
                List.of(ScramSecret.MECHANISM),
                assertInstanceOf(AuthenticationSASL.class, begin(exchange)).mechanisms());
        ByteBuf out = Unpooled.buffer();
        SASLInitialResponse first = new SASLInitialResponse(ScramSecret.MECHANISM, client.clientFirst());
        assertEquals(Step.GO_ON, exchange.next(body(first), out));
        byte[] serverFirst =
                assertInstanceOf(AuthenticationSASLContinue.class, read(out)).data();
        Step step = exchange.next(body(new SASLResponse(client.clientFinal(serverFirst))), out);
        if (step == Step.PROVED) {
            client.verifyServerFinal(
                    assertInstanceOf(AuthenticationSASLFinal.class, read(out)).data());
        }
        return step;
    }

    private static ByteBuf body(FrontendMessage message) {
        ByteBuf frame = Unpooled.buffer();
        MessageWriter.write(message, frame);
        return frame.skipBytes(FrameScanner.HEADER_BYTES);
    }

    private static BackendMessage read(ByteBuf frame) {
        byte tag = frame.readByte();
        return MessageReader.readBackend(tag, frame.readSlice(frame.readInt() - 4));
    }

    /** Knows secrets, and lets nobody any further. */
    private record Access(AuthMethod authMethod) implements ClientAccess {

        @Override
        public @Nullable String secretOf(String user) {
            return SECRETS.get(user);
        }

        @Override
        public boolean looksUp(ClientIdentity identity) {
            return false;
        }

        @Override
        public void lookUp(ClientIdentity identity, SecretAnswer answer) {
            throw new AssertionError("not asked by a password exchange");
        }

        @Override
        public boolean trusts(@Nullable String secret) {
            return false;
        }

        @Override
        public int scramIterations() {
            return 4096;
        }

        @Override
        public int maxClientConnections() {
            return 1;
        }

        @Override
        public long clientLoginTimeoutNanos() {
            return 0;
        }

        @Override
        public ClientRegistry registry() {
            throw new AssertionError("not asked by a password exchange");
        }

        @Override
        public boolean isConsole(ClientIdentity identity) {
            return false;
        }

        @Override
        public @Nullable Failure admit(ClientIdentity identity) {
            throw new AssertionError("not asked by a password exchange");
        }

        @Override
        public void enter(ClientIdentity identity, ServerCredentials credentials, Channel channel) {
            throw new AssertionError("not asked by a password exchange");
        }
    }
}
