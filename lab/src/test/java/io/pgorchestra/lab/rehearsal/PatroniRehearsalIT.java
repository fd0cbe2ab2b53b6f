package io.pgorchestra.lab.rehearsal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Under real Patroni and ZooKeeper, where the packages of Debian are installed. */
@Timeout(240)
class PatroniRehearsalIT {

    static List<Scenario> scenarios() {
        return Scenarios.of(List.of("P1", "P2", "P3", "P4L", "P6"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("scenarios")
    void rehearse_keepsEveryPromise(Scenario scenario) {
        if (!scenario.obstacle().isEmpty()) {
            System.out.println(scenario + " skipped: " + scenario.obstacle());
        }
        assumeTrue(scenario.obstacle().isEmpty(), scenario.obstacle());

        Rehearsal rehearsal = Rehearsal.of(scenario, System.nanoTime(), step -> {});

        System.out.println(rehearsal.table() + "  took " + rehearsal.took().toMillis() + " ms");
        assertEquals(List.of(), rehearsal.findings(), rehearsal.table());
    }
}
