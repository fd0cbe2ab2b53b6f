package io.pgorchestra.lab.rehearsal;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/** Sessions that read from standbys only, and yet try to write, by every way there is; each in a thread of its own. For all threads. */
final class ReadOnlySessions implements AutoCloseable {

    private static final String TABLE = "written_by_readers";

    /** Outside a transaction, in one, and in one that asks for the right to write. */
    private static final List<String> WAYS = List.of(
            "INSERT INTO " + TABLE + " VALUES (1)",
            "BEGIN; INSERT INTO " + TABLE + " VALUES (2); COMMIT",
            "BEGIN READ WRITE; INSERT INTO " + TABLE + " VALUES (3); COMMIT",
            "SET default_transaction_read_only = off; INSERT INTO " + TABLE + " VALUES (4)");

    private final List<Thread> threads = new ArrayList<>();
    private final Map<String, Long> refusals = new ConcurrentSkipListMap<>();
    private final AtomicLong tries = new AtomicLong();
    private final AtomicLong successes = new AtomicLong();
    private volatile boolean ended;

    /** @param primary makes the table that they try to write to */
    static ReadOnlySessions start(List<StagedProxy> proxies, Connection primary) throws SQLException {
        try (Statement statement = primary.createStatement()) {
            statement.execute("CREATE TABLE " + TABLE + " (way int)");
        }
        ReadOnlySessions sessions = new ReadOnlySessions();
        for (StagedProxy proxy : proxies) {
            for (String way : WAYS) {
                Thread thread = new Thread(() -> sessions.run(proxy, way), "reader-" + proxy);
                thread.setDaemon(true);
                sessions.threads.add(thread);
                thread.start();
            }
        }
        return sessions;
    }

    private void run(StagedProxy proxy, String way) {
        while (!ended) {
            try (Connection connection = proxy.connect();
                    Statement statement = connection.createStatement()) {
                statement.execute("SET orchestra.reads = 'standby'");
                while (!ended) {
                    tryOnce(statement, way);
                }
            } catch (SQLException e) {
                count(e);
            }
        }
    }

    private void tryOnce(Statement statement, String way) throws SQLException {
        tries.incrementAndGet();
        try {
            statement.execute(way);
            successes.incrementAndGet();
        } catch (SQLException e) {
            count(e);
            statement.execute("ROLLBACK");
        }
    }

    private void count(SQLException e) {
        refusals.merge(String.valueOf(e.getSQLState()), 1L, Long::sum);
    }

    /** How often something was tried. */
    long tries() {
        return tries.get();
    }

    /** Ends them, and answers how many writes were reported as done, or are there. */
    long end(Connection primary) throws SQLException {
        close();
        try (Statement statement = primary.createStatement();
                ResultSet row = statement.executeQuery("SELECT count(*) FROM " + TABLE)) {
            row.next();
            return Math.max(successes.get(), row.getLong(1));
        }
    }

    /** What they were told, by SQLSTATE. */
    Map<String, Long> refusals() {
        return refusals;
    }

    @Override
    public void close() {
        ended = true;
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
