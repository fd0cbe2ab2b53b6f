package io.pgorchestra.proxy.classify;

import io.netty.buffer.ByteBuf;
import io.pgorchestra.proxy.classify.Classification.Kind;
import java.util.Arrays;

/**
 * Tells what texts do in one database. Bound to one event loop; each loop has its own, with the same {@link Functions}.
 *
 * <p>On the hot path: a text that reads, and calls nothing, makes no object, and neither does one whose verdict is cached.
 */
public final class Classifier {

    /** Longer texts are not looked at: not even for what they leave behind in the session. */
    public static final int MAX_TEXT_BYTES = 16 * 1024;

    private static final Classification TOO_LONG = Draft.plain(Kind.WRITE, Reason.TOO_LONG);
    private static final Classification UNSAFE_ENCODING = Draft.plain(Kind.WRITE, Reason.UNSAFE_ENCODING);

    private static final int INITIAL_TEXT_BYTES = 1024;

    private final TextReader reader;
    private final VerdictCache cache = new VerdictCache();
    private byte[] text = new byte[INITIAL_TEXT_BYTES];
    private Functions functions;

    public Classifier(Functions functions) {
        this.functions = functions;
        reader = new TextReader(functions);
    }

    /** The catalog was read again; what was known by the old one is forgotten. */
    public void functions(Functions newer) {
        functions = newer;
        reader.functions(newer);
        cache.clear();
    }

    public Functions functions() {
        return functions;
    }

    /**
     * What a text does that ends with a zero byte or after {@code lengthBytes}, in an encoding that {@link ClientEncodings} calls safe.
     *
     * @param standardConformingStrings as the session has it: whether a backslash is only itself in a plain string
     */
    public Classification classify(ByteBuf buffer, int index, int lengthBytes, boolean standardConformingStrings) {
        int length = length(buffer, index, lengthBytes);
        if (length < 0) {
            return TOO_LONG;
        }
        copy(buffer, index, length);
        return VerdictCache.takes(length)
                ? cached(length, standardConformingStrings)
                : reader.read(text, length, standardConformingStrings);
    }

    private Classification cached(int length, boolean standardConformingStrings) {
        long hash = VerdictCache.hash(text, length, standardConformingStrings);
        Classification known = cache.find(hash, text, length);
        if (known != null) {
            return known;
        }
        if (!cache.isAgain(hash)) {
            return reader.read(text, length, standardConformingStrings);
        }
        byte[] kept = Arrays.copyOf(text, length);
        Classification verdict = reader.read(text, length, standardConformingStrings);
        cache.keep(hash, kept, verdict);
        return verdict;
    }

    /** The same of a text in an encoding that is not: beyond ASCII nothing is said about it. */
    public Classification classifyUnsafe(
            ByteBuf buffer, int index, int lengthBytes, boolean standardConformingStrings) {
        int length = length(buffer, index, lengthBytes);
        if (length >= 0 && buffer.forEachByte(index, length, value -> value >= 0) >= 0) {
            return UNSAFE_ENCODING;
        }
        return classify(buffer, index, lengthBytes, standardConformingStrings);
    }

    /** Of the text without its zero byte; -1 if it is too long. */
    private static int length(ByteBuf buffer, int index, int lengthBytes) {
        int most = Math.min(lengthBytes, MAX_TEXT_BYTES + 1);
        int zero = buffer.indexOf(index, index + most, (byte) 0);
        int length = zero < 0 ? most : zero - index;
        return length > MAX_TEXT_BYTES ? -1 : length;
    }

    /** The reader writes into its text. */
    private void copy(ByteBuf buffer, int index, int length) {
        int needed = length + Lexer.SENTINEL_BYTES;
        if (text.length < needed) {
            text = new byte[Math.max(needed, Math.min(2 * text.length, MAX_TEXT_BYTES + Lexer.SENTINEL_BYTES))];
        }
        buffer.getBytes(index, text, 0, length);
        text[length] = 0;
        text[length + 1] = 0;
    }
}
