package io.pgorchestra.proxy.client;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.concurrent.ScheduledFuture;
import io.pgorchestra.protocol.frame.FrontendTag;
import io.pgorchestra.protocol.message.BackendMessage.ErrorResponse;
import io.pgorchestra.protocol.message.BackendMessage.NegotiateProtocolVersion;
import io.pgorchestra.protocol.message.MessageWriter;
import io.pgorchestra.protocol.message.ProtocolVersion;
import io.pgorchestra.protocol.message.ProtocolViolation;
import io.pgorchestra.protocol.message.StartupPacket;
import io.pgorchestra.protocol.message.StartupPacket.CancelRequest;
import io.pgorchestra.protocol.message.StartupPacket.GssEncRequest;
import io.pgorchestra.protocol.message.StartupPacket.SslRequest;
import io.pgorchestra.protocol.message.StartupPacket.StartupMessage;
import io.pgorchestra.protocol.message.StartupPacketReader;
import io.pgorchestra.proxy.failure.ClientCloseReason;
import io.pgorchestra.proxy.failure.Failure;
import io.pgorchestra.proxy.failure.FailureReply;
import io.pgorchestra.proxy.server.ServerCredentials;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection from its first byte until the client has proved who it is. Bound to the loop that accepted it.
 *
 * <p>See <a href="https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-START-UP">Start-up</a>.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A failed write or close ends in channelInactive.
public final class LoginHandler extends ByteToMessageDecoder {

    private static final Logger LOG = LoggerFactory.getLogger(LoginHandler.class);

    private static final byte ENCRYPTION_REFUSED = 'N';

    /** A SCRAM message is a few hundred bytes; Postgres allows PG_MAX_AUTH_TOKEN_LENGTH. */
    private static final int MAX_PASSWORD_MESSAGE_BYTES = 65535;

    private enum Phase {
        STARTUP,
        /** The node is being asked for the user's secret. */
        LOOKUP,
        PASSWORD,
        /** Let in: what else has come is the session's. */
        ADMITTED,
        DONE
    }

    private final ClientAccess access;
    private Phase phase = Phase.STARTUP;
    private boolean counted;
    private boolean placed;
    private boolean encryptionAsked;
    private @Nullable ClientIdentity identity;
    private @Nullable PasswordExchange exchange;
    private @Nullable ScheduledFuture<?> timeout;

    public LoginHandler(ClientAccess access) {
        this.access = access;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        // Not a field: what waits for the close keeps what it names, and this handler is to go when the login is over.
        ClientRegistry registry = access.registry();
        registry.loginBegins();
        counted = true;
        placed = registry.enter(access.maxClientConnections());
        if (placed) {
            context.channel().closeFuture().addListener(closed -> registry.left());
        }
        long timeoutNanos = access.clientLoginTimeoutNanos();
        if (timeoutNanos > 0) {
            timeout = context.executor()
                    .schedule(() -> refuse(context, Failure.loginTimeout()), timeoutNanos, TimeUnit.NANOSECONDS);
        }
        context.fireChannelActive();
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        try {
            switch (phase) {
                case STARTUP -> startup(context, in);
                case PASSWORD -> password(context, in);
                case LOOKUP, ADMITTED -> {}
                case DONE -> in.skipBytes(in.readableBytes());
            }
        } catch (ProtocolViolation violation) {
            refuse(
                    context,
                    new Failure(
                            violation.sqlState(),
                            String.valueOf(violation.getMessage()),
                            "",
                            ClientCloseReason.PROTOCOL_VIOLATION));
        }
    }

    private void startup(ChannelHandlerContext context, ByteBuf in) {
        StartupPacket packet = StartupPacketReader.read(in);
        if (packet == null) {
            return;
        }
        if (packet instanceof SslRequest || packet instanceof GssEncRequest) {
            encryption(context, packet);
        } else if (packet instanceof CancelRequest cancel) {
            cancel(context, cancel);
        } else if (packet instanceof StartupMessage startup) {
            startup(context, startup);
        }
    }

    /** Each kind may be asked for once; a client that goes on asking is not a client. */
    private void encryption(ChannelHandlerContext context, StartupPacket packet) {
        if (encryptionAsked && packet instanceof SslRequest) {
            throw new ProtocolViolation("a second SSLRequest (expected: StartupMessage)");
        }
        encryptionAsked |= packet instanceof SslRequest;
        context.writeAndFlush(context.alloc().buffer(1).writeByte(ENCRYPTION_REFUSED));
    }

    /** The connection stays open until the node has been told, so that its closing means "the cancel was delivered". */
    private void cancel(ChannelHandlerContext context, CancelRequest cancel) {
        phase = Phase.DONE;
        ClientSession session = access.registry().cancelKeys().find(cancel.processId(), cancel.secretKey());
        access.registry().closed(ClientCloseReason.CANCEL_REQUEST);
        if (session == null) {
            LOG.info(
                    "cancel ignored reason=UNKNOWN_KEY address={}",
                    context.channel().remoteAddress());
            context.close();
            return;
        }
        session.channel().eventLoop().execute(() -> session.cancel(context::close));
    }

    private void startup(ChannelHandlerContext context, StartupMessage startup) {
        int version = ProtocolVersion.negotiate(startup.protocolVersion());
        ClientIdentity who = ClientIdentity.of(startup, version, address(context));
        identity = who;
        if (who.user().isEmpty()) {
            refuse(context, Failure.noUser());
            return;
        }
        if (!placed && !access.isConsole(who)) {
            refuse(context, Failure.tooManyClients(access.maxClientConnections()));
            return;
        }
        ByteBuf out = context.alloc().buffer();
        if (ProtocolVersion.mustNegotiate(startup)) {
            MessageWriter.write(
                    new NegotiateProtocolVersion(version, ProtocolVersion.options(startup.parameters())), out);
        }
        String secret = access.secretOf(who.user());
        if (secret == null && access.looksUp(who)) {
            context.write(out);
            lookUp(context, who);
            return;
        }
        askPassword(context, who, secret, out);
    }

