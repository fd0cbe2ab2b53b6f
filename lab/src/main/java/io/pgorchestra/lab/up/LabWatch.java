package io.pgorchestra.lab.up;

import io.pgorchestra.lab.EmbeddedPostgres;
import io.pgorchestra.lab.LabException;
import io.pgorchestra.lab.history.History;
import io.pgorchestra.lab.history.HistoryPicture;
import io.pgorchestra.lab.history.HistoryRecorder;
import io.pgorchestra.lab.history.HistorySummary;
import io.pgorchestra.lab.history.Operation;
import io.pgorchestra.lab.history.Outcome;
import io.pgorchestra.lab.history.StoredRow;
import io.pgorchestra.lab.history.Workload;
import io.pgorchestra.lab.history.WorkloadOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** A few clients that write and read through the proxy of an {@code up} while something is done to its cluster, and what they saw. */
final class LabWatch implements AutoCloseable {

    /** Before the fault, so that the picture shows what is usual. */
    private static final Duration LEAD = Duration.ofSeconds(2);

    /** After the fault at least: a primary that is cut off is noticed after seconds only. */
    private static final Duration AFTERMATH = Duration.ofSeconds(6);

    /** Of writes that succeed again, at the end. */
    private static final Duration CALM = Duration.ofSeconds(2);

    /** Longer than clients wait in the proxy for a primary. */
    private static final Duration PATIENCE = Duration.ofSeconds(70);

    private static final Duration STEP = Duration.ofMillis(200);

    private final String jdbcUrl;
    private final Map<Integer, String> nodes;
    private final HistoryRecorder recorder = new HistoryRecorder();
    private final Workload workload;

    private LabWatch(String jdbcUrl, Map<Integer, String> nodes) {
        this.jdbcUrl = jdbcUrl;
        this.nodes = nodes;
        WorkloadOptions.Target target = new WorkloadOptions.Target("proxy", jdbcUrl);
        workload = Workload.start(
                new WorkloadOptions(List.of(target), 2, 2, 2, Duration.ofMillis(10), PATIENCE), recorder);
    }

    /**
     * Sets the clients going, and returns after a while of calm.
     *
     * @param nodes names by ports
     */
    static LabWatch start(int proxyPort, Map<Integer, String> nodes) {
        String url = "jdbc:postgresql://" + EmbeddedPostgres.HOST + ":" + proxyPort + "/postgres?user="
                + EmbeddedPostgres.SUPERUSER;
        try (Connection connection = DriverManager.getConnection(url)) {
            Workload.createTable(connection);
        } catch (SQLException e) {
            throw new LabException("Cannot watch, for no write goes through: " + e.getMessage(), e);
        }
        LabWatch watch = new LabWatch(url, nodes);
        pause(LEAD);
        return watch;
    }

    void fault(String what) {
        recorder.fault(what);
    }

    /** Returns when writes have gone on succeeding for a while, or do not come back. */
    void awaitCalm() {
        long since = System.nanoTime();
        long calmSince = since;
        long writes = writes();
        while (true) {
            pause(STEP);
            long now = System.nanoTime();
            long written = writes();
            // A step without a write may be chance on a busy machine, and costs only some time more.
            if (written == writes) {
                calmSince = now;
            }
            writes = written;
            boolean calm = now - calmSince >= CALM.toNanos() && now - since >= AFTERMATH.toNanos();
            if (calm || now - since >= PATIENCE.toNanos()) {
                return;
            }
        }
    }

    private long writes() {
        return recorder.count(Operation.Kind.WRITE, Outcome.OK);
    }

    private static void pause(Duration time) {
        LockSupport.parkNanos(time.toNanos());
    }

    /** Ends the clients, draws the picture, and says what they saw. */
    List<String> end(String title, Path picture) {
        workload.stop();
        History history = recorder.history(storedRows(), nodes);
        try {
            Files.writeString(picture, HistoryPicture.svg(title, history));
        } catch (IOException e) {
            throw new LabException("Cannot write " + picture + ": " + e.getMessage(), e);
        }
        return HistorySummary.lines(history);
    }

    private List<StoredRow> storedRows() {
        try (Connection connection = DriverManager.getConnection(jdbcUrl)) {
            List<StoredRow> rows = Workload.storedRows(connection);
            Workload.dropTable(connection);
            return rows;
        } catch (SQLException e) {
            throw new LabException("Writes have not come back: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        workload.close();
    }
}
