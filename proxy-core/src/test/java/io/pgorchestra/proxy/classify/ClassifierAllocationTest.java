package io.pgorchestra.proxy.classify;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ClassifierAllocationTest {

    private static final int TIMES = 50_000;

    private final Classifier classifier = new Classifier(Functions.builtIn());

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT abalance FROM pgbench_accounts WHERE aid = 12345;",
                "UPDATE pgbench_accounts SET abalance = abalance + 1 WHERE aid = 12345;",
                "BEGIN",
                "COMMIT",
                "select a.first_column, a.second_column, lower(a.third_column) from some_table a where coalesce(a.fourth_column, $1) > $2"
            })
    void classify_ofTextThatComesAgain_makesNoObject(String sql) {
        ByteBuf text = Unpooled.copiedBuffer(sql, StandardCharsets.UTF_8);

        assertEquals(0, bytesOf(text));
    }

    /** The least of several rounds: the first ones also pay for class loading and compiling. */
    private long bytesOf(ByteBuf text) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 5; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < TIMES; i++) {
                classifier.classify(text, 0, text.readableBytes(), true);
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        return least;
    }
}
