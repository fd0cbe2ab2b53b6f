package io.pgorchestra.proxy.admin;

import io.pgorchestra.protocol.message.WireText;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Cells of a result as Postgres sends them, in text or in binary format. */
final class CellEncoder {
    static final int TEXT_FORMAT = 0;
    static final int BINARY_FORMAT = 1;

    private static final int NUMERIC_BASE = 10_000;
    private static final int MAX_LONG_NUMERIC_DIGITS = 5;

    private CellEncoder() {}

    static byte @Nullable [] encode(ColumnType type, @Nullable Object cell, int format) {
        if (cell == null) {
            return null;
        }
        if (type == ColumnType.TEXT) {
            // The same bytes in both formats.
            return WireText.encode((String) cell);
        }
        long number = (Long) cell;
        if (format == TEXT_FORMAT) {
            return Long.toString(number).getBytes(StandardCharsets.US_ASCII);
        }
        return switch (type) {
            case TEXT -> throw new AssertionError("handled above");
            case INT4 ->
                ByteBuffer.allocate(Integer.BYTES)
                        .putInt(Math.toIntExact(number))
                        .array();
            case INT8 -> ByteBuffer.allocate(Long.BYTES).putLong(number).array();
            case NUMERIC -> binaryNumeric(number);
        };
    }

    /** Digits in base 10,000, the most significant first, after their count, weight, sign and scale. */
    private static byte[] binaryNumeric(long number) {
        assert number >= 0 : number;
        short[] digits = new short[MAX_LONG_NUMERIC_DIGITS];
        int count = 0;
        for (long rest = number; rest > 0; rest /= NUMERIC_BASE) {
            digits[count++] = (short) (rest % NUMERIC_BASE);
        }
        ByteBuffer bytes = ByteBuffer.allocate(Short.BYTES * (4 + count));
        bytes.putShort((short) count);
        bytes.putShort((short) Math.max(0, count - 1));
        // Positive, no digits after the point.
        bytes.putShort((short) 0).putShort((short) 0);
        while (count > 0) {
            bytes.putShort(digits[--count]);
        }
        return bytes.array();
    }
}
