package io.pgorchestra.discovery.simulation;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.pgorchestra.discovery.fencing.OnDiscoveryLoss;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The fence under everything that may happen. {@code -Dseed=42} replays one run, {@code -Dseeds=100000} makes more. */
class FencingSimulationTest {

    private static final int DEFAULT_SEEDS = 300;
    /** So many runs at most until a mutant is found out. */
    private static final int MUTANT_SEEDS = 1_000;

    @ParameterizedTest
    @EnumSource(OnDiscoveryLoss.class)
    @Timeout(36_000)
    void noWriteUnderAnEpochAfterOneUnderALater(OnDiscoveryLoss policy) {
        Long only = Long.getLong("seed");
        long first = only == null ? 0 : only;
        long end = only == null ? Integer.getInteger("seeds", DEFAULT_SEEDS) : only + 1;
        long writes = 0;
        long epochs = 0;
        for (long seed = first; seed < end; seed++) {
            FencingSimulation simulation = run(seed, Mutant.NONE, policy);
            writes += simulation.history.writes;
            epochs += simulation.history.epochsOpened;
        }
        assertTrue(writes > 500 * (end - first), "writes: " + writes);
        assertTrue(epochs > 5 * (end - first), "epochs: " + epochs);
    }

    @ParameterizedTest
    @EnumSource(
            value = Mutant.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"NONE", "PROMOTES_AT_ONCE", "ONE_OF_A_QUORUM", "NO_CATCH_UP", "STOP_POSITION_IGNORED"})
    void mutant_isFoundOut(Mutant mutant) {
        for (long seed = mutant.firstSeed; seed < mutant.firstSeed + MUTANT_SEEDS; seed++) {
            try {
                new FencingSimulation(seed, mutant, OnDiscoveryLoss.HOLD).run();
            } catch (History.Violation e) {
                System.out.println(mutant + " found out by seed " + seed + ": " + e.getMessage());
                return;
            } catch (AssertionError e) {
                assertTrue(
                        e.getMessage() != null, "a mutant may also keep a process from writing; that proves nothing");
            }
        }
        fail(mutant + " was not found out by " + MUTANT_SEEDS + " seeds");
    }

    private static FencingSimulation run(long seed, Mutant mutant, OnDiscoveryLoss policy) {
        FencingSimulation simulation = new FencingSimulation(seed, mutant, policy);
        try {
            simulation.run();
            return simulation;
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("replay " + policy + " with -Dseed=" + seed + ": " + e.getMessage(), e);
        }
    }
}
