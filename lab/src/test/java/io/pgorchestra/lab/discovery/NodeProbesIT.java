package io.pgorchestra.lab.discovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.NodeObservation;
import io.pgorchestra.discovery.NodeObservation.State;
import io.pgorchestra.discovery.ProxyReport;
import io.pgorchestra.discovery.View;
import io.pgorchestra.discovery.sql.NodeProbes;
import io.pgorchestra.discovery.sql.SqlSettings;
import io.pgorchestra.discovery.sql.StaticAuthority;
import io.pgorchestra.lab.EmbeddedPostgres;
import io.pgorchestra.lab.PostgresUnderTest;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

@Timeout(120)
class NodeProbesIT {

    private static final String EVERY_MAJOR = "io.pgorchestra.lab.PostgresUnderTest#everyMajor";

    @TempDir
    Path folder;

    @ParameterizedTest
    @MethodSource(EVERY_MAJOR)
    void promotion_isSeenAtOnce_overTheSameConnection(PostgresUnderTest postgres) throws IOException, SQLException {
        try (PrimaryAndStandby pair = new PrimaryAndStandby(postgres.options(), folder);
                NodeProbes probes = probes(pair.nodes(), PrimaryAndStandby.superuser())) {
            PrimaryAndStandby.run(pair.primary, "CREATE TABLE t AS SELECT generate_series(1, 1000)");
            NodeObservation a = probes.lookNow().join().get(0);
            NodeObservation b = await(probes, 1, seen -> seen.replayedLsn() >= a.lsn());

            assertEquals(State.PRIMARY, a.state());
            assertEquals(1, a.timeline());
            assertEquals(a.lsn(), a.replayedLsn());
            assertEquals(
                    PrimaryAndStandby.ask(pair.primary, "SELECT system_identifier FROM pg_control_system()"),
                    Long.toString(a.systemIdentifier()));
            assertEquals(State.STANDBY, b.state());
            assertEquals(1, b.timeline());
            assertEquals(a.systemIdentifier(), b.systemIdentifier());
            assertEquals("127.0.0.1:" + pair.primary.port(), b.upstream());
            assertTrue(b.lsn() >= b.replayedLsn(), b.toString());

            PrimaryAndStandby.run(pair.standby, "SELECT pg_promote()");
            NodeObservation promoted = probes.lookNow().join().get(1);

            assertEquals(State.PRIMARY, promoted.state());
            assertEquals(2, promoted.timeline());
            assertEquals("", promoted.upstream());
            assertEquals(b.postmasterStartMicros(), promoted.postmasterStartMicros());
        }
    }

    @ParameterizedTest
    @MethodSource(EVERY_MAJOR)
    void deadPrimary_leavesAStandbyThatKnowsItsTimeline(PostgresUnderTest postgres) throws IOException, SQLException {
        try (PrimaryAndStandby pair = new PrimaryAndStandby(postgres.options(), folder);
                NodeProbes probes = probes(pair.nodes(), PrimaryAndStandby.superuser())) {
            await(probes, 1, seen -> !seen.upstream().isEmpty());

            pair.primary.kill();

            assertEquals(State.UNREACHABLE, probes.lookNow().join().get(0).state());
            NodeObservation left = await(probes, 1, seen -> seen.upstream().isEmpty());
            assertEquals(State.STANDBY, left.state());
            assertEquals(1, left.timeline());
            assertTrue(left.lsn() > 0, left.toString());
        }
    }

    @ParameterizedTest
    @MethodSource(EVERY_MAJOR)
    void plainRole_seesWhoIsPrimary_andTheLogSaysWhatItMisses(PostgresUnderTest postgres)
            throws IOException, SQLException {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger("io.pgorchestra.discovery.sql");
        log.start();
        logger.addAppender(log);
        try (PrimaryAndStandby pair = new PrimaryAndStandby(postgres.options(), folder);
                NodeProbes full = probes(pair.nodes(), PrimaryAndStandby.superuser());
                NodeProbes plain = probes(pair.nodes(), SqlSettings.of(PrimaryAndStandby.PLAIN_ROLE, "", "postgres"))) {
            await(full, 1, seen -> !seen.upstream().isEmpty());

            List<NodeObservation> seen = plain.lookNow().join();
            plain.lookNow().join();

            assertEquals(State.PRIMARY, seen.get(0).state());
            assertEquals(1, seen.get(0).timeline());
            assertEquals(State.STANDBY, seen.get(1).state());
            assertEquals(1, seen.get(1).timeline());
            assertEquals("", seen.get(1).upstream());
            List<String> warnings = log.list.stream()
                    .map(ILoggingEvent::getFormattedMessage)
                    .filter(text -> text.contains("GRANT pg_monitor TO plain"))
                    .toList();
            assertEquals(1, warnings.size(), "warnings: " + log.list);
            assertTrue(warnings.get(0).contains("node=b"), warnings.get(0));

            PrimaryAndStandby.run(pair.primary, "GRANT pg_monitor TO plain");
            await(plain, 1, now -> !now.upstream().isEmpty());
        } finally {
            logger.detachAppender(log);
        }
    }

