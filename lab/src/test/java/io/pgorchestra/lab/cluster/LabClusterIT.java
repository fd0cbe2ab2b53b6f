package io.pgorchestra.lab.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgorchestra.lab.LabException;
import io.pgorchestra.lab.Poll;
import io.pgorchestra.lab.PostgresUnderTest;
import io.pgorchestra.lab.cluster.NodeStatus.State;
import io.pgorchestra.lab.link.Link;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class LabClusterIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Test
    void start_threeNodes_standbysStreamWhatThePrimaryWrites() {
        try (LabCluster cluster = LabCluster.start(options(2))) {
            LabNode primary = cluster.primary();
            primary.ask("CREATE TABLE t AS SELECT 42 AS n");

            for (String name : List.of("pg2", "pg3")) {
                cluster.awaitCaughtUp(cluster.node(name));
                assertEquals("42", cluster.node(name).ask("SELECT n FROM t"));
                assertEquals("pg1", cluster.look(cluster.node(name)).upstream());
            }
            assertEquals("pg1", primary.name());
            assertEquals(
                    "pg2,pg3",
                    primary.ask(
                            "SELECT string_agg(application_name, ',' ORDER BY application_name) FROM pg_stat_replication"));
        }
    }

    @Test
    void close_ofTemporaryCluster_leavesNoProcessAndNoFolder() {
        LabCluster cluster = LabCluster.start(options(1));
        List<Long> postmasters = cluster.nodes().stream()
                .map(node -> node.server().postmasterPid())
                .toList();
        Path folder = cluster.folder().path();

        cluster.close();

        assertTrue(postmasters.stream().noneMatch(pid -> ProcessHandle.of(pid).isPresent()));
        assertFalse(Files.exists(folder));
    }

    @Test
    void kill_ofStandby_thenStart_streamsAgain() {
        try (LabCluster cluster = LabCluster.start(options(1))) {
            LabNode standby = cluster.node("pg2");
            standby.kill();
            cluster.primary().ask("CREATE TABLE meanwhile AS SELECT 1 AS n");
            assertEquals(State.DOWN, cluster.look(standby).state());

            standby.start();

            cluster.awaitCaughtUp(standby);
            assertEquals("1", standby.ask("SELECT n FROM meanwhile"));
        }
    }

    @Test
    void kill_ofPrimary_promoteAndRejoin_bringsItBackAsStandby() {
        try (LabCluster cluster = LabCluster.start(options(2))) {
            LabNode old = cluster.node("pg1");
            LabNode next = cluster.node("pg2");
            old.kill();

            next.promote();
            cluster.follow(cluster.node("pg3"), next);
            cluster.rejoin(old);

            assertEquals("pg2", cluster.primary().name());
            assertEquals("pg2", cluster.look(old).upstream());
            assertEquals("pg2", cluster.look(cluster.node("pg3")).upstream());
            assertEquals(2, cluster.look(old).timeline());
        }
    }

    @Test
    void rejoin_ofNodeThatWroteAlone_clonesItAnew() {
        try (LabCluster cluster = LabCluster.start(options(1))) {
            LabNode old = cluster.node("pg1");
            LabNode next = cluster.node("pg2");
            cluster.network().link("pg2", "pg1").cut();
            old.ask("CREATE TABLE lost AS SELECT 1 AS n");
            next.promote();
            next.ask("CREATE TABLE kept AS SELECT 2 AS n");

            cluster.rejoin(old);

            cluster.awaitCaughtUp(old);
            assertEquals("2", old.ask("SELECT n FROM kept"));
            assertThrows(LabException.class, () -> old.ask("SELECT n FROM lost"));
            assertEquals("pg2", cluster.look(old).upstream());
        }
    }

    @Test
    void start_ofReplacedPrimary_comesBackAsSecondOneOnTheOldTimeline() {
        try (LabCluster cluster = LabCluster.start(options(1))) {
            LabNode old = cluster.node("pg1");
            old.kill();
            cluster.node("pg2").promote();

            old.start();

            assertEquals(State.PRIMARY, cluster.look(old).state());
            assertEquals(1, cluster.look(old).timeline());
            assertEquals("pg2", cluster.primary().name());
            assertEquals(2, cluster.look(cluster.primary()).timeline());
        }
    }

    @Test
    void switchover_toNamedStandby_losesNothing() {
        try (LabCluster cluster = LabCluster.start(options(2))) {
            cluster.primary().ask("CREATE TABLE t AS SELECT generate_series(1, 1000) AS n");

            cluster.switchover(cluster.node("pg3"));

            assertEquals("pg3", cluster.primary().name());
            for (LabNode node : cluster.nodes()) {
                assertEquals("1000", node.ask("SELECT count(*) FROM t"));
            }
            assertEquals("pg3", cluster.look(cluster.node("pg1")).upstream());
        }
    }

    @Test
    void freeze_ofPrimary_isSeenAndLeavesReplicationWhole() {
        try (LabCluster cluster = LabCluster.start(options(1))) {
            LabNode primary = cluster.node("pg1");
            primary.freeze();
            assertEquals(State.FROZEN, cluster.look(primary).state());

            primary.thaw();

            primary.ask("CREATE TABLE after AS SELECT 1 AS n");
            cluster.awaitCaughtUp(cluster.node("pg2"));
            assertEquals("1", cluster.node("pg2").ask("SELECT n FROM after"));
        }
    }

    @Test
    void replicationLinks_cutAndHealed_standbyMissesThenCatchesUp() {
        try (LabCluster cluster = LabCluster.start(options(1))) {
            LabNode standby = cluster.node("pg2");
            // As a failover manager does, who knows nothing of links.
            standby.ask("ALTER SYSTEM SET primary_conninfo = 'host=127.0.0.1 port="
                    + cluster.node("pg1").port() + " user=postgres application_name=pg2'");
            standby.ask("SELECT pg_reload_conf()");
            Poll.until(
                    PATIENCE,
                    () -> standby.ask("SELECT sender_port FROM pg_stat_wal_receiver WHERE status = 'streaming'")
                            .equals(Integer.toString(cluster.node("pg1").port())),
                    () -> "not repointed");

            List<Link> links = cluster.replicationLinks(cluster.node("pg1"));
            links.forEach(Link::cut);
            String before = standby.ask("SELECT pg_last_wal_receive_lsn()");
            cluster.primary().ask("CREATE TABLE meanwhile AS SELECT 1 AS n");
            assertEquals(before, standby.ask("SELECT pg_last_wal_receive_lsn()"));

            cluster.network().heal();
            cluster.awaitCaughtUp(standby);
            assertNotEquals(before, standby.ask("SELECT pg_last_wal_receive_lsn()"));
        }
    }

    @Test
    void start_onKeptFolder_findsTheLastPrimaryAndItsRows(@TempDir Path folder) {
        ClusterOptions options = new ClusterOptions(options(2).node().withDirectory(folder.resolve("lab")), 2);
        try (LabCluster cluster = LabCluster.start(options)) {
            cluster.node("pg1").kill();
            cluster.node("pg2").promote();
            cluster.node("pg2").ask("CREATE TABLE kept AS SELECT 7 AS n");
        }

        try (LabCluster cluster = LabCluster.start(options)) {
            assertEquals("pg2", cluster.primary().name());
            for (LabNode node : cluster.nodes()) {
                if (node != cluster.primary()) {
                    cluster.awaitCaughtUp(node);
                }
                assertEquals("7", node.ask("SELECT n FROM kept"));
            }
        }
    }

    @Test
    void start_onKeptFolderWithoutPrimary_promotesAStandby(@TempDir Path folder) {
        ClusterOptions options = new ClusterOptions(options(1).node().withDirectory(folder.resolve("lab")), 1);
        try (LabCluster cluster = LabCluster.start(options)) {
            cluster.primary().ask("CREATE TABLE kept AS SELECT 7 AS n");
            cluster.node("pg1").stop();
            cluster.node("pg1").files().makeStandby("host=127.0.0.1 port=1");
        }

        try (LabCluster cluster = LabCluster.start(options)) {
            assertEquals("7", cluster.primary().ask("SELECT n FROM kept"));
            assertEquals(2, cluster.look(cluster.primary()).timeline());
        }
    }

    private static ClusterOptions options(int standbys) {
        return new ClusterOptions(PostgresUnderTest.newest().options(), standbys);
    }
}
