package io.pgorchestra.lab.hostile;

import java.util.concurrent.TimeUnit;

/**
 * How long a fuzz runs and from which seed: {@code -Dfuzz.seconds=} and {@code -Dseed=}. Each case has the seed of the one before it plus
 * one, so that the seed of a failed case, given as {@code -Dseed=}, makes it the first.
 */
final class FuzzTime {

    private static final int DEFAULT_SECONDS = 20;

    private final long endNanos;
    private long seed = Long.getLong("seed", System.nanoTime());
    private int cases;

    /** The time that one of {@code parts} fuzzes has. */
    FuzzTime(int parts) {
        long nanos = TimeUnit.SECONDS.toNanos(Integer.getInteger("fuzz.seconds", DEFAULT_SECONDS));
        this.endNanos = System.nanoTime() + nanos / parts;
    }

    /** Whether there is time for another case; there always is for the first. */
    boolean left() {
        return cases == 0 || System.nanoTime() < endNanos;
    }

    /** The seed of the next case. */
    long nextSeed() {
        cases++;
        return seed++;
    }

    int cases() {
        return cases;
    }

    @Override
    public String toString() {
        return cases + " cases up to -Dseed=" + (seed - 1);
    }
}
