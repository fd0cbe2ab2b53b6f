package io.pgorchestra.proxy.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.pgorchestra.discovery.Epoch;
import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.Route;
import io.pgorchestra.pool.Slot;
import io.pgorchestra.protocol.auth.Md5Password;
import io.pgorchestra.protocol.auth.ScramClient;
import io.pgorchestra.protocol.auth.ScramSecret;
import io.pgorchestra.protocol.message.Authentication;
import io.pgorchestra.protocol.message.BackendMessage;
import io.pgorchestra.protocol.message.ErrorFields;
import io.pgorchestra.protocol.message.FrontendMessage;
import io.pgorchestra.protocol.message.MessageReader;
import io.pgorchestra.protocol.message.MessageWriter;
import io.pgorchestra.protocol.message.ProtocolVersion;
import io.pgorchestra.protocol.message.ProtocolViolation;
import io.pgorchestra.protocol.message.SqlState;
import io.pgorchestra.protocol.message.StartupPacket.StartupMessage;
import io.pgorchestra.protocol.message.StartupPacketWriter;
import io.pgorchestra.proxy.session.ParameterSet;
import io.pgorchestra.proxy.session.SessionState;
import io.pgorchestra.proxy.standby.Standby;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A connection to a node from the startup packet to the first ReadyForQuery. Bound to its pool's loop. */
@SuppressWarnings("FutureReturnValueIgnored") // A failed write or close ends in channelInactive.
final class ServerLogin extends ByteToMessageDecoder {

    private static final SecureRandom RANDOM = new SecureRandom();

    /** Nothing that a node says during login is longer; an error text may be a few kilobytes. */
    private static final int MAX_MESSAGE_BYTES = 256 * 1024;

    private final ServerPool pool;
    private final Slot<ServerConnection> slot;
    private final ServerStartup startup;
    private final Route route;
    private final Node node;
    private final Map<String, String> reported = new LinkedHashMap<>();
    private BackendKey key = new BackendKey(0, new byte[4]);
    private @Nullable ScramClient scram;
    private boolean connectQuerySent;

    /** What the server answered to {@link ServerVerification#SQL}; null before it is asked. */
    private @Nullable List<byte @Nullable []> whoItIs;

    private boolean done;

    ServerLogin(ServerPool pool, Slot<ServerConnection> slot, ServerStartup startup, Route route) {
        this.pool = pool;
        this.slot = slot;
        this.startup = startup;
        this.route = route;
        this.node = Objects.requireNonNull(route.primary());
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        ServerTarget target = pool.target();
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("user", target.user());
        parameters.put("database", target.database());
        parameters.putAll(target.parameters());
        parameters.putAll(startup.parameters());
        if (pool.route().standby() != null) {
            // Should the node be promoted, this session still writes nothing.
            parameters.put(SessionState.READ_ONLY_BY_DEFAULT, "on");
        }
        ByteBuf out = context.alloc().buffer();
        StartupPacketWriter.write(new StartupMessage(ProtocolVersion.V3_0, parameters), out);
        context.writeAndFlush(out);
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        if (in.readableBytes() < 5) {
            return;
        }
        int bodyBytes = in.getInt(in.readerIndex() + 1) - 4;
        if (bodyBytes < 0 || bodyBytes > MAX_MESSAGE_BYTES) {
            failed(context, new ServerUnreachable(node.address(), "does not speak the Postgres protocol"));
            return;
        }
        if (in.readableBytes() < 5 + bodyBytes) {
            return;
        }
        byte tag = in.readByte();
        in.skipBytes(4);
        ByteBuf body = in.readSlice(bodyBytes);
        if (done) {
            return;
        }
        try {
            handle(context, MessageReader.readBackend(tag, body));
        } catch (ProtocolViolation violation) {
            failed(context, new ServerUnreachable(node.address(), String.valueOf(violation.getMessage())));
        }
    }

    private void handle(ChannelHandlerContext context, BackendMessage message) {
        if (message instanceof Authentication authentication) {
            authenticate(context, authentication);
        } else if (message instanceof BackendMessage.ParameterStatus parameter) {
            reported.put(parameter.name(), parameter.value());
        } else if (message instanceof BackendMessage.BackendKeyData keyData) {
            key = new BackendKey(keyData.processId(), keyData.secretKey());
        } else if (message instanceof BackendMessage.ErrorResponse error) {
            failed(context, error);
        } else if (message instanceof BackendMessage.DataRow row && whoItIs != null) {
            whoItIs = row.columns();
        } else if (message instanceof BackendMessage.ReadyForQuery) {
            ready(context);
        }
        // Notices, and what a connect_query answers, are of no use to anybody.
    }

