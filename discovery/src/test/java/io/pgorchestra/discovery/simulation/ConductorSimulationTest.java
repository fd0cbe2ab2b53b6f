package io.pgorchestra.discovery.simulation;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.pgorchestra.discovery.conductor.SynchronousMode;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Fence and conductor together. {@code -Dseed=42} replays one run, {@code -Dseeds=100000} makes more. */
class ConductorSimulationTest {

    private static final int DEFAULT_SEEDS = 60;
    /** So many runs at most until a mutant is found out. */
    private static final int MUTANT_SEEDS = 1_000;

    @ParameterizedTest
    @EnumSource(SynchronousMode.class)
    @Timeout(36_000)
    void noWriteGoesAstrayAndNoAcknowledgedWriteIsLost(SynchronousMode mode) {
        Long only = Long.getLong("seed");
        long first = only == null ? 0 : only;
        long end = only == null ? Integer.getInteger("seeds", DEFAULT_SEEDS) : only + 1;
        long writes = 0;
        long published = 0;
        long lost = 0;
        for (long seed = first; seed < end; seed++) {
            ConductorSimulation simulation = run(seed, Mutant.NONE, mode);
            writes += simulation.history.writes;
            published += simulation.published;
            lost += simulation.lost;
        }
        System.out.println(mode + ": " + writes + " writes, " + published + " times published, " + lost + " lost");
        assertTrue(writes > 500 * (end - first), "writes: " + writes);
        assertTrue(only != null || published > end - first, "published: " + published);
        // Without synchronous standbys losses are what is to be expected.
        assertTrue(mode == SynchronousMode.OFF || lost == 0, "lost: " + lost);
    }

    @ParameterizedTest
    @EnumSource(
            value = Mutant.class,
            names = {"PROMOTES_AT_ONCE", "ONE_OF_A_QUORUM", "NO_CATCH_UP", "STOP_POSITION_IGNORED"})
    void mutant_isFoundOut(Mutant mutant) {
        SynchronousMode mode = mutant == Mutant.NO_CATCH_UP ? SynchronousMode.ON : SynchronousMode.QUORUM;
        for (long seed = mutant.firstSeed; seed < mutant.firstSeed + MUTANT_SEEDS; seed++) {
            try {
                new ConductorSimulation(seed, mutant, mode).run();
            } catch (History.Violation e) {
                System.out.println(mutant + " found out by seed " + seed);
                return;
            } catch (AssertionError e) {
                assertTrue(e.getMessage() != null, "it may also keep a process from writing; that proves nothing");
            }
        }
        fail(mutant + " was not found out by " + MUTANT_SEEDS + " seeds");
    }

    private static ConductorSimulation run(long seed, Mutant mutant, SynchronousMode mode) {
        ConductorSimulation simulation = new ConductorSimulation(seed, mutant, mode);
        try {
            simulation.run();
            return simulation;
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("replay " + mode + " with -Dseed=" + seed + ": " + e.getMessage(), e);
        }
    }
}
