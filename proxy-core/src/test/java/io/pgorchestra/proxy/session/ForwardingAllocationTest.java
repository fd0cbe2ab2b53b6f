package io.pgorchestra.proxy.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.pgorchestra.protocol.frame.BackendTag;
import io.pgorchestra.protocol.frame.FrameScanner;
import io.pgorchestra.protocol.frame.FrameSink;
import io.pgorchestra.protocol.frame.Verdict;
import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ForwardingAllocationTest {

    private static final int RESPONSES = 50_000;
    private static final int ROWS = 10;

    @Test
    void scanAndLedger_ofForwardedResponse_allocateNothing() {
        ByteBuf response = response();
        FrameScanner scanner = new FrameScanner(64 * 1024, 1 << 20);
        ForwardingSink sink = new ForwardingSink();

        long bytes = bytesOf(() -> {
            for (int i = 0; i < RESPONSES; i++) {
                sink.ledger.push(Reply.QUERY, Fate.FORWARD);
                scanner.scan(response, ByteBufAllocator.DEFAULT, sink);
                response.readerIndex(0);
            }
        });

        assertEquals(0, bytes);
        assertTrue(sink.ledger.isEmpty());
        assertEquals(0, sink.passedBytes % response.readableBytes());
        assertTrue(sink.passedBytes >= (long) RESPONSES * response.readableBytes());
    }

    private static ByteBuf response() {
        // On the heap: in tests Netty wraps every direct buffer to find leaks, and its notes would be counted.
        ByteBuf response = Unpooled.buffer();
        frame(response, BackendTag.ROW_DESCRIPTION, 26);
        for (int i = 0; i < ROWS; i++) {
            frame(response, BackendTag.DATA_ROW, 40);
        }
        frame(response, BackendTag.COMMAND_COMPLETE, 10);
        frame(response, BackendTag.READY_FOR_QUERY, 1);
        return response;
    }

    private static void frame(ByteBuf out, byte tag, int bodyBytes) {
        out.writeByte(tag).writeInt(4 + bodyBytes).writeZero(bodyBytes);
    }

    /** The least of several rounds: the first ones also pay for class loading and compiling. */
    private static long bytesOf(Runnable work) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 5; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            work.run();
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        return least;
    }

    /** Judges as the sink of a server's frames does for a client that is there. */
    private static final class ForwardingSink implements FrameSink, LedgerSink {

        private final ResponseLedger ledger = new ResponseLedger();
        private long passedBytes;

        @Override
        public Verdict frame(byte tag, int bodyBytes) {
            return tag == BackendTag.READY_FOR_QUERY || tag == BackendTag.COMMAND_COMPLETE
                    ? Verdict.READ
                    : verdict(ledger.reply(tag, this));
        }

        @Override
        public Verdict whole(byte tag, ByteBuf buffer, int bodyIndex, int bodyBytes) {
            return verdict(ledger.reply(tag, this));
        }

        private static Verdict verdict(Fate fate) {
            return fate == Fate.FORWARD ? Verdict.PASS : Verdict.DROP;
        }

        @Override
        public void pass(ByteBuf buffer, int index, int lengthBytes) {
            passedBytes += lengthBytes;
        }

        @Override
        public int head(byte tag, int bodyBytes, ByteBuf buffer, int bodyIndex, int availableBytes) {
            throw new AssertionError("no HEAD verdict is given here");
        }

        @Override
        public void synthesize(Reply reply) {}

        @Override
        public void succeeded(Reply reply, Object note) {}

        @Override
        public void undone(Reply reply, Object note) {}

        @Override
        public void swallowed(Reply reply, @Nullable Object note, boolean failed) {}
    }
}
