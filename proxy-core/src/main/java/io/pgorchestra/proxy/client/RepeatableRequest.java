package io.pgorchestra.proxy.client;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** The bytes of what a server is being asked, as long as another one could be asked instead: until the first of the answer comes. */
final class RepeatableRequest {

    private @Nullable ByteBuf buffer;
    private int index;
    private int lengthBytes;

    /** Holds these bytes of a buffer that others go on reading. */
    void keep(ByteBuf of, int fromIndex, int bytes) {
        drop();
        buffer = of.retain();
        index = fromIndex;
        lengthBytes = bytes;
    }

    boolean kept() {
        return buffer != null;
    }

    /** The bytes, which are the caller's now; null if none are kept. */
    @Nullable
    ByteBuf take() {
        ByteBuf held = buffer;
        buffer = null;
        if (held == null) {
            return null;
        }
        ByteBuf taken = held.retainedSlice(index, lengthBytes);
        held.release();
        return taken;
    }

    void drop() {
        ByteBuf held = buffer;
        buffer = null;
        if (held != null) {
            held.release();
        }
    }
}
