package io.pgorchestra.bench;

import io.pgorchestra.proxy.session.Fate;
import io.pgorchestra.proxy.session.LedgerSink;
import io.pgorchestra.proxy.session.Reply;
import io.pgorchestra.proxy.session.ResponseLedger;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The ledger's part in one transaction: a simple query, and a prepared statement's Bind, Describe, Execute, Sync. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ResponseLedgerBenchmark {

    private final ResponseLedger ledger = new ResponseLedger();
    private final LedgerSink sink = new SilentSink();

    @Benchmark
    public boolean simpleQuery() {
        ledger.push(Reply.QUERY, Fate.FORWARD);
        ledger.reply((byte) 'T', sink);
        ledger.reply((byte) 'D', sink);
        ledger.reply((byte) 'C', sink);
        ledger.reply((byte) 'Z', sink);
        return ledger.isEmpty();
    }

    @Benchmark
    public boolean preparedStatement() {
        ledger.push(Reply.BIND, Fate.FORWARD);
        ledger.push(Reply.DESCRIBE, Fate.FORWARD);
        ledger.push(Reply.EXECUTE, Fate.FORWARD);
        ledger.push(Reply.SYNC, Fate.FORWARD);
        ledger.reply((byte) '2', sink);
        ledger.reply((byte) 'T', sink);
        ledger.reply((byte) 'D', sink);
        ledger.reply((byte) 'C', sink);
        ledger.reply((byte) 'Z', sink);
        return ledger.isEmpty();
    }

    /** Nothing here is swallowed, synthesized or noted. */
    private static final class SilentSink implements LedgerSink {

        @Override
        public void synthesize(Reply reply) {
            throw new IllegalStateException("nothing was to be synthesized: " + reply);
        }

        @Override
        public void succeeded(Reply reply, Object note) {
            throw new IllegalStateException("nothing was noted: " + reply);
        }

        @Override
        public void undone(Reply reply, Object note) {
            throw new IllegalStateException("nothing was noted: " + reply);
        }

        @Override
        public void swallowed(Reply reply, @Nullable Object note, boolean failed) {
            throw new IllegalStateException("nothing was to be swallowed: " + reply);
        }
    }
}
