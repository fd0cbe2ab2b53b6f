package io.pgorchestra.lab.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A history for a test, told in milliseconds. */
final class MadeUpHistory {

    static final int PG1 = 5001;
    static final int PG2 = 5002;

    private static final long MILLI = 1_000_000;

    private final List<Operation> operations = new ArrayList<>();
    private final List<Fault> faults = new ArrayList<>();
    private final List<StoredRow> stored = new ArrayList<>();
    private int lostConnections;

    /** A write that was acknowledged, and is stored. */
    MadeUpHistory written(long id, int port, int timeline, long atMillis) {
        return acknowledged(id, port, timeline, atMillis).stored(id, port, timeline, atMillis);
    }

    MadeUpHistory acknowledged(long id, int port, int timeline, long atMillis) {
        return add(Operation.Kind.WRITE, id, atMillis, 1, Outcome.OK, "", new Stamp(port, timeline, atMillis * 1_000));
    }

    MadeUpHistory stored(long id, int port, int timeline, long atMillis) {
        stored.add(new StoredRow(id, new Stamp(port, timeline, atMillis * 1_000)));
        return this;
    }

    MadeUpHistory refused(long id, String sqlState, long atMillis) {
        return add(Operation.Kind.WRITE, id, atMillis, 1, Outcome.FAILED, sqlState, null);
    }

    MadeUpHistory unknown(long id, String sqlState, long atMillis) {
        return add(Operation.Kind.WRITE, id, atMillis, 1, Outcome.UNKNOWN, sqlState, null);
    }

    MadeUpHistory read(int port, long atMillis, long waitMillis) {
        return add(Operation.Kind.READ, 0, atMillis, waitMillis, Outcome.OK, "", new Stamp(port, 0, atMillis * 1_000));
    }

    MadeUpHistory fault(String what, long atMillis) {
        faults.add(new Fault(what, atMillis * MILLI));
        return this;
    }

    MadeUpHistory lostConnection() {
        lostConnections++;
        return this;
    }

    private MadeUpHistory add(
            Operation.Kind kind,
            long id,
            long atMillis,
            long waitMillis,
            Outcome outcome,
            String sqlState,
            @Nullable Stamp stamp) {
        operations.add(new Operation(
                kind, id, 0, "px1", (atMillis - waitMillis) * MILLI, atMillis * MILLI, outcome, sqlState, stamp));
        return this;
    }

    History tell() {
        return new History(operations, faults, stored, Map.of(PG1, "pg1", PG2, "pg2"), lostConnections);
    }
}
