package io.pgorchestra.protocol.message;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A strict cursor over one message's body: every shortage and every excess is a {@link ProtocolViolation}. */
final class BodyReader {
    static final int NULL_LENGTH = -1;

    private final String message;
    private final ByteBuf body;

    /** The name is for error texts. */
    BodyReader(String message, ByteBuf body) {
        this.message = message;
        this.body = body;
    }

    String message() {
        return message;
    }

    byte int8(String field) {
        require(Byte.BYTES, field);
        return body.readByte();
    }

    short int16(String field) {
        require(Short.BYTES, field);
        return body.readShort();
    }

    int int32(String field) {
        require(Integer.BYTES, field);
        return body.readInt();
    }

    String string(String field) {
        int length = body.bytesBefore((byte) 0);
        if (length < 0) {
            throw violation(field, body.readableBytes() + " bytes without an end", "text that ends in NUL");
        }
        byte[] text = bytes(length, field);
        body.skipBytes(1);
        return WireText.decode(text);
    }

    byte[] bytes(int length, String field) {
        require(length, field);
        return ByteBufUtil.getBytes(body.readSlice(length));
    }

    /** All that is left. */
    byte[] rest() {
        return bytes(body.readableBytes(), "rest");
    }

    /** Bytes after an Int32 length, or null where the length is -1. */
    byte @Nullable [] value(String field) {
        int length = int32("length of " + field);
        if (length == NULL_LENGTH) {
            return null;
        }
        if (length < 0) {
            throw violation("length of " + field, length, ">= -1");
        }
        return bytes(length, field);
    }

    /**
     * A list after an Int16 count, which Postgres takes as unsigned: a Bind may carry 65535 parameters.
     *
     * @param minElementBytes the size of the smallest element, so that a count which the body cannot hold is refused
     *     before anything is allocated for it
     */
    <T> List<T> list(String field, int minElementBytes, Supplier<T> element) {
        return elements(field, Short.toUnsignedInt(int16("count of " + field)), minElementBytes, element);
    }

    /** A list after an Int32 count. */
    <T> List<T> longList(String field, int minElementBytes, Supplier<T> element) {
        return elements(field, int32("count of " + field), minElementBytes, element);
    }

    List<Integer> formats(String field) {
        return list(field, Short.BYTES, () -> (int) int16(field));
    }

    List<Integer> oids(String field) {
        return list(field, Integer.BYTES, () -> int32(field));
    }

    private <T> List<T> elements(String field, int count, int minElementBytes, Supplier<T> element) {
        if (count < 0 || (long) count * minElementBytes > body.readableBytes()) {
            throw violation(
                    "count of " + field, count, "0 to what fits in the " + body.readableBytes() + " bytes left");
        }
        List<T> elements = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            elements.add(element.get());
        }
        return elements;
    }

    /** Checks that nothing is left, and returns the record made of what was read. */
    <T> T finish(T record) {
        if (body.isReadable()) {
            throw violation("bytes after the last field", body.readableBytes(), "0");
        }
        return record;
    }

    ProtocolViolation violation(String field, Object value, String expected) {
        return ProtocolViolation.of(message + ": " + field, value, expected);
    }

    private void require(int bytes, String field) {
        if (body.readableBytes() < bytes) {
            throw violation(field, body.readableBytes() + " bytes left", bytes + " bytes");
        }
    }
}