    /** Nothing more is read until the node has answered: a client that talks on meanwhile must not fill memory. */
    private void lookUp(ChannelHandlerContext context, ClientIdentity who) {
        phase = Phase.LOOKUP;
        context.channel().config().setAutoRead(false);
        access.lookUp(who, new SecretAnswer() {
            @Override
            public void found(@Nullable String secret) {
                context.executor()
                        .execute(() -> lookedUp(context, () -> {
                            phase = Phase.PASSWORD;
                            askPassword(context, who, secret, context.alloc().buffer());
                        }));
            }

            @Override
            public void refused(@Nullable ErrorResponse forClient) {
                context.executor()
                        .execute(() -> lookedUp(context, () -> {
                            if (forClient == null) {
                                refuse(context, Failure.lookupFailed());
                            } else {
                                refuse(context, ClientCloseReason.SERVER_LOGIN_FAILED, forClient);
                            }
                        }));
            }
        });
    }

    private void lookedUp(ChannelHandlerContext context, Runnable next) {
        if (phase == Phase.LOOKUP && context.channel().isActive()) {
            context.channel().config().setAutoRead(true);
            next.run();
        }
    }

    private void askPassword(ChannelHandlerContext context, ClientIdentity who, @Nullable String secret, ByteBuf out) {
        PasswordExchange conversation = PasswordExchanges.forUser(access, who.user(), secret);
        if (conversation == null) {
            context.write(out);
            trusted(context, who, secret);
            return;
        }
        exchange = conversation;
        phase = Phase.PASSWORD;
        conversation.begin(out);
        context.writeAndFlush(out);
    }

    private void trusted(ChannelHandlerContext context, ClientIdentity who, @Nullable String secret) {
        if (!access.trusts(secret)) {
            refuse(context, Failure.wrongPassword(who.user()));
            return;
        }
        proved(context, who, PasswordExchanges.credentialsOf(secret));
    }

    private void password(ChannelHandlerContext context, ByteBuf in) {
        if (in.readableBytes() < 5) {
            return;
        }
        byte tag = in.getByte(in.readerIndex());
        long bodyBytes = in.getInt(in.readerIndex() + 1) - 4L;
        if (tag != FrontendTag.PASSWORD_MESSAGE) {
            throw new ProtocolViolation("expected password response, got message type " + (tag & 0xff));
        }
        if (bodyBytes < 0 || bodyBytes > MAX_PASSWORD_MESSAGE_BYTES) {
            throw new ProtocolViolation(
                    "length of password message: " + bodyBytes + " (expected: 0.." + MAX_PASSWORD_MESSAGE_BYTES + ")");
        }
        if (in.readableBytes() < 5 + bodyBytes) {
            return;
        }
        in.skipBytes(5);
        ClientIdentity who = Objects.requireNonNull(identity);
        PasswordExchange conversation = Objects.requireNonNull(exchange);
        ByteBuf out = context.alloc().buffer();
        switch (conversation.next(in.readSlice((int) bodyBytes), out)) {
            case GO_ON -> context.writeAndFlush(out);
            case PROVED -> {
                context.write(out);
                ServerCredentials credentials = conversation.credentials();
                proved(context, who, credentials == null ? ServerCredentials.NONE : credentials);
            }
            case REFUSED -> {
                out.release();
                refuse(context, Failure.wrongPassword(who.user()));
            }
        }
    }

    private void proved(ChannelHandlerContext context, ClientIdentity who, ServerCredentials credentials) {
        Failure refusal = access.admit(who);
        if (refusal != null) {
            refuse(context, refusal);
            return;
        }
        phase = Phase.ADMITTED;
        loginEnds();
        access.enter(who, credentials, context.channel());
    }

    private void refuse(ChannelHandlerContext context, Failure failure) {
        refuse(context, failure.reason(), FailureReply.of(failure));
    }

    private void refuse(ChannelHandlerContext context, ClientCloseReason reason, ErrorResponse error) {
        if (phase == Phase.DONE || phase == Phase.ADMITTED) {
            return;
        }
        phase = Phase.DONE;
        LOG.info(
                "client refused reason={} user={} database={} address={} message=\"{}\"",
                reason.label(),
                identity == null ? "" : identity.user(),
                identity == null ? "" : identity.database(),
                context.channel().remoteAddress(),
                error.fields().message());
        access.registry().closed(reason);
        ByteBuf out = context.alloc().buffer();
        MessageWriter.write(FailureReply.asFatal(error), out);
        context.writeAndFlush(out).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
        if (phase == Phase.STARTUP || phase == Phase.LOOKUP || phase == Phase.PASSWORD) {
            phase = Phase.DONE;
            access.registry().closed(ClientCloseReason.CLIENT_DISCONNECTED);
        }
        loginEnds();
        super.channelInactive(context);
    }

    private void loginEnds() {
        ScheduledFuture<?> running = timeout;
        if (running != null) {
            running.cancel(false);
        }
        if (counted) {
            counted = false;
            access.registry().loginEnds();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.error("bug: login closed address={}", context.channel().remoteAddress(), cause);
            refuse(context, Failure.bug());
        }
        context.close();
    }

    private static InetSocketAddress address(ChannelHandlerContext context) {
        return context.channel().remoteAddress() instanceof InetSocketAddress remote
                ? remote
                : InetSocketAddress.createUnresolved("unknown", 0);
    }
}
