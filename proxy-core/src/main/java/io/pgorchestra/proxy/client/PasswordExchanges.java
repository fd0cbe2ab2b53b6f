package io.pgorchestra.proxy.client;

import io.netty.buffer.ByteBuf;
import io.pgorchestra.protocol.auth.Md5Password;
import io.pgorchestra.protocol.auth.ScramSecret;
import io.pgorchestra.protocol.auth.ScramServer;
import io.pgorchestra.protocol.message.Authentication;
import io.pgorchestra.protocol.message.FrontendMessage.SASLInitialResponse;
import io.pgorchestra.protocol.message.MessageReader;
import io.pgorchestra.protocol.message.MessageWriter;
import io.pgorchestra.protocol.message.ProtocolViolation;
import io.pgorchestra.proxy.server.ServerCredentials;
import java.security.SecureRandom;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Chooses the conversation for a user from the method in force and the kind of secret that is stored. */
public final class PasswordExchanges {

    private static final SecureRandom RANDOM = new SecureRandom();

    /** Makes the salts of unknown users: the same for the life of the process, and not to be guessed. */
    private static final byte[] FAKE_KEY = randomBytes(32);

    private PasswordExchanges() {}

    /**
     * The conversation with this user, who need not exist; null where nothing is asked.
     *
     * @param secret the user's, from the auth_file or the node
     */
    static @Nullable PasswordExchange forUser(ClientAccess access, String user, @Nullable String secret) {
        return switch (access.authMethod()) {
            case TRUST -> null;
            case PLAIN -> new Plain(user, secret);
            // As in PgBouncer: a SCRAM secret cannot answer md5, so SCRAM is used.
            case MD5 ->
                secret != null && ScramSecret.isSecret(secret) ? scram(access, user, secret) : new Md5(user, secret);
            case SCRAM_SHA_256 -> scram(access, user, secret);
        };
    }

    /** What a stored secret is worth for logging in to servers, without a client's help. */
    public static ServerCredentials credentialsOf(@Nullable String secret) {
        if (secret == null || ScramSecret.isSecret(secret)) {
            return ServerCredentials.NONE;
        }
        return Md5Password.isSecret(secret)
                ? new ServerCredentials(null, secret, null)
                : new ServerCredentials(secret, null, null);
    }

    private static PasswordExchange scram(ClientAccess access, String user, @Nullable String secret) {
        if (secret == null || Md5Password.isSecret(secret)) {
            return new Scram(ScramServer.forUnknownUser(user, FAKE_KEY, RANDOM), null);
        }
        if (ScramSecret.isSecret(secret)) {
            return new Scram(new ScramServer(ScramSecret.parse(secret), RANDOM), null);
        }
        return new Scram(new ScramServer(ScramSecret.of(secret, access.scramIterations(), RANDOM), RANDOM), secret);
    }

    private static byte[] randomBytes(int count) {
        byte[] bytes = new byte[count];
        RANDOM.nextBytes(bytes);
        return bytes;
    }

    private static final class Plain implements PasswordExchange {

        private final String user;
        private final @Nullable String secret;
        private @Nullable ServerCredentials credentials;

        Plain(String user, @Nullable String secret) {
            this.user = user;
            this.secret = secret;
        }

        @Override
        public void begin(ByteBuf out) {
            MessageWriter.write(new Authentication.AuthenticationCleartextPassword(), out);
        }

        @Override
        public Step next(ByteBuf body, ByteBuf out) {
            String offered = MessageReader.readPasswordMessage(body).password();
            if (!knows(offered)) {
                return Step.REFUSED;
            }
            credentials = new ServerCredentials(offered, null, null);
            return Step.PROVED;
        }

        private boolean knows(String offered) {
            String stored = secret;
            if (stored == null || offered.isEmpty()) {
                return false;
            }
            if (ScramSecret.isSecret(stored)) {
                return ScramSecret.parse(stored).verify(offered);
            }
            String md5 = Md5Password.isSecret(stored) ? stored : Md5Password.secret(user, stored);
            return Md5Password.verify(md5, user, offered);
        }

        @Override
        public @Nullable ServerCredentials credentials() {
            return credentials;
        }
    }

    private static final class Md5 implements PasswordExchange {

        private final byte[] salt = randomBytes(4);
        private final String user;
        private final @Nullable String secret;

        Md5(String user, @Nullable String secret) {
            this.user = user;
            this.secret = secret;
        }

        @Override
        public void begin(ByteBuf out) {
            MessageWriter.write(new Authentication.AuthenticationMD5Password(salt), out);
        }

        @Override
        public Step next(ByteBuf body, ByteBuf out) {
            String response = MessageReader.readPasswordMessage(body).password();
            String stored = secret;
            if (stored == null) {
                return Step.REFUSED;
            }
            String md5 = Md5Password.isSecret(stored) ? stored : Md5Password.secret(user, stored);
            return Md5Password.verifyResponse(md5, salt, response) ? Step.PROVED : Step.REFUSED;
        }

        @Override
        public ServerCredentials credentials() {
            return credentialsOf(secret);
        }
    }

    private static final class Scram implements PasswordExchange {

        private final ScramServer server;
        private final @Nullable String password;
        private boolean firstSeen;

        /** @param password in clear, where the auth_file has it so */
        Scram(ScramServer server, @Nullable String password) {
            this.server = server;
            this.password = password;
        }

        @Override
        public void begin(ByteBuf out) {
            MessageWriter.write(new Authentication.AuthenticationSASL(List.of(ScramSecret.MECHANISM)), out);
        }

        @Override
        public Step next(ByteBuf body, ByteBuf out) {
            if (!firstSeen) {
                firstSeen = true;
                byte[] serverFirst = server.serverFirst(clientFirst(body));
                MessageWriter.write(new Authentication.AuthenticationSASLContinue(serverFirst), out);
                return Step.GO_ON;
            }
            if (!server.verify(MessageReader.readSASLResponse(body).data())) {
                return Step.REFUSED;
            }
            MessageWriter.write(new Authentication.AuthenticationSASLFinal(server.serverFinal()), out);
            return Step.PROVED;
        }

        private static byte[] clientFirst(ByteBuf body) {
            SASLInitialResponse initial = MessageReader.readSASLInitialResponse(body);
            if (!initial.mechanism().equals(ScramSecret.MECHANISM)) {
                throw new ProtocolViolation("client selected an invalid SASL authentication mechanism");
            }
            byte[] data = initial.initialResponse();
            if (data == null) {
                throw new ProtocolViolation(
                        "SASLInitialResponse without data (expected: the client's first SCRAM message)");
            }
            return data;
        }

        @Override
        public ServerCredentials credentials() {
            return new ServerCredentials(password, null, server.keys());
        }
    }
}
