package io.pgorchestra.lab.history;

import io.pgorchestra.lab.LabException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Clients that write and read, and take down what they see, until they are stopped. Starts no process and needs no quiet cluster. */
public final class Workload implements AutoCloseable {

    static final String TABLE = "orchestra_history";

    private static final long STOP_MARGIN_MILLIS = 5_000;

    private final WorkloadOptions options;
    private final List<WorkloadClient> clients = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    private Workload(WorkloadOptions options) {
        this.options = options;
    }

    /** Makes the table that writers write to, empty. */
    public static void createTable(Connection primary) throws SQLException {
        try (Statement statement = primary.createStatement()) {
            statement.execute("DROP TABLE IF EXISTS " + TABLE);
            statement.execute("CREATE TABLE " + TABLE
                    + " (id bigint, client int, node_port int, timeline int, clock_micros bigint)");
        }
    }

    /** Takes it away again. */
    public static void dropTable(Connection primary) throws SQLException {
        try (Statement statement = primary.createStatement()) {
            statement.execute("DROP TABLE IF EXISTS " + TABLE);
        }
    }

    /** Sets the clients going; the table must be there. */
    public static Workload start(WorkloadOptions options, HistoryRecorder recorder) {
        Workload workload = new Workload(options);
        AtomicLong ids = new AtomicLong();
        for (int i = 0; i < options.writers(); i++) {
            workload.add(WorkloadClient.Task.WRITE, ids, recorder);
        }
        for (int i = 0; i < options.transactionWriters(); i++) {
            workload.add(WorkloadClient.Task.WRITE_IN_TRANSACTION, ids, recorder);
        }
        for (int i = 0; i < options.readers(); i++) {
            workload.add(WorkloadClient.Task.READ, ids, recorder);
        }
        workload.threads.forEach(Thread::start);
        return workload;
    }

    private void add(WorkloadClient.Task task, AtomicLong ids, HistoryRecorder recorder) {
        int number = clients.size();
        WorkloadOptions.Target target =
                options.targets().get(number % options.targets().size());
        WorkloadClient client = new WorkloadClient(number, task, target, options, ids, recorder);
        Thread thread = new Thread(client, "workload-" + number);
        thread.setDaemon(true);
        clients.add(client);
        threads.add(thread);
    }

    /** Lets every client finish what it does, within its patience, and returns when all have. */
    public void stop() {
        clients.forEach(WorkloadClient::stop);
        for (Thread thread : threads) {
            try {
                thread.join(options.patience().toMillis() + STOP_MARGIN_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
            if (thread.isAlive()) {
                throw new LabException(thread.getName() + " does not end, though its patience is over.");
            }
        }
    }

    /** What is there in the end. */
    public static List<StoredRow> storedRows(Connection primary) throws SQLException {
        List<StoredRow> stored = new ArrayList<>();
        try (Statement statement = primary.createStatement();
                ResultSet rows = statement.executeQuery("SELECT id, node_port, timeline, clock_micros FROM " + TABLE)) {
            while (rows.next()) {
                stored.add(new StoredRow(rows.getLong(1), new Stamp(rows.getInt(2), rows.getInt(3), rows.getLong(4))));
            }
        }
        return stored;
    }

    @Override
    public void close() {
        stop();
    }
}
