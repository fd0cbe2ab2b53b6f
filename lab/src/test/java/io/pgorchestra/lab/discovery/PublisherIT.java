package io.pgorchestra.lab.discovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.zookeeper.Publication;
import io.pgorchestra.discovery.zookeeper.PublishException;
import io.pgorchestra.discovery.zookeeper.Publisher;
import io.pgorchestra.discovery.zookeeper.ZookeeperSettings;
import io.pgorchestra.lab.PostgresUnderTest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import org.apache.curator.test.TestingServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What repmgr's hook does. */
@Timeout(120)
class PublisherIT {

    private static final String PATH = "/orchestra/main";

    @TempDir
    Path folder;

    @Test
    void failover_isPublishedOnce_andTheOldPrimaryNoMore() throws Exception {
        try (TestingServer zookeeper = new TestingServer();
                PrimaryAndStandby pair =
                        new PrimaryAndStandby(PostgresUnderTest.newest().options(), folder)) {
            Publisher publisher = publisher(zookeeper.getConnectString());

            Publisher.Outcome first = publisher.publish(of(pair.primaryNode(), 20));
            Publisher.Outcome again = publisher.publish(of(pair.primaryNode(), 20));
            assertTrue(first.changed());
            assertFalse(again.changed());
            assertEquals(first.record(), again.record());
            PublishException standby =
                    assertThrows(PublishException.class, () -> publisher.publish(of(pair.standbyNode(), 1)));
            assertTrue(text(standby).contains("is STANDBY (expected: PRIMARY)"), text(standby));

            PrimaryAndStandby.run(pair.standby, "SELECT pg_promote()");
            Publisher.Outcome second = publisher.publish(of(pair.standbyNode(), 20));
            assertEquals(2, second.record().epoch());
            assertEquals(2, second.record().timeline());
            assertEquals(pair.standbyNode(), second.record().primary());
            assertEquals(pair.nodes(), second.record().members());

            PublishException old =
                    assertThrows(PublishException.class, () -> publisher.publish(of(pair.primaryNode(), 20)));
            assertTrue(text(old).contains("an old primary that came back"), text(old));
        }
    }

    @Test
    void zookeeperAway_isWaitedFor_asLongAsPatienceLasts() throws Exception {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger(Publisher.class);
        try (TestingServer zookeeper = new TestingServer();
                PrimaryAndStandby pair =
                        new PrimaryAndStandby(PostgresUnderTest.newest().options(), folder)) {
            Publisher publisher = publisher(zookeeper.getConnectString());
            zookeeper.stop();
            PublishException gaveUp =
                    assertThrows(PublishException.class, () -> publisher.publish(of(pair.primaryNode(), 1)));
            assertTrue(text(gaveUp).contains("no connection to ZooKeeper"), text(gaveUp));

            log.start();
            logger.addAppender(log);
            CompletableFuture<Publisher.Outcome> patient = CompletableFuture.supplyAsync(() -> {
                try {
                    return publisher.publish(of(pair.primaryNode(), 60));
                } catch (PublishException e) {
                    throw new CompletionException(e);
                }
            });
            awaitNotYet(log);
            zookeeper.restart();

            assertTrue(patient.join().changed());
        } finally {
            logger.detachAppender(log);
        }
    }

    private static void awaitNotYet(ListAppender<ILoggingEvent> log) {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (log.list.isEmpty()) {
            assertTrue(System.nanoTime() - deadline < 0, "no attempt has failed yet");
            LockSupport.parkNanos(10_000_000);
        }
        assertTrue(log.list.get(0).getFormattedMessage().startsWith("not published yet"), "" + log.list);
    }

    private static Publisher publisher(String connect) {
        return new Publisher(ZookeeperSettings.of(connect, PATH), PrimaryAndStandby.superuser());
    }

    private static Publication of(Node node, long patienceSeconds) {
        return new Publication(node, false, Duration.ofSeconds(patienceSeconds));
    }

    private static String text(PublishException failure) {
        return String.valueOf(failure.getMessage());
    }
}
