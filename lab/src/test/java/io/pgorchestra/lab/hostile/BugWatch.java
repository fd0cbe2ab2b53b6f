package io.pgorchestra.lab.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/**
 * Collects what the proxy logs as an error while it lives: bugs of ours, and buffers that Netty finds lost, for which it has every
 * buffer watched. For all threads.
 */
final class BugWatch extends AppenderBase<ILoggingEvent> implements AutoCloseable {

    /** Enough allocations for Netty to look at what the collector has found. */
    private static final int LOOKS = 200;

    private final List<String> bugs = new CopyOnWriteArrayList<>();
    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final ResourceLeakDetector.Level levelBefore = ResourceLeakDetector.getLevel();

    private BugWatch() {}

    static BugWatch begin() {
        BugWatch watch = new BugWatch();
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        watch.start();
        watch.root.addAppender(watch);
        return watch;
    }

    @Override
    protected void append(ILoggingEvent event) {
        if (event.getLevel().isGreaterOrEqual(Level.ERROR)) {
            String trace = event.getThrowableProxy() == null
                    ? ""
                    : "\n" + ThrowableProxyUtil.asString(event.getThrowableProxy());
            bugs.add(event.getFormattedMessage() + trace);
        }
    }

    /** Fails with the first error, if there was one. */
    void assertSilent(String when) {
        assertEquals(List.of(), List.copyOf(bugs), () -> "logged as an error, " + when);
    }

    /** As {@link #assertSilent}, after having Netty look for buffers that nobody released. */
    void assertNothingLost(String when) {
        System.gc();
        for (int i = 0; i < LOOKS; i++) {
            PooledByteBufAllocator.DEFAULT.directBuffer(16).release();
        }
        assertSilent(when);
    }

    @Override
    public void close() {
        root.detachAppender(this);
        stop();
        ResourceLeakDetector.setLevel(levelBefore);
    }
}
