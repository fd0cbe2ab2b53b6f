package io.pgorchestra.lab.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgorchestra.lab.PostgresUnderTest;
import io.pgorchestra.lab.transparency.WireClient;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** What the backends of the shared node are doing, asked of the node itself and not through a proxy. */
final class Backends {

    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final String BUSY = "SELECT count(*), string_agg(state || ': ' || query, '; ') FROM pg_stat_activity"
            + " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND state <> 'idle'";

    private Backends() {}

    static int nodePort() {
        return PostgresUnderTest.newest().node().port();
    }

    /** Waits until a query with that text runs. */
    static void awaitRunning(String text) throws IOException {
        await(
                "SELECT count(*) > 0 FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid()"
                        + " AND query LIKE '%" + text + "%'",
                "t");
    }

    /** Waits until a query with that text waits for that event. */
    static void awaitWaiting(String text, String event) throws IOException {
        await(
                "SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event = '" + event
                        + "' AND pid <> pg_backend_pid() AND position($$" + text + "$$ IN query) > 0",
                "t");
    }

    /** Waits until no backend is in a transaction or runs something. */
    static void awaitNobodyBusy() throws IOException {
        await(BUSY, "0|null");
    }

    private static void await(String question, String answer) throws IOException {
        try (WireClient direct = WireClient.login(nodePort())) {
            long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
            String seen = direct.row(question);
            while (!seen.equals(answer)) {
                assertTrue(System.nanoTime() < deadlineNanos, question + " is still " + seen);
                LockSupport.parkNanos(5_000_000);
                seen = direct.row(question);
            }
        }
    }

    /** Ends a backend and returns when its process is gone. */
    static void terminate(String pid) throws IOException {
        try (WireClient direct = WireClient.login(nodePort())) {
            assertEquals("t", direct.row("SELECT pg_terminate_backend(" + pid + ")"));
        }
        long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
        while (ProcessHandle.of(Long.parseLong(pid)).isPresent()) {
            assertTrue(System.nanoTime() < deadlineNanos, "still alive: " + pid);
            LockSupport.parkNanos(5_000_000);
        }
    }
}
