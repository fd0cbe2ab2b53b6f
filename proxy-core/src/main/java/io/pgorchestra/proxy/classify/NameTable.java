package io.pgorchestra.proxy.classify;

import java.util.Arrays;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Finds names by their bytes without making a String. Immutable. */
final class NameTable {

    private final Name[] slots;
    private final int mask;
    private final boolean isAscii;

    NameTable(Collection<Name> names) {
        int size = Integer.highestOneBit(Math.max(names.size(), 1)) * 4;
        slots = new Name[size];
        mask = size - 1;
        boolean ascii = true;
        for (Name name : names) {
            put(name);
            ascii &= name.bytes.length == name.text.length();
        }
        isAscii = ascii;
    }

    private void put(Name name) {
        int hash = hash(name.bytes, 0, name.bytes.length);
        int slot = spread(hash) & mask;
        while (slots[slot] != null) {
            slot = (slot + 1) & mask;
        }
        slots[slot] = name;
    }

    /** Takes one more byte into a hash that begins with zero. */
    static int step(int hash, int value) {
        return 31 * hash + value;
    }

    static int hash(byte[] text, int start, int end) {
        int hash = 0;
        for (int index = start; index < end; index++) {
            hash = step(hash, text[index]);
        }
        return hash;
    }

    private static int spread(int hash) {
        return hash ^ (hash >>> 13);
    }

    /** The name whose bytes are there; {@code hash} is that of {@link #step} over them. */
    @Nullable
    Name find(byte[] text, int start, int end, int hash) {
        int slot = spread(hash) & mask;
        while (true) {
            Name name = slots[slot];
            if (name == null || Arrays.equals(name.bytes, 0, name.bytes.length, text, start, end)) {
                return name;
            }
            slot = (slot + 1) & mask;
        }
    }

    /** Whether no name has a character beyond ASCII, whose bytes depend on the client's encoding. */
    boolean isAscii() {
        return isAscii;
    }
}