    private void ready(ChannelHandlerContext context) {
        if (!connectQuerySent && !pool.target().connectQuery().isEmpty()) {
            connectQuerySent = true;
            send(context, new FrontendMessage.Query(pool.target().connectQuery()));
            return;
        }
        Epoch epoch = route.epoch();
        Standby standby = pool.route().standby();
        if (epoch != null && !startup.replication()) {
            if (whoItIs == null) {
                whoItIs = List.of();
                String sql = standby == null ? ServerVerification.SQL : ServerVerification.SQL_OF_STANDBY;
                send(context, new FrontendMessage.Query(sql));
                return;
            }
            String problem = standby == null
                    ? ServerVerification.problem(whoItIs, epoch)
                    : ServerVerification.problemOfStandby(whoItIs, epoch, standby);
            if (problem != null) {
                failed(context, new ServerUnreachable(node.address(), problem));
                return;
            }
        }
        done = true;
        SessionState state = new SessionState(ParameterSet.of(reported), ParameterSet.EMPTY);
        ServerConnection server = new ServerConnection(pool, slot, context.channel(), route, key, state);
        context.pipeline().addLast(server);
        context.pipeline().remove(this);
        pool.loggedIn(slot, server);
        pool.loop().flushDirty();
    }

    private void authenticate(ChannelHandlerContext context, Authentication request) {
        ServerCredentials credentials = pool.credentials();
        String password = credentials.password();
        if (request instanceof Authentication.AuthenticationOk) {
            return;
        }
        if (request instanceof Authentication.AuthenticationCleartextPassword && password != null) {
            send(context, new FrontendMessage.PasswordMessage(password));
        } else if (request instanceof Authentication.AuthenticationMD5Password md5) {
            String secret = password == null
                    ? credentials.md5Secret()
                    : Md5Password.secret(pool.target().user(), password);
            if (secret == null) {
                failed(context, cannotAnswer("md5"));
                return;
            }
            send(context, new FrontendMessage.PasswordMessage(Md5Password.response(secret, md5.salt())));
        } else if (request instanceof Authentication.AuthenticationSASL sasl) {
            beginScram(context, sasl, credentials);
        } else if (request instanceof Authentication.AuthenticationSASLContinue next && scram != null) {
            send(context, new FrontendMessage.SASLResponse(scram.clientFinal(next.data())));
        } else if (request instanceof Authentication.AuthenticationSASLFinal last && scram != null) {
            scram.verifyServerFinal(last.data());
        } else {
            failed(context, cannotAnswer(request.getClass().getSimpleName()));
        }
    }

    private void beginScram(
            ChannelHandlerContext context, Authentication.AuthenticationSASL sasl, ServerCredentials credentials) {
        String password = credentials.password();
        if (!sasl.mechanisms().contains(ScramSecret.MECHANISM)) {
            failed(context, cannotAnswer(String.join(", ", sasl.mechanisms())));
            return;
        }
        ScramClient client;
        if (password != null) {
            client = ScramClient.ofPassword(password, RANDOM);
        } else if (credentials.scramKeys() != null) {
            client = ScramClient.ofKeys(credentials.scramKeys(), RANDOM);
        } else {
            failed(context, cannotAnswer(ScramSecret.MECHANISM));
            return;
        }
        scram = client;
        send(context, new FrontendMessage.SASLInitialResponse(ScramSecret.MECHANISM, client.clientFirst()));
    }

    /** Waiting would not help, so clients are told at once, as if the node had said it. */
    private BackendMessage.ErrorResponse cannotAnswer(String method) {
        return ErrorFields.fatal(
                        SqlState.INVALID_AUTHORIZATION_SPECIFICATION,
                        "the node asks user \"" + pool.target().user() + "\" for " + method
                                + ", and the proxy has no password that fits")
                .withHint("Put one into auth_file, or into the database's entry.")
                .toErrorResponse();
    }

    private static void send(ChannelHandlerContext context, FrontendMessage message) {
        ByteBuf out = context.alloc().buffer();
        MessageWriter.write(message, out);
        context.writeAndFlush(out);
    }

    private void failed(ChannelHandlerContext context, Object cause) {
        if (done) {
            return;
        }
        done = true;
        pool.loginFailed(slot, cause);
        context.close();
        pool.loop().flushDirty();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        failed(context, new ServerUnreachable(node.address(), "closed the connection during login"));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        failed(context, new ServerUnreachable(node.address(), String.valueOf(cause.getMessage())));
    }
}
