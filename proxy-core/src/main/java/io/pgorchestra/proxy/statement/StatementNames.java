package io.pgorchestra.proxy.statement;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What one client calls its prepared statements: a hash table keyed by the name's bytes, looked up straight from a buffer. Bound to one
 * event loop.
 */
public final class StatementNames {

    /** No series. */
    public static final long ANSWERED = -1;

    private byte[] @Nullable [] names = new byte[8][];
    private @Nullable SharedStatement[] statements = new SharedStatement[8];

    /** By slot, the number of the request that gave the name and has not been answered; 0 if it has been. */
    private long[] unanswered = new long[8];

    private long[] series = new long[8];

    private long requests;
    private int size;

    public int size() {
        return size;
    }

    /** The statement by this name, or null. */
    public @Nullable SharedStatement get(ByteBuf buffer, int index, int lengthBytes) {
        int slot = find(buffer, index, lengthBytes);
        return statements[slot];
    }

    public @Nullable SharedStatement get(byte[] name) {
        return statements[find(name)];
    }

    /** Null removes. */
    public void put(byte[] name, @Nullable SharedStatement statement) {
        if (statement == null) {
            remove(name);
            return;
        }
        int slot = find(name);
        if (names[slot] == null) {
            names[slot] = name;
            size++;
        }
        statements[slot] = statement;
        unanswered[slot] = 0;
        if (size * 2 > names.length) {
            resize(names.length * 2);
        }
    }

    /** Gives the name by a request of this series that has not been answered; what becomes of it must be told the answer. */
    public StatementChange giving(byte[] name, SharedStatement statement, long inSeries) {
        put(name, statement);
        int given = find(name);
        long request = ++requests;
        unanswered[given] = request;
        series[given] = inSeries;
        return new StatementChange() {
            @Override
            public void done() {
                int slot = find(name);
                if (unanswered[slot] == request) {
                    unanswered[slot] = 0;
                }
            }

            @Override
            public void undo() {
                // Unless it has been given anew meanwhile.
                if (unanswered[find(name)] == request) {
                    remove(name);
                }
            }
        };
    }

    /** Takes the name away by a request that may not be carried out. */
    public StatementChange taking(byte[] name) {
        int taken = find(name);
        SharedStatement statement = statements[taken];
        long request = unanswered[taken];
        long itsSeries = series[taken];
        remove(name);
        return () -> {
            if (statement != null && get(name) == null) {
                put(name, statement);
                int slot = find(name);
                unanswered[slot] = request;
                series[slot] = itsSeries;
            }
        };
    }

    /** The series of the request that gave the name; {@link #ANSWERED} once it has been answered. */
    public long unansweredSeries(ByteBuf buffer, int index, int lengthBytes) {
        return unansweredSeries(find(buffer, index, lengthBytes));
    }

    public long unansweredSeries(byte[] name) {
        return unansweredSeries(find(name));
    }

    private long unansweredSeries(int slot) {
        return unanswered[slot] == 0 ? ANSWERED : series[slot];
    }

    /** Puts another statement, or the same, behind each name. */
    public void replaceEach(UnaryOperator<SharedStatement> replacement) {
        for (int i = 0; i < statements.length; i++) {
            SharedStatement statement = statements[i];
            if (statement != null) {
                statements[i] = replacement.apply(statement);
            }
        }
    }

    public void clear() {
        names = new byte[8][];
        statements = new SharedStatement[8];
        unanswered = new long[8];
        series = new long[8];
        size = 0;
    }

    private void remove(byte[] name) {
        int slot = find(name);
        if (names[slot] == null) {
            return;
        }
        names[slot] = null;
        statements[slot] = null;
        unanswered[slot] = 0;
        size--;
        // Linear probing: what follows in the cluster is put in again, so that no search stops at the gap.
        resize(names.length);
    }

    private void resize(int capacity) {
        byte[] @Nullable [] oldNames = names;
        @Nullable SharedStatement[] oldStatements = statements;
        long[] oldUnanswered = unanswered;
        long[] oldSeries = series;
        names = new byte[capacity][];
        statements = new SharedStatement[capacity];
        unanswered = new long[capacity];
        series = new long[capacity];
        for (int i = 0; i < oldNames.length; i++) {
            byte[] name = oldNames[i];
            if (name != null) {
                int slot = find(name);
                names[slot] = name;
                statements[slot] = oldStatements[i];
                unanswered[slot] = oldUnanswered[i];
                series[slot] = oldSeries[i];
            }
        }
    }

    private int find(byte[] name) {
        int slot = Arrays.hashCode(name) & (names.length - 1);
        while (true) {
            byte[] other = names[slot];
            if (other == null || Arrays.equals(other, name)) {
                return slot;
            }
            slot = (slot + 1) & (names.length - 1);
        }
    }

    private int find(ByteBuf buffer, int index, int lengthBytes) {
        int hash = 1;
        for (int i = 0; i < lengthBytes; i++) {
            hash = 31 * hash + buffer.getByte(index + i);
        }
        int slot = hash & (names.length - 1);
        while (true) {
            byte[] other = names[slot];
            if (other == null || sameBytes(other, buffer, index, lengthBytes)) {
                return slot;
            }
            slot = (slot + 1) & (names.length - 1);
        }
    }

    private static boolean sameBytes(byte[] name, ByteBuf buffer, int index, int lengthBytes) {
        if (name.length != lengthBytes) {
            return false;
        }
        for (int i = 0; i < lengthBytes; i++) {
            if (name[i] != buffer.getByte(index + i)) {
                return false;
            }
        }
        return true;
    }
}
