package io.pgorchestra.lab.up;

import io.pgorchestra.lab.LabException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What {@code orchestra up} has started, closed in the opposite order, once. A shutdown hook may close it while the main thread still
 * adds: what comes too late is closed at once.
 */
final class UpStack implements AutoCloseable {

    private final Deque<AutoCloseable> started = new ArrayDeque<>();
    private volatile boolean closing;

    synchronized <T extends AutoCloseable> T add(T one) {
        started.push(one);
        if (closing) {
            closeAll();
            throw new LabException("stopped while starting.");
        }
        return one;
    }

    boolean isClosing() {
        return closing;
    }

    @Override
    public void close() {
        closing = true;
        closeAll();
    }

    private synchronized void closeAll() {
        while (!started.isEmpty()) {
            AutoCloseable one = started.pop();
            try {
                one.close();
            } catch (Exception e) {
                // The others must be stopped nevertheless.
                System.err.println("orchestra up: while stopping: " + e);
            }
        }
    }
}