    @Test
    void restart_isSeenAtTheFirstLook_asAnotherPostmaster() {
        try (EmbeddedPostgres node = EmbeddedPostgres.start();
                NodeProbes probes = probes(List.of(PrimaryAndStandby.node("a", node)), PrimaryAndStandby.superuser())) {
            NodeObservation before = probes.lookNow().join().get(0);

            node.restart();
            NodeObservation after = probes.lookNow().join().get(0);

            assertEquals(State.PRIMARY, after.state());
            assertNotEquals(before.postmasterStartMicros(), after.postmasterStartMicros());
        }
    }

    @Test
    void frozenBackend_costsOneLook_andTheNextUsesANewConnection()
            throws SQLException, IOException, InterruptedException {
        SqlSettings settings = PrimaryAndStandby.superuser().withTimeout(Duration.ofMillis(700));
        try (EmbeddedPostgres node = EmbeddedPostgres.start();
                NodeProbes probes = probes(List.of(PrimaryAndStandby.node("a", node)), settings)) {
            assertEquals(State.PRIMARY, probes.lookNow().join().get(0).state());
            String pid = PrimaryAndStandby.ask(
                    node, "SELECT pid FROM pg_stat_activity WHERE application_name = 'orchestra'");
            signal("STOP", pid);
            try {
                long begun = System.nanoTime();
                NodeObservation frozen = probes.lookNow().join().get(0);
                long millis = (System.nanoTime() - begun) / 1_000_000;

                assertEquals(State.UNREACHABLE, frozen.state());
                assertTrue(millis < 1_500, "took " + millis + " ms");
                assertEquals(
                        State.PRIMARY,
                        await(probes, 0, seen -> seen.timeline() > 0).state());
            } finally {
                signal("CONT", pid);
            }
        }
    }

    @Test
    void staticAuthority_followsAPromotion_andStopsAtASplit() throws IOException, SQLException {
        ProxyReport report = new ProxyReport("p", 1, 0, 0, 0, 4_000, List.of());
        try (PrimaryAndStandby pair =
                        new PrimaryAndStandby(PostgresUnderTest.newest().options(), folder);
                NodeProbes probes = probes(pair.nodes(), PrimaryAndStandby.superuser());
                StaticAuthority authority = new StaticAuthority(probes)) {
            View first = authority.confirm(report).toCompletableFuture().join().view();
            assertEquals(pair.primaryNode(), first.primary());

            PrimaryAndStandby.run(pair.standby, "SELECT pg_promote()");
            View split = authority.confirm(report).toCompletableFuture().join().view();
            assertEquals(null, split.primary());
            assertEquals(Set.of(View.Flag.SPLIT_BRAIN), split.flags());

            pair.primary.kill();
            View second = authority.confirm(report).toCompletableFuture().join().view();
            assertEquals(pair.standbyNode(), second.primary());
            assertEquals(2, second.epoch().token());
            assertTrue(first.epoch().mayBeFollowedBy(second.epoch()));
        }
    }

    private static void signal(String name, String pid) throws IOException, InterruptedException {
        assertEquals(
                0,
                new ProcessBuilder("kill", "-" + name, pid).inheritIO().start().waitFor());
    }

    private static NodeProbes probes(List<Node> nodes, SqlSettings settings) {
        return new NodeProbes(nodes, settings, System::nanoTime);
    }

    private static NodeObservation await(NodeProbes probes, int node, Predicate<NodeObservation> wanted) {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        NodeObservation seen = probes.lookNow().join().get(node);
        while (!wanted.test(seen)) {
            assertTrue(System.nanoTime() - deadline < 0, "last seen: " + seen);
            LockSupport.parkNanos(10_000_000);
            seen = probes.lookNow().join().get(node);
        }
        return seen;
    }
}
