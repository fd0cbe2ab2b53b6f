package io.pgorchestra.lab.history;

import org.jspecify.annotations.Nullable;

/**
 * One thing that a client did, and what came of it.
 *
 * @param id of a write unique in the history; of others 0
 * @param proxy over which it went
 * @param invokedNanos on {@code System.nanoTime}, as {@code completedNanos}
 * @param sqlState empty if it succeeded, or failed without one
 * @param stamp null unless it succeeded
 */
public record Operation(
        Kind kind,
        long id,
        int client,
        String proxy,
        long invokedNanos,
        long completedNanos,
        Outcome outcome,
        String sqlState,
        @Nullable Stamp stamp) {

    /** What it was. */
    public enum Kind {
        WRITE,
        READ,
        CONNECT
    }

    public Operation {
        if (completedNanos - invokedNanos < 0) {
            throw new IllegalArgumentException(
                    "completed before it was invoked: " + invokedNanos + ", " + completedNanos);
        }
        if ((outcome == Outcome.OK) != (stamp != null) && kind != Kind.CONNECT) {
            throw new IllegalArgumentException(
                    "outcome " + outcome + ", stamp " + stamp + " (expected: a stamp iff OK)");
        }
    }

    public long waitNanos() {
        return completedNanos - invokedNanos;
    }

    public boolean is(Kind otherKind, Outcome otherOutcome) {
        return kind == otherKind && outcome == otherOutcome;
    }
}
