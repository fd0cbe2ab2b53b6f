package io.pgorchestra.proxy.statement;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a text does to the transaction around it, as far as its first words tell. When unsure it is {@link #UNKNOWN}. */
public enum TransactionVerb {
    /** COMMIT, END, PREPARE TRANSACTION. */
    COMMIT,
    /** ROLLBACK, ABORT. */
    ROLLBACK,
    /** A single statement that cannot end the transaction it runs in. */
    NONE,
    /** Several statements, or one that begins in a way not understood here. */
    UNKNOWN;

    /** Words before the first that matters are few; comments in front of COMMIT are rare, and then nothing is assumed. */
    private static final int MAX_WORD_BYTES = 16;

    /** Of the text that ends with a zero byte or after {@code lengthBytes}. */
    public static TransactionVerb of(ByteBuf buffer, int index, int lengthBytes) {
        int zero = buffer.indexOf(index, index + lengthBytes, (byte) 0);
        int end = zero < 0 ? index + lengthBytes : zero;
        int start = skipBlanks(buffer, index, end);
        end = trimEnd(buffer, start, end);
        if (buffer.indexOf(start, end, (byte) ';') >= 0) {
            return UNKNOWN;
        }
        String first = word(buffer, start, end);
        if (first == null) {
            return start == end ? NONE : UNKNOWN;
        }
        return switch (first) {
            case "COMMIT", "END" -> hasWord(buffer, start, end, "CHAIN") ? UNKNOWN : COMMIT;
            case "PREPARE" -> hasWord(buffer, start, end, "TRANSACTION") ? COMMIT : NONE;
            case "ROLLBACK", "ABORT" ->
                hasWord(buffer, start, end, "TO") ? NONE : hasWord(buffer, start, end, "CHAIN") ? UNKNOWN : ROLLBACK;
            default -> NONE;
        };
    }

    /** Whether the transaction may be committed by it. */
    public boolean mayCommit() {
        return this == COMMIT || this == UNKNOWN;
    }

    private static int skipBlanks(ByteBuf buffer, int index, int end) {
        int at = index;
        while (at < end && isBlank(buffer.getByte(at))) {
            at++;
        }
        return at;
    }

    /** Leaves off blanks and semicolons at the end. */
    private static int trimEnd(ByteBuf buffer, int start, int end) {
        int at = end;
        while (at > start && (isBlank(buffer.getByte(at - 1)) || buffer.getByte(at - 1) == ';')) {
            at--;
        }
        return at;
    }

    /** The first word in capitals; null where there is none, or one that is too long to be a verb. */
    private static @Nullable String word(ByteBuf buffer, int start, int end) {
        int at = start;
        while (at < end && isLetter(buffer.getByte(at))) {
            at++;
            if (at - start > MAX_WORD_BYTES) {
                return null;
            }
        }
        return at == start
                ? null
                : buffer.toString(start, at - start, StandardCharsets.US_ASCII).toUpperCase(Locale.ROOT);
    }

    /** Only for texts that begin with a transaction verb: those are short. */
    private static boolean hasWord(ByteBuf buffer, int start, int end, String wanted) {
        String text =
                buffer.toString(start, end - start, StandardCharsets.UTF_8).toUpperCase(Locale.ROOT);
        for (String word : text.split("[^A-Z]+", -1)) {
            if (word.equals(wanted)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isBlank(byte value) {
        return value == ' ' || value == '\n' || value == '\t' || value == '\r' || value == '\f';
    }

    private static boolean isLetter(byte value) {
        int lower = value | 0x20;
        return lower >= 'a' && lower <= 'z';
    }
}
