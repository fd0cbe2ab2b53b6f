package io.pgorchestra.proxy.classify;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Verdicts on texts that come again, by their bytes. Bound to one thread. A hit makes no object; neither does a text that comes once, since
 * only at the second time it is kept.
 *
 * <p>Each text has one place, and takes it from whatever was there: what matters is what comes all the time. So it holds at most
 * {@link #SLOTS} times {@link #MAX_TEXT_BYTES}.
 */
final class VerdictCache {

    /** Looking a shorter text up takes a good part of the time of reading it, and most are of a kind with literals that never comes again. */
    static final int MIN_TEXT_BYTES = 96;

    static final int MAX_TEXT_BYTES = 2048;
    private static final int SLOTS = 512;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** An odd number without a pattern, as FxHash has it. */
    private static final long FACTOR = 0x517cc1b727220a95L;

    private final long[] seen = new long[SLOTS];
    private final byte[][] texts = new byte[SLOTS][];
    private final @Nullable Classification[] verdicts = new Classification[SLOTS];

    static boolean takes(int length) {
        return length >= MIN_TEXT_BYTES && length <= MAX_TEXT_BYTES;
    }

    /** Of a text of at least 8 bytes, read under that setting. */
    static long hash(byte[] text, int length, boolean standardConformingStrings) {
        long hash = standardConformingStrings ? length : ~length;
        for (int at = 0; at <= length - Long.BYTES; at += Long.BYTES) {
            hash = mix(hash, (long) LONGS.get(text, at));
        }
        hash = mix(hash, (long) LONGS.get(text, length - Long.BYTES));
        // Never zero, which stands for nothing seen; the lowest bit keeps the two settings apart for certain.
        return ((hash ^ (hash >>> 32)) & ~3L) | 2L | (standardConformingStrings ? 1L : 0L);
    }

    private static long mix(long hash, long value) {
        return (Long.rotateLeft(hash, 5) ^ value) * FACTOR;
    }

    private static int slot(long hash) {
        return (int) (hash >>> 2) & (SLOTS - 1);
    }

    /** Null if it is not there. */
    @Nullable
    Classification find(long hash, byte[] text, int length) {
        int slot = slot(hash);
        Classification verdict = verdicts[slot];
        return verdict != null
                        && seen[slot] == hash
                        && Arrays.equals(texts[slot], 0, texts[slot].length, text, 0, length)
                ? verdict
                : null;
    }

    /** Whether it has been there before, as far as its hash tells; from now on it has. */
    boolean isAgain(long hash) {
        int slot = slot(hash);
        if (seen[slot] == hash) {
            return true;
        }
        seen[slot] = hash;
        verdicts[slot] = null;
        return false;
    }

    /** @param text from now on its own */
    void keep(long hash, byte[] text, Classification verdict) {
        int slot = slot(hash);
        texts[slot] = text;
        verdicts[slot] = verdict;
    }

    void clear() {
        Arrays.fill(seen, 0);
        Arrays.fill(texts, null);
        Arrays.fill(verdicts, null);
    }
}
