package io.pgorchestra.proxy.session;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes down what a ledger tells, in order. */
final class RecordedSink implements LedgerSink {

    /** What the client sees, beside what the test adds for the frames that it forwards. */
    final List<String> seen = new ArrayList<>();

    final List<String> told = new ArrayList<>();

    @Override
    public void synthesize(Reply reply) {
        seen.add(reply + " synthesized");
    }

    @Override
    public void succeeded(Reply reply, Object note) {
        told.add("succeeded " + reply + " " + note);
    }

    @Override
    public void undone(Reply reply, Object note) {
        told.add("undone " + reply + " " + note);
    }

    @Override
    public void swallowed(Reply reply, @Nullable Object note, boolean failed) {
        told.add("swallowed " + reply + " " + note + (failed ? " failed" : ""));
    }
}
