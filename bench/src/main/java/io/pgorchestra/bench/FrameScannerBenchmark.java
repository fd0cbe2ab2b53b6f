package io.pgorchestra.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.pgorchestra.protocol.frame.FrameScanner;
import io.pgorchestra.protocol.frame.FrameSink;
import io.pgorchestra.protocol.frame.Verdict;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Scanning one read of a server's answers, all of which pass: a row's worth of small frames, and 100 rows. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FrameScannerBenchmark {

    private static final int MAX_WHOLE_BYTES = 16 * 1024;
    private static final int MAX_BODY_BYTES = Integer.MAX_VALUE - 16;
    private static final int BUFFER_BYTES = 8 * 1024;
    private static final int ROWS = 100;
    private static final int ROW_BODY_BYTES = 12;

    private final ByteBufAllocator allocator = PooledByteBufAllocator.DEFAULT;
    private final FrameScanner scanner = new FrameScanner(MAX_WHOLE_BYTES, MAX_BODY_BYTES);
    private final CountingSink sink = new CountingSink();
    private final ByteBuf oneRow = allocator.directBuffer(BUFFER_BYTES);
    private final ByteBuf hundredRows = allocator.directBuffer(BUFFER_BYTES);

    @Setup
    public void fill() {
        answer(oneRow, 1);
        answer(hundredRows, ROWS);
    }

    @TearDown
    public void release() {
        oneRow.release();
        hundredRows.release();
    }

    @Benchmark
    public long oneRow() {
        return scan(oneRow);
    }

    @Benchmark
    public long hundredRows() {
        return scan(hundredRows);
    }

    private long scan(ByteBuf buffer) {
        buffer.readerIndex(0);
        scanner.scan(buffer, allocator, sink);
        return sink.passedBytes;
    }

    /** RowDescription, rows, CommandComplete, ReadyForQuery. */
    private static void answer(ByteBuf buffer, int rows) {
        frame(buffer, 'T', 28);
        for (int row = 0; row < rows; row++) {
            frame(buffer, 'D', ROW_BODY_BYTES);
        }
        frame(buffer, 'C', 9);
        frame(buffer, 'Z', 1);
    }

    private static void frame(ByteBuf buffer, char tag, int bodyBytes) {
        buffer.writeByte(tag).writeInt(Integer.BYTES + bodyBytes).writeZero(bodyBytes);
    }

    /** Lets everything pass and counts it. */
    private static final class CountingSink implements FrameSink {

        private long passedBytes;

        @Override
        public Verdict frame(byte tag, int bodyBytes) {
            return Verdict.PASS;
        }

        @Override
        public void pass(ByteBuf buffer, int index, int lengthBytes) {
            passedBytes += lengthBytes;
        }

        @Override
        public int head(byte tag, int bodyBytes, ByteBuf buffer, int bodyIndex, int availableBytes) {
            throw new IllegalStateException("no frame was to show its head");
        }

        @Override
        public Verdict whole(byte tag, ByteBuf buffer, int bodyIndex, int bodyBytes) {
            throw new IllegalStateException("no frame was to be read whole");
        }
    }
}
