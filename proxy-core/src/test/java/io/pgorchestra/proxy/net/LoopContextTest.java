package io.pgorchestra.proxy.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class LoopContextTest {

    /** A flush that fails closes its connection, and whoever loses it writes to others, and flushes. */
    @Test
    void flushDirty_duringAFlush_leavesNobodyUnflushed() {
        EmbeddedChannel failing = new EmbeddedChannel();
        LoopContext loop = new LoopContext(failing.eventLoop(), 0);
        EmbeddedChannel innocent = new EmbeddedChannel();
        Outbound toInnocent = new Outbound(innocent, loop);
        failing.pipeline().addLast(new ChannelOutboundHandlerAdapter() {
            @Override
            public void flush(ChannelHandlerContext context) {
                loop.flushDirty();
                toInnocent.append().writeByte('x');
                context.flush();
            }
        });
        new Outbound(failing, loop).append().writeByte('y');

        loop.flushDirty();

        assertEquals("x", text(innocent));
        toInnocent.append().writeByte('z');
        loop.flushDirty();
        assertEquals("z", text(innocent));
        failing.finishAndReleaseAll();
    }

    private static String text(EmbeddedChannel channel) {
        ByteBuf sent = channel.readOutbound();
        String text = sent == null ? "nothing" : sent.toString(StandardCharsets.US_ASCII);
        if (sent != null) {
            sent.release();
        }
        return text;
    }
}
