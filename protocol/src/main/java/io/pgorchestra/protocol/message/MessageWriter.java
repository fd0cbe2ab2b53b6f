package io.pgorchestra.protocol.message;

import io.netty.buffer.ByteBuf;
import java.util.function.Consumer;

/** Appends messages to a buffer as whole frames: tag, length, body. */
public final class MessageWriter {
    private static final int LENGTH_OFFSET = 1;

    private MessageWriter() {}

    /**
     * Appends one frame.
     *
     * @throws IllegalArgumentException if a text holds a NUL or a list is too long; the buffer is then as before
     */
    public static void write(FrontendMessage message, ByteBuf out) {
        writeFrame(message.tag(), message::writeTo, out);
    }

    /**
     * Appends one frame.
     *
     * @throws IllegalArgumentException if a text holds a NUL or a list is too long; the buffer is then as before
     */
    public static void write(BackendMessage message, ByteBuf out) {
        writeFrame(message.tag(), message::writeTo, out);
    }

    private static void writeFrame(byte tag, Consumer<BodyWriter> body, ByteBuf out) {
        int start = out.writerIndex();
        out.writeByte(tag).writeInt(0);
        try {
            body.accept(new BodyWriter(out));
        } catch (IllegalArgumentException cannotBeWritten) {
            out.writerIndex(start);
            throw cannotBeWritten;
        }
        // The length counts itself and the body, not the tag; it is known only now.
        out.setInt(start + LENGTH_OFFSET, out.writerIndex() - start - LENGTH_OFFSET);
    }
}
