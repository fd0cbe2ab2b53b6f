package io.pgorchestra.proxy.client;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/** What a client has sent that no server may have yet. What is put in is owned. Bound to the client's loop. */
final class HeldBytes {

    /** So much is kept; then the client is not read. */
    private static final int MAX_BYTES = 64 * 1024;

    private final Channel channel;
    private @Nullable ByteBuf held;

    HeldBytes(Channel channel) {
        this.channel = channel;
    }

    boolean any() {
        return held != null;
    }

    /** Behind what is there. */
    void append(ByteBuf more) {
        ByteBuf all = joined(held, more);
        held = all;
        if (all.readableBytes() >= MAX_BYTES) {
            channel.config().setAutoRead(false);
        }
    }

    /** In front of what is there. */
    void prepend(ByteBuf earlier) {
        held = joined(earlier, held);
    }

    /** All of it, for the caller; without a byte if there is nothing. */
    ByteBuf take() {
        ByteBuf taken = held;
        held = null;
        return taken == null ? Unpooled.EMPTY_BUFFER : taken;
    }

    void drop() {
        take().release();
    }

    private ByteBuf joined(@Nullable ByteBuf first, @Nullable ByteBuf second) {
        if (first == null || second == null) {
            return first != null ? first : second != null ? second : Unpooled.EMPTY_BUFFER;
        }
        ByteBuf both = channel.alloc().buffer(first.readableBytes() + second.readableBytes());
        both.writeBytes(first).writeBytes(second);
        first.release();
        second.release();
        return both;
    }
}
