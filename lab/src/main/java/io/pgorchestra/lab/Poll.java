package io.pgorchestra.lab;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waiting for another process to reach a state that it does not announce: look, pause, look again, up to a deadline. */
public final class Poll {

    private static final long PAUSE_NANOS = 10_000_000;

    private Poll() {}

    /** Returns when {@code condition} holds; after the time, or when interrupted, fails with the complaint. */
    public static void until(Duration timeout, BooleanSupplier condition, Supplier<String> complaint) {
        long deadlineNanos = System.nanoTime() + timeout.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadlineNanos > 0 || Thread.currentThread().isInterrupted()) {
                throw new LabException(complaint.get());
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
