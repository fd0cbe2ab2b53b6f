package io.pgorchestra.discovery.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgorchestra.discovery.conductor.SynchronousMode;
import io.pgorchestra.discovery.fencing.OnDiscoveryLoss;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * One process is cut from the authority and sees all nodes; the others have lost the primary and fail over. Where the nodes' word lets the
 * one go on writing, it does so until it sees the promoted node: what a standby has acknowledged to it meanwhile, the new primary lacks.
 * That is why a configuration with a conductor, synchronous standbys and {@code on_discovery_loss: witness} is refused.
 */
class WitnessTest {

    private static final int SEEDS = 20;

    /** On how many seeds writes that were acknowledged are missing on the new primary. */
    private static int losses(SynchronousMode mode, OnDiscoveryLoss policy) {
        int losses = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            ConductorSimulation cluster = new ConductorSimulation(seed, Mutant.NONE, mode, policy);
            cluster.runCalmly(12 * World.SECOND);
            String primary = cluster.primary().name();
            SimulatedConductor last = cluster.conductors.get(2);
            for (SimulatedConductor conductor : cluster.conductors) {
                String lost = conductor == last ? SimulatedAuthority.NAME : primary;
                cluster.world.cutLink(conductor.proxy.host, lost, 30 * World.SECOND, new World.Host());
            }
            try {
                cluster.runCalmly(25 * World.SECOND);
                // What is written after the new primary was published is not looked at then.
                cluster.checkNothingLost(cluster.primary());
            } catch (History.Violation e) {
                losses++;
            }
        }
        return losses;
    }

    @ParameterizedTest
    @EnumSource(
            value = SynchronousMode.class,
            names = {"ON", "QUORUM"})
    void hold_losesNothing(SynchronousMode mode) {
        assertEquals(0, losses(mode, OnDiscoveryLoss.HOLD));
        assertEquals(0, losses(mode, OnDiscoveryLoss.SERVE));
    }

    /** With one synchronous standby nobody else can acknowledge, once that is promoted; but while the one is exchanged for another, there are two. */
    @Test
    void witness_losesWhatAnotherStandbyAcknowledged() {
        int losses = losses(SynchronousMode.QUORUM, OnDiscoveryLoss.WITNESS);

        System.out.println("lost acknowledged writes on " + losses + " of " + SEEDS + " seeds");
        assertTrue(losses > 0, "it is safe, and need not be refused");
    }
}
