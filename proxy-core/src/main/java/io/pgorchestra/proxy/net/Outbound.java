package io.pgorchestra.proxy.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;

/**
 * The writing end of a connection: runs of bytes pass as slices, small additions are copied together, and one flush ends it. Bound to
 * the channel's loop.
 */
@SuppressWarnings({
    "FutureReturnValueIgnored", // A failed write closes the channel, which its handler hears.
    "ReferenceEquality" // EMPTY_BUFFER stands for "none"; its content is not the question.
})
public final class Outbound {

    /** Behind an addition of ours, shorter runs are copied to keep one write; longer ones are worth a slice. */
    private static final int COPY_AT_MOST_BYTES = 4096;

    private static final int INITIAL_COPY_BYTES = 512;

    private final Channel channel;
    private final LoopContext loop;
    private ByteBuf copy = Unpooled.EMPTY_BUFFER;
    private boolean dirty;
    private long bytes;

    public Outbound(Channel channel, LoopContext loop) {
        this.channel = channel;
        this.loop = loop;
    }

    /** Bytes written since the connection began. */
    public long bytes() {
        return bytes;
    }

    public Channel channel() {
        return channel;
    }

    /** Sends part of a buffer that stays the caller's. */
    public void pass(ByteBuf buffer, int index, int lengthBytes) {
        touch();
        if (copy.isReadable()) {
            if (lengthBytes <= COPY_AT_MOST_BYTES) {
                copy.writeBytes(buffer, index, lengthBytes);
                return;
            }
            writeCopy();
        }
        bytes += lengthBytes;
        channel.write(buffer.retainedSlice(index, lengthBytes), channel.voidPromise());
    }

    /** A buffer to append whole messages to; it is sent, in order, with what was passed before and after. */
    public ByteBuf append() {
        touch();
        if (copy == Unpooled.EMPTY_BUFFER) {
            copy = channel.alloc().directBuffer(INITIAL_COPY_BYTES);
        }
        return copy;
    }

    private void touch() {
        if (!dirty) {
            dirty = true;
            loop.markDirty(this);
        }
    }

    /** Sends what was written, without waiting for the loop's next flush. */
    public void flushNow() {
        writeCopy();
        channel.flush();
    }

    void flush() {
        dirty = false;
        flushNow();
    }

    private void writeCopy() {
        ByteBuf written = copy;
        if (written == Unpooled.EMPTY_BUFFER) {
            return;
        }
        copy = Unpooled.EMPTY_BUFFER;
        if (!written.isReadable()) {
            written.release();
            return;
        }
        bytes += written.readableBytes();
        channel.write(written, channel.voidPromise());
    }
}
