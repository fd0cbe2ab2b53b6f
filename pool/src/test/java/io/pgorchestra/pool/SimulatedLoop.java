package io.pgorchestra.pool;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;

/** A loop whose time moves, and whose tasks run, only when told. */
final class SimulatedLoop implements LoopTime {

    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private long nowNanos = 1_000_000_000L;

    @Override
    public long nanos() {
        return nowNanos;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    void advance(Duration duration) {
        nowNanos += duration.toNanos();
    }

    /** Runs what was handed in, and what that hands in. */
    void run() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    /** Runs the oldest task, if any. */
    boolean runOne() {
        Runnable task = tasks.poll();
        if (task != null) {
            task.run();
        }
        return task != null;
    }
}
