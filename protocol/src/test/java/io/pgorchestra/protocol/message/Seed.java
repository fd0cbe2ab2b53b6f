package io.pgorchestra.protocol.message;

import java.util.Random;

/** The seed of a random test: printed, and taken from {@code -Dseed=} to replay a run. */
public final class Seed {
    private Seed() {}

    public static Random random(Class<?> test) {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println(test.getSimpleName() + " -Dseed=" + seed);
        return new Random(seed);
    }
}
