package io.pgorchestra.protocol.message;

import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Appends one message's fields to a buffer; what the wire cannot express is an {@link IllegalArgumentException}. */
final class BodyWriter {
    private static final int MAX_COUNT = 0xffff;

    private final ByteBuf out;

    BodyWriter(ByteBuf out) {
        this.out = out;
    }

    BodyWriter int8(int value) {
        out.writeByte(value);
        return this;
    }

    BodyWriter int16(int value) {
        out.writeShort(value);
        return this;
    }

    BodyWriter int32(int value) {
        out.writeInt(value);
        return this;
    }

    BodyWriter string(String text) {
        WireText.write(out, text);
        return this;
    }

    BodyWriter bytes(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    /** An Int32 length and that many bytes; -1 and none for null. */
    BodyWriter value(byte @Nullable [] value) {
        if (value == null) {
            out.writeInt(BodyReader.NULL_LENGTH);
            return this;
        }
        out.writeInt(value.length).writeBytes(value);
        return this;
    }

    <T> BodyWriter list(List<T> elements, Consumer<T> element) {
        if (elements.size() > MAX_COUNT) {
            throw new IllegalArgumentException("elements: " + elements.size() + " (expected: <= " + MAX_COUNT + ")");
        }
        out.writeShort(elements.size());
        elements.forEach(element);
        return this;
    }

    BodyWriter formats(List<Integer> formats) {
        return list(formats, this::int16);
    }
}
