package io.pgorchestra.lab.reads;

import static io.pgorchestra.lab.reads.ReadsUnderTest.PLACE;
import static io.pgorchestra.lab.reads.ReadsUnderTest.answer;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgorchestra.lab.Poll;
import io.pgorchestra.lab.ProxyUnderTest;
import io.pgorchestra.lab.cluster.LabNode;
import io.pgorchestra.lab.link.Link;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of reads when standbys go: by {@code reads_fallback}, and of those that are under way. */
@Timeout(120)
class ReadsFallbackIT {

    /** Many times longer than a read takes. */
    private static final long HELD_SECONDS = 2;

    /** Far less than {@code server_login_retry}. */
    private static final Duration SOON = Duration.ofSeconds(5);

    @AutoClose
    private static ReadsUnderTest reads;

    @BeforeAll
    static void start() throws SQLException {
        reads = ReadsUnderTest.start();
    }

    @AfterEach
    void mend() throws SQLException {
        reads.standbys().forEach(standby -> reads.line(standby).heal());
        reads.standbys().forEach(LabNode::thaw);
        startAll();
        reads.awaitReads();
    }

    private static void startAll() {
        for (LabNode standby : reads.standbys()) {
            if (!standby.server().isRunning()) {
                standby.start();
            }
        }
    }

    private static void stopAll() {
        reads.standbys().forEach(LabNode::stop);
    }

    @Test
    void primary_answersWhenNoStandbyIsFit() throws SQLException {
        try (Connection connection = reads.connect()) {
            stopAll();

            assertEquals("primary", answer(connection, "SELECT " + PLACE));
        }
    }

    @Test
    void error_isToldAndTheConnectionLives() throws SQLException {
        try (ProxyUnderTest proxy = reads.startProxy("reads_fallback: error\n")) {
            ReadsUnderTest.awaitReads(proxy);
            try (Connection connection = ReadsUnderTest.connect(proxy)) {
                stopAll();
                awaitNobodyFit(connection);

                assertEquals("57P03", answer(connection, "SELECT 1"));
                assertEquals("", answer(connection, "INSERT INTO t VALUES (-1, 'x')"));
                assertEquals("57P03", answer(connection, "SELECT 1"));
                assertEquals("x", answer(connection, "DELETE FROM t WHERE id = -1 RETURNING value"));
                connection.setAutoCommit(false);
                assertEquals("1", answer(connection, "SELECT 1"));
                connection.commit();
                connection.setReadOnly(true);
                assertEquals("57P03", answer(connection, "SELECT 1"));
                connection.rollback();
            }
        }
    }

    @Test
    void hold_lastsUntilAStandbyIsBack() throws Exception {
        try (ProxyUnderTest proxy = reads.startProxy("reads_fallback: hold\nfailover_hold_timeout: 60s\n")) {
            ReadsUnderTest.awaitReads(proxy);
            try (Connection connection = ReadsUnderTest.connect(proxy)) {
                stopAll();
                awaitNobodyFit(connection);
                CompletableFuture<String> held =
                        CompletableFuture.supplyAsync(() -> answer(connection, "SELECT " + PLACE));
                assertThrows(TimeoutException.class, () -> held.get(HELD_SECONDS, TimeUnit.SECONDS));
                startAll();

                assertEquals("standby", held.get(20, TimeUnit.SECONDS));
            }
        }
    }

    @Test
    void hold_endsWithAnErrorInTime() throws SQLException {
        try (ProxyUnderTest proxy = reads.startProxy("reads_fallback: hold\nfailover_hold_timeout: 2s\n")) {
            ReadsUnderTest.awaitReads(proxy);
            try (Connection connection = ReadsUnderTest.connect(proxy)) {
                stopAll();
                awaitNobodyFit(connection);

                assertEquals("57P03", answer(connection, "SELECT 1"));
                assertEquals("", answer(connection, "INSERT INTO t VALUES (-1, 'x')"));
                assertEquals("x", answer(connection, "DELETE FROM t WHERE id = -1 RETURNING value"));
            }
        }
    }

    /** Returns when all standbys are known to be gone: until then the primary answers for the last that went. */
    private static void awaitNobodyFit(Connection connection) {
        Poll.until(
                ReadsUnderTest.PATIENCE,
                () -> "no_standby"
                        .equals(ReadsUnderTest.route(connection, "SELECT 1").get("reason")),
                () -> "still fit: " + ReadsUnderTest.route(connection, "SELECT 1"));
    }

    /** One that does not answer is given up after three looks, and what it was asked is asked of another. */
    @Test
    void frozenStandby_keepsNoReadForLong() throws Exception {
        try (Connection connection = reads.connect()) {
            reads.standbys().forEach(LabNode::freeze);
            long began = System.nanoTime();

            String place = CompletableFuture.supplyAsync(() -> answer(connection, "SELECT " + PLACE))
                    .get(20, TimeUnit.SECONDS);

            assertEquals("primary", place);
            assertTrue(
                    System.nanoTime() - began < SOON.toNanos(),
                    "it took " + (System.nanoTime() - began) / 1_000_000 + " ms");
        }
    }

    /** A read waited for server_login_retry, 15 s, behind one login that had failed, though the standby was well again. */
    @Test
    void loginThatFailedOnce_keepsNoReadForLong() throws Exception {
        try (ProxyUnderTest proxy = reads.startProxy("")) {
            ReadsUnderTest.awaitReads(proxy);
            try (Connection first = ReadsUnderTest.connect(proxy, "ApplicationName=first")) {
                reads.standbys().forEach(standby -> reads.line(standby).reset());
                reads.standbys().forEach(standby -> reads.line(standby).cut());
                CompletableFuture<String> asked = CompletableFuture.supplyAsync(() -> answer(first, "SELECT " + PLACE));
                Poll.until(ReadsUnderTest.PATIENCE, asked::isDone, () -> "neither a standby nor the primary answers");
                reads.standbys().stream().map(reads::line).forEach(Link::heal);
                long began = System.nanoTime();

                Poll.until(
                        SOON,
                        () -> answer(first, "SELECT " + PLACE).equals("standby"),
                        () -> "no read on a standby after " + (System.nanoTime() - began) / 1_000_000 + " ms");
                assertTrue(System.nanoTime() - began < SOON.toNanos(), "one read took longer");
            }
        }
    }
}
