package io.pgorchestra.discovery.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.PrimaryRecord.Phase;
import io.pgorchestra.discovery.conductor.SynchronousMode;
import io.pgorchestra.discovery.fencing.FenceEvent;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One fault at a time in a calm cluster, on several seeds, for what it costs. */
class ConductorScenarioTest {

    private static final int SEEDS = 10;

    private interface Scenario {
        void play(ConductorSimulation cluster);
    }

    private static void onCalmClusters(SynchronousMode mode, Scenario scenario) {
        for (long seed = 0; seed < SEEDS; seed++) {
            ConductorSimulation cluster = new ConductorSimulation(seed, Mutant.NONE, mode);
            cluster.runCalmly(12 * World.SECOND);
            cluster.checkAllWrite();
            cluster.proxies.forEach(proxy -> proxy.dataPlane.interrupted = 0);
            try {
                scenario.play(cluster);
            } catch (AssertionError e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage() + "\n" + cluster, e);
            }
        }
    }

    /** Once more if a message was so slow that it was called off. Answers when it began. */
    private static long switchOver(ConductorSimulation cluster, @Nullable String target, long nanos) {
        long begun = 0;
        for (int i = 0; i < 3 && cluster.record().epoch() == 1; i++) {
            begun = cluster.world.now();
            cluster.elected().conductor.switchOver(target);
            cluster.runCalmly(nanos);
        }
        return begun;
    }

    /** From then until the last process opened the new epoch. */
    private static long outageMillis(ConductorSimulation cluster, long since) {
        long opened = cluster.proxies.stream()
                .mapToLong(proxy -> proxy.happened.get(FenceEvent.Kind.EPOCH_OPENED))
                .max()
                .orElseThrow();
        return (opened - since) / World.MILLI;
    }

    @ParameterizedTest
    @EnumSource(SynchronousMode.class)
    void switchover_interruptsNobodyAndIsShort(SynchronousMode mode) {
        onCalmClusters(mode, cluster -> {
            SimulatedNode old = cluster.primary();
            long begun = switchOver(cluster, null, 15 * World.SECOND);

            assertNotEquals(old.name(), cluster.primary().name());
            assertTrue(old.recovery && old.up);
            assertEquals(2, cluster.record().epoch());
            cluster.checkAllWrite();
            cluster.proxies.forEach(proxy -> assertEquals(0, proxy.dataPlane.interrupted));
            long outage = outageMillis(cluster, begun);
            System.out.println(mode + ": switched over in " + outage + " ms");
            assertTrue(outage < 6_000, "switched over in " + outage + " ms");
        });
    }

    @ParameterizedTest
    @EnumSource(SynchronousMode.class)
    void switchover_whereTheStopIsKnown_doesNotWaitForTheOldPrimary(SynchronousMode mode) {
        onCalmClusters(mode, cluster -> {
            cluster.conductors.forEach(conductor -> {
                conductor.knowsStopPercent = 100;
                conductor.restartNanos = 600 * World.SECOND;
            });
            switchOver(cluster, "n2", 6 * World.SECOND);

            assertEquals("n2", cluster.primary().name());
            cluster.checkAllWrite();
        });
    }

    @ParameterizedTest
    @EnumSource(SynchronousMode.class)
    void switchover_whenTheTargetDies_isCalledOff(SynchronousMode mode) {
        onCalmClusters(mode, cluster -> {
            SimulatedNode old = cluster.primary();
            cluster.elected().conductor.switchOver("n2");
            cluster.runCalmly(150 * World.MILLI);
            cluster.nodes.get("n2").crash();
            cluster.runCalmly(15 * World.SECOND);

            if (mode == SynchronousMode.OFF || cluster.record().phase() == Phase.SERVING) {
                assertEquals(Phase.SERVING, cluster.record().phase());
                cluster.checkAllWrite();
            }
            cluster.nodes.get("n2").restart();
            cluster.runCalmly(15 * World.SECOND);
            cluster.checkAllWrite();
            assertTrue(old.up);
        });
    }

    @ParameterizedTest
    @EnumSource(SynchronousMode.class)
    void switchover_toANodeThatIsNotReady_isRefused(SynchronousMode mode) {
        onCalmClusters(mode, cluster -> {
            SimulatedNode old = cluster.primary();
            cluster.nodes.get("n3").crash();
            cluster.runCalmly(World.SECOND);
            cluster.elected().conductor.switchOver("n3");
            cluster.runCalmly(5 * World.SECOND);

            assertEquals(old.name(), cluster.primary().name());
            assertEquals(1, cluster.record().epoch());
            assertTrue(cluster.elected().events.toString().contains("SWITCHOVER_ABORTED 1 n3 is not ready"));
        });
    }

    @ParameterizedTest
    @EnumSource(SynchronousMode.class)
    void crashOfThePrimary_writesAreBackWithinSeconds(SynchronousMode mode) {
        onCalmClusters(mode, cluster -> {
            SimulatedNode old = cluster.primary();
            long begun = cluster.world.now();
            old.crash();
            cluster.runCalmly(15 * World.SECOND);

            assertNotEquals(old.name(), cluster.primary().name());
            cluster.checkAllWrite();
            long outage = outageMillis(cluster, begun);
            System.out.println(mode + ": failed over in " + outage + " ms");
            assertTrue(outage < 6_000, "failed over in " + outage + " ms");
        });
    }

    @ParameterizedTest
    @EnumSource(SynchronousMode.class)
    void oldPrimaryThatReturns_isMadeReadOnlyAndNeverFollowed(SynchronousMode mode) {
        onCalmClusters(mode, cluster -> {
            SimulatedNode old = cluster.primary();
            old.crash();
            cluster.runCalmly(10 * World.SECOND);
            SimulatedNode next = cluster.primary();
            old.restart();
            cluster.runCalmly(5 * World.SECOND);

            assertFalse(old.recovery);
            assertTrue(old.readOnly);
            assertEquals(next.name(), cluster.primary().name());
            assertTrue(cluster.elected().events.toString().contains("STALE_PRIMARY"));
            cluster.checkAllWrite();
        });
    }

    @ParameterizedTest
    @EnumSource(SynchronousMode.class)
    void primaryCutOffFromOneProcess_isNotDead(SynchronousMode mode) {
        onCalmClusters(mode, cluster -> {
            SimulatedNode old = cluster.primary();
            SimulatedProxy conducting = cluster.elected().proxy;
            cluster.world.cutLink(conducting.host, old.name(), 10 * World.SECOND, new World.Host());
            cluster.runCalmly(9 * World.SECOND);

            assertEquals(1, cluster.record().epoch());
            assertEquals(old.name(), cluster.primary().name());
        });
    }

    /** Whom a conductor would promote if the primary were gone now; the cluster is calm, so that it will be the same one then. */
    private static SimulatedNode firstChoice(ConductorSimulation cluster) {
        return cluster.nodes.values().stream()
                .filter(node -> node.recovery)
                .max(Comparator.comparingInt(node -> node.log.size()))
                .orElseThrow();
    }

    /** The primary is gone, and the first choice is broken in its way before it is told. Answers who that is. */
    private static SimulatedNode crashWithBadFirstChoice(
            ConductorSimulation cluster, Consumer<SimulatedNode> breaking) {
        cluster.primary().crash();
        // What is on its way to the standbys arrives.
        cluster.runCalmly(500 * World.MILLI);
        SimulatedNode first = firstChoice(cluster);
        breaking.accept(first);
        return first;
    }

    @Test
    void firstChoiceThatRefusesToBePromoted_theNextIsPromotedSoon() {
        onCalmClusters(SynchronousMode.OFF, cluster -> {
            long begun = cluster.world.now();
            SimulatedNode first = crashWithBadFirstChoice(cluster, node -> node.refusesPromotion = true);
            cluster.runCalmly(15 * World.SECOND);

            assertNotEquals(first.name(), cluster.primary().name());
            assertTrue(first.recovery);
            assertEquals(2, cluster.record().epoch());
            assertTrue(cluster.elected().events.toString().contains("PROMOTION_FAILED 2 " + first.name()));
            cluster.checkAllWrite();
            long outage = outageMillis(cluster, begun);
            System.out.println("failed over to the second choice in " + outage + " ms");
            assertTrue(outage < 8_000, "failed over in " + outage + " ms");
        });
    }

    @Test
    void firstChoiceThatHangsInItsPromotion_theNextIsPromoted() {
        onCalmClusters(SynchronousMode.OFF, cluster -> {
            SimulatedNode first = crashWithBadFirstChoice(cluster, node -> node.hangsInPromotion = true);
            cluster.runCalmly(20 * World.SECOND);

            assertNotEquals(first.name(), cluster.primary().name());
            assertEquals(2, cluster.record().epoch());
            cluster.checkAllWrite();
        });
    }

    @Test
    void everybodyRefusesToBePromotedForAWhile_whoeverIsReadyFirstIsPromoted() {
        onCalmClusters(SynchronousMode.OFF, cluster -> {
            cluster.nodes.values().forEach(node -> node.refusesPromotion = true);
            cluster.primary().crash();
            cluster.runCalmly(20 * World.SECOND);
            assertEquals(Phase.FAILING_OVER, cluster.record().phase());

            SimulatedNode ready = cluster.nodes.get("n3");
            ready.refusesPromotion = false;
            cluster.runCalmly(15 * World.SECOND);

            assertEquals(ready.name(), cluster.primary().name());
            cluster.checkAllWrite();
        });
    }

    @ParameterizedTest
    @EnumSource(
            value = SynchronousMode.class,
            names = {"ON", "QUORUM"})
    void firstChoiceThatRefusesToBePromoted_noOtherMayLoseWhatItHas(SynchronousMode mode) {
        onCalmClusters(mode, cluster -> {
            SimulatedNode first = crashWithBadFirstChoice(cluster, node -> node.refusesPromotion = true);
            // Whoever is published is checked for all that was acknowledged.
            cluster.runCalmly(20 * World.SECOND);
            first.refusesPromotion = false;
            cluster.runCalmly(15 * World.SECOND);

            assertEquals(Phase.SERVING, cluster.record().phase());
            assertEquals(0, cluster.lost);
            cluster.checkAllWrite();
        });
    }

    /** All nodes come back at other ports, whereupon all processes do with a configuration that says so. */
    private static void moveAll(ConductorSimulation cluster) {
        for (SimulatedNode node : cluster.nodes.values()) {
            node.restartAt(node.node.port() + 1_000);
        }
        for (int i = 0; i < cluster.proxies.size(); i++) {
            cluster.restart(i, List.of());
        }
    }

    @ParameterizedTest
    @EnumSource(SynchronousMode.class)
    void restartOfAllAtOtherPorts_writesAreBackUnderAnEpochOfItsOwn(SynchronousMode mode) {
        onCalmClusters(mode, cluster -> {
            SimulatedNode primary = cluster.primary();
            moveAll(cluster);
            cluster.runCalmly(15 * World.SECOND);

            assertEquals(primary.name(), cluster.primary().name());
            assertEquals(primary.node, cluster.record().primary());
            assertEquals(cluster.nodes.places(), cluster.record().members());
            assertEquals(2, cluster.record().epoch());
            cluster.checkAllWrite();

            primary.crash();
            cluster.runCalmly(20 * World.SECOND);
            assertNotEquals(primary.name(), cluster.primary().name());
            assertEquals(0, mode == SynchronousMode.OFF ? 0 : cluster.lost);
            cluster.checkAllWrite();
        });
    }

    @Test
    void restartOfAllAtEachOthersPorts_writesAreBack() {
        onCalmClusters(SynchronousMode.OFF, cluster -> {
            SimulatedNode primary = cluster.primary();
            cluster.nodes.values().forEach(node -> node.restartAt(node.node.port() + 1));
            for (int i = 0; i < cluster.proxies.size(); i++) {
                cluster.restart(i, List.of());
            }
            cluster.runCalmly(15 * World.SECOND);

            assertEquals(primary.node, cluster.record().primary());
            assertEquals(cluster.nodes.places(), cluster.record().members());
            assertFalse(primary.readOnly);
            cluster.checkAllWrite();
        });
    }

    @Test
    void processesWithTheOldConfiguration_leaveANodeWhereItIsNow() {
        onCalmClusters(SynchronousMode.OFF, cluster -> {
            List<Node> old = cluster.nodes.places();
            moveAll(cluster);
            cluster.runCalmly(15 * World.SECOND);
            for (int i = 0; i < cluster.proxies.size(); i++) {
                cluster.restart(i, old);
            }
            cluster.runCalmly(20 * World.SECOND);

            assertEquals(cluster.nodes.places(), cluster.record().members());
            assertEquals(2, cluster.record().epoch());
            cluster.checkAllWrite();
        });
    }

    @Test
    void configurationThatIsWrong_changesNothing() {
        onCalmClusters(SynchronousMode.OFF, cluster -> {
            List<Node> right = cluster.nodes.places();
            List<Node> wrong = right.stream()
                    .map(node -> new Node(node.name(), node.host(), node.port() + 1_000))
                    .toList();
            for (int i = 0; i < cluster.proxies.size(); i++) {
                cluster.restart(i, wrong);
            }
            cluster.runCalmly(20 * World.SECOND);

            assertEquals(right, cluster.record().members());
            assertEquals(1, cluster.record().epoch());
            cluster.checkAllWrite();
        });
    }
}
