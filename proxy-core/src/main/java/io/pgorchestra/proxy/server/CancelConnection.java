package io.pgorchestra.proxy.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.pgorchestra.protocol.message.StartupPacket;
import io.pgorchestra.protocol.message.StartupPacketWriter;

/**
 * One CancelRequest's connection. The node closes it after it has signalled the backend; until then the backend must not serve anybody
 * else.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A failed write or close ends in channelInactive.
final class CancelConnection extends ChannelInboundHandlerAdapter {

    /** The node answers by closing, at once; longer than this it is not going to. */
    private static final int ANSWER_TIMEOUT_SECONDS = 10;

    private final BackendKey key;
    private final Runnable over;
    private boolean told;

    CancelConnection(BackendKey key, Runnable over) {
        this.key = key;
        this.over = over;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        context.pipeline().addFirst(new ReadTimeoutHandler(ANSWER_TIMEOUT_SECONDS));
        ByteBuf packet = context.alloc().buffer();
        StartupPacketWriter.write(new StartupPacket.CancelRequest(key.processId(), key.secret()), packet);
        context.writeAndFlush(packet);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ((ByteBuf) message).release();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }

    /** Also after a connect that failed. */
    @Override
    public void channelUnregistered(ChannelHandlerContext context) {
        if (!told) {
            told = true;
            over.run();
        }
    }
}
