package io.pgorchestra.lab.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgorchestra.lab.Poll;
import io.pgorchestra.lab.PostgresUnderTest;
import io.pgorchestra.lab.ProxyUnderTest;
import io.pgorchestra.lab.cluster.ClusterOptions;
import io.pgorchestra.lab.cluster.LabCluster;
import io.pgorchestra.lab.cluster.LabNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The workload and the checks on a real cluster: they see what was done to it. */
@Timeout(180)
class WorkloadIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long SOME = 100;

    @Test
    void workload_throughProxyWithoutFault_keepsEveryRule() throws Exception {
        try (LabCluster cluster = cluster(0);
                ProxyUnderTest proxy = ProxyUnderTest.start(cluster.primary().port())) {
            History history = run(cluster, List.of(target("px1", proxy.port())), recorder -> {});

            HistoryResult result = HistoryResult.of(
                    "no fault",
                    history,
                    List.of(new SetCheck(0), new FenceCheck(), new ErrorClassCheck(Set.of()), new ConnectionCheck(0)));
            assertTrue(result.holds(), result.table());
            assertEquals(history.stored().size(), result.writes().ok());
            Path picture = Files.writeString(Path.of("target/workload.svg"), HistoryPicture.svg("no fault", history));
            assertTrue(Files.size(picture) > 1_000);
        }
    }

    @Test
    void workload_overCrashAndRestart_losesNothingAcknowledged() throws Exception {
        try (LabCluster cluster = cluster(0);
                ProxyUnderTest proxy = ProxyUnderTest.start(cluster.primary().port())) {
            LabNode node = cluster.node("pg1");
            History history = run(cluster, List.of(target("px1", proxy.port())), recorder -> {
                recorder.fault("kill pg1");
                node.kill();
                node.start();
                recorder.fault("started pg1");
            });

            HistoryResult result = HistoryResult.of(
                    "crash",
                    history,
                    List.of(
                            new SetCheck(0),
                            new FenceCheck(),
                            new OutageCheck(Operation.Kind.WRITE, PATIENCE),
                            new OutageCheck(Operation.Kind.READ, PATIENCE)));
            assertTrue(result.holds(), result.table());
        }
    }

    /** What two pools that nobody fences do: a client of each writes, and what the old primary took is lost. */
    @Test
    void workload_onTwoPrimaries_isCaughtBySetAndFence() throws Exception {
        try (LabCluster cluster = cluster(1)) {
            LabNode old = cluster.node("pg1");
            LabNode next = cluster.node("pg2");
            History history = run(cluster, List.of(target("px1", old.port()), target("px2", next.port())), recorder -> {
                recorder.fault("promote pg2");
                next.promote();
            });

            Verdict fence = new FenceCheck().check(history);
            assertFalse(fence.holds());
            assertTrue(fence.findings().get(0).startsWith("pg1/1 and pg2/2 both took writes"), fence.toString());
            assertFalse(new SetCheck(0).check(history).holds());
            // px2 wrote to a standby at first.
            assertEquals(Set.of("25006"), errors(history));
        }
    }

    private static Set<String> errors(History history) {
        return history.operations().stream()
                .filter(operation -> operation.outcome() != Outcome.OK)
                .map(Operation::sqlState)
                .collect(Collectors.toSet());
    }

    private interface Breaking {
        void act(HistoryRecorder recorder);
    }

    private static History run(LabCluster cluster, List<WorkloadOptions.Target> targets, Breaking breaking)
            throws SQLException {
        try (Connection connection = cluster.primary().connect()) {
            Workload.createTable(connection);
        }
        for (LabNode node : cluster.nodes()) {
            if (node != cluster.primary()) {
                cluster.awaitCaughtUp(node);
            }
        }
        HistoryRecorder recorder = new HistoryRecorder();
        WorkloadOptions options = new WorkloadOptions(targets, 2, 2, 2, Duration.ofMillis(5), Duration.ofSeconds(20));
        try (Workload workload = Workload.start(options, recorder)) {
            awaitMore(recorder);
            breaking.act(recorder);
            awaitMore(recorder);
            workload.stop();
        }
        Map<Integer, String> names = cluster.nodes().stream().collect(Collectors.toMap(LabNode::port, LabNode::name));
        try (Connection connection = cluster.primary().connect()) {
            return recorder.history(Workload.storedRows(connection), names);
        }
    }

    private static void awaitMore(HistoryRecorder recorder) {
        long enough = recorder.count(Operation.Kind.WRITE, Outcome.OK) + SOME;
        Poll.until(
                PATIENCE,
                () -> recorder.count(Operation.Kind.WRITE, Outcome.OK) >= enough,
                () -> "no more writes than " + recorder.count(Operation.Kind.WRITE, Outcome.OK));
    }

    private static WorkloadOptions.Target target(String name, int port) {
        return new WorkloadOptions.Target(name, "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=postgres");
    }

    private static LabCluster cluster(int standbys) {
        return LabCluster.start(new ClusterOptions(PostgresUnderTest.newest().options(), standbys));
    }
}
