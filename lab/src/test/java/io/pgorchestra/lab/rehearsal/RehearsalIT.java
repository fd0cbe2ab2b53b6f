package io.pgorchestra.lab.rehearsal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The scenarios that say most in little time; {@code orchestra lab rehearse} plays all. */
@Timeout(180)
class RehearsalIT {

    static List<Scenario> scenarios() {
        return Scenarios.of(List.of("S1", "S3", "S11", "S14", "S19", "S20", "S32S", "S35", "R3"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("scenarios")
    void rehearse_keepsEveryPromise(Scenario scenario) {
        Rehearsal rehearsal = Rehearsal.of(scenario, System.nanoTime(), step -> {});

        System.out.println(rehearsal.table() + "  took " + rehearsal.took().toMillis() + " ms");
        assertEquals(List.of(), rehearsal.findings(), rehearsal.table());
    }

    /** Too little to prove anything of the rarest cases, and enough to see whatever is broken at large. */
    private static final long READS = 25_000;

    static List<Scenario> readScenarios() {
        return List.of(Scenarios.sessionReads(READS), Scenarios.eventualReads(READS));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("readScenarios")
    void rehearse_showsSessionsTheirOwnWrites(Scenario scenario) {
        long seed = Long.getLong("seed", System.nanoTime());

        Rehearsal rehearsal = Rehearsal.of(scenario, seed, step -> {});

        System.out.println(rehearsal.table() + "  seed " + seed + ", took "
                + rehearsal.took().toMillis() + " ms");
        assertEquals(List.of(), rehearsal.findings(), "seed " + seed + "\n" + rehearsal.table());
    }
}
