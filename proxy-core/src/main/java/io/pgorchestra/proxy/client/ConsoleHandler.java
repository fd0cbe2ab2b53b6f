package io.pgorchestra.proxy.client;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.pgorchestra.protocol.message.Authentication.AuthenticationOk;
import io.pgorchestra.protocol.message.MessageReader;
import io.pgorchestra.protocol.message.MessageWriter;
import io.pgorchestra.protocol.message.ProtocolViolation;
import io.pgorchestra.proxy.admin.AdminConsole;
import io.pgorchestra.proxy.admin.AdminLogin;
import io.pgorchestra.proxy.admin.AdminOutput;
import io.pgorchestra.proxy.admin.AdminRole;
import io.pgorchestra.proxy.admin.AdminSession;
import io.pgorchestra.proxy.failure.Failure;
import io.pgorchestra.proxy.failure.FailureReply;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A client of the console: whole messages in, the console's answers out. Bound to its channel's loop. */
@SuppressWarnings("FutureReturnValueIgnored") // A failed write or close ends in channelInactive.
public final class ConsoleHandler extends ByteToMessageDecoder implements AdminOutput {

    private static final Logger LOG = LoggerFactory.getLogger(ConsoleHandler.class);
    private static final SecureRandom RANDOM = new SecureRandom();

    /** A console command is a line of text. */
    private static final int MAX_MESSAGE_BYTES = 64 * 1024;

    private final AdminConsole console;
    private final ClientIdentity identity;
    private final AdminRole role;
    private final ClientRegistry registry;
    private @Nullable AdminSession session;
    private @Nullable Channel channel;

    public ConsoleHandler(AdminConsole console, ClientIdentity identity, AdminRole role, ClientRegistry registry) {
        this.console = console;
        this.identity = identity;
        this.role = role;
        this.registry = registry;
    }

    /** Answers the login. */
    public void begin(Channel opened) {
        channel = opened;
        AdminLogin login = new AdminLogin(
                identity.user(), identity.database(), role, identity.applicationName(), registry.inventedProcessId());
        AdminSession started = console.open(login, this, opened.alloc());
        session = started;
        ByteBuf out = opened.alloc().buffer();
        MessageWriter.write(new AuthenticationOk(), out);
        opened.write(out);
        byte[] secret = new byte[4];
        RANDOM.nextBytes(secret);
        started.welcome(secret);
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        if (in.readableBytes() < 5) {
            return;
        }
        byte tag = in.getByte(in.readerIndex());
        long bodyBytes = in.getInt(in.readerIndex() + 1) - 4L;
        AdminSession present = session;
        if (present == null || bodyBytes < 0 || bodyBytes > MAX_MESSAGE_BYTES) {
            violated(context, "length of message: " + bodyBytes + " bytes (expected: 0.." + MAX_MESSAGE_BYTES + ")");
            in.skipBytes(in.readableBytes());
            return;
        }
        if (in.readableBytes() < 5 + bodyBytes) {
            return;
        }
        in.skipBytes(5);
        ByteBuf body = in.readSlice((int) bodyBytes);
        try {
            present.onMessage(MessageReader.readFrontend(tag, body));
        } catch (ProtocolViolation violation) {
            violated(context, String.valueOf(violation.getMessage()));
        }
    }

    private static void violated(ChannelHandlerContext context, String detail) {
        ByteBuf reply = context.alloc().buffer();
        FailureReply.write(Failure.protocolViolation(detail), reply);
        context.writeAndFlush(reply).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        AdminSession present = session;
        if (present != null && context.channel().isWritable()) {
            present.onWritable();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
        AdminSession present = session;
        if (present != null) {
            present.close();
        }
        super.channelInactive(context);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException) {
            LOG.debug("console closed address={}", identity.address(), cause);
        } else {
            LOG.error("bug: console closed address={}", identity.address(), cause);
        }
        context.close();
    }

    private Channel opened() {
        Channel present = channel;
        if (present == null) {
            throw new IllegalStateException("the console has not begun");
        }
        return present;
    }

    @Override
    public Executor loop() {
        return opened().eventLoop();
    }

    @Override
    public void send(ByteBuf bytes) {
        opened().writeAndFlush(bytes);
    }

    @Override
    public boolean isWritable() {
        return opened().isWritable();
    }

    @Override
    public void setReading(boolean reading) {
        opened().config().setAutoRead(reading);
    }

    @Override
    public void close() {
        opened().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }
}
