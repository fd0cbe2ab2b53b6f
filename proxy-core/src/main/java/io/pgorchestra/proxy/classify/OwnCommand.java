package io.pgorchestra.proxy.classify;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A command for the proxy itself. Names come in lower case and without the prefix; values unquoted, as they were written. */
public sealed interface OwnCommand {

    /** {@code SET [SESSION] orchestra.NAME = VALUE}. */
    record Set(String name, String value) implements OwnCommand {}

    /** {@code SET LOCAL orchestra.NAME = VALUE}: until the transaction ends. */
    record SetLocal(String name, String value) implements OwnCommand {}

    /** {@code RESET orchestra.NAME}, {@code SET orchestra.NAME TO DEFAULT}. */
    record Reset(String name) implements OwnCommand {}

    /** {@code SHOW orchestra.NAME}. */
    record Show(String name) implements OwnCommand {}

    /** {@code EXPLAIN ROUTE sql}: the text behind the word ROUTE, without the last semicolon. */
    record ExplainRoute(String sql) implements OwnCommand {}

    /** Meant for us, but not understood; {@code message} is for the client. */
    record Wrong(String message) implements OwnCommand {}

    /** The longest text up to {@code orchestra}: SET SESSION, and some blanks. */
    int MAX_PREFIX_BYTES = 64;

    /** Whether a text may be one; cheap, and wrong only by saying yes, but for one with a comment in front, which is none. */
    static boolean mayBe(ByteBuf buffer, int index, int end) {
        int at = index;
        while (at < end && buffer.getByte(at) <= ' ' && buffer.getByte(at) > 0) {
            at++;
        }
        if (end - at < "EXPLAIN ROUTE".length()) {
            return false;
        }
        int second = buffer.getByte(at + 1) | 0x20;
        int third = buffer.getByte(at + 2) | 0x20;
        return switch (buffer.getByte(at) | 0x20) {
            // SET, SHOW; not SELECT, whose third letter tells.
            case 's' -> (second == 'h' || (second == 'e' && third == 't')) && names(buffer, at, end);
            case 'r' -> second == 'e' && third == 's' && names(buffer, at, end);
            case 'e' -> second == 'x' && third == 'p';
            default -> false;
        };
    }

    private static boolean names(ByteBuf buffer, int index, int end) {
        int length = Math.min(MAX_PREFIX_BYTES, end - index);
        return buffer.toString(index, length, StandardCharsets.ISO_8859_1)
                .toLowerCase(Locale.ROOT)
                .contains("orchestra");
    }
}
