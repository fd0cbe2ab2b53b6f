package io.pgorchestra.lab.history;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** One client of a workload, on a thread of its own: does its task over and over on one connection, and opens another when that is lost. */
final class WorkloadClient implements Runnable {

    /** What a client does. */
    enum Task {
        WRITE,
        WRITE_IN_TRANSACTION,
        READ
    }

    private static final String CLOCK = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint";

    private static final String WRITE = "INSERT INTO " + Workload.TABLE + " SELECT ?, ?, inet_server_port(),"
            + " ('x' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8))::bit(32)::int, " + CLOCK
            + " RETURNING node_port, timeline, clock_micros";

    private static final String READ = "SELECT inet_server_port(), 0, " + CLOCK;

    private static final long RECONNECT_PAUSE_NANOS = 50_000_000;

    private final int number;
    private final Task task;
    private final WorkloadOptions.Target target;
    private final WorkloadOptions options;
    private final AtomicLong ids;
    private final HistoryRecorder recorder;
    private volatile boolean stopped;
    private @Nullable Connection connection;

    WorkloadClient(
            int number,
            Task task,
            WorkloadOptions.Target target,
            WorkloadOptions options,
            AtomicLong ids,
            HistoryRecorder recorder) {
        this.number = number;
        this.task = task;
        this.target = target;
        this.options = options;
        this.ids = ids;
        this.recorder = recorder;
    }

    void stop() {
        stopped = true;
    }

    @Override
    public void run() {
        while (!stopped) {
            Connection open = connected();
            if (open == null) {
                LockSupport.parkNanos(RECONNECT_PAUSE_NANOS);
                continue;
            }
            operate(open);
            LockSupport.parkNanos(options.pause().toNanos());
        }
        hangUp();
    }

    private @Nullable Connection connected() {
        if (connection != null) {
            return connection;
        }
        Properties properties = new Properties();
        String seconds = Long.toString(Math.max(1, options.patience().toSeconds()));
        properties.setProperty("connectTimeout", seconds);
        properties.setProperty("socketTimeout", seconds);
        properties.setProperty("ApplicationName", "workload-" + number);
        long invoked = System.nanoTime();
        try {
            Connection opened = DriverManager.getConnection(target.jdbcUrl(), properties);
            opened.setAutoCommit(task != Task.WRITE_IN_TRANSACTION);
            connection = opened;
            return opened;
        } catch (SQLException e) {
            record(Operation.Kind.CONNECT, 0, invoked, Outcome.FAILED, state(e), null);
            return null;
        }
    }

    private void operate(Connection open) {
        switch (task) {
            case WRITE -> write(open);
            case WRITE_IN_TRANSACTION -> writeInTransaction(open);
            case READ -> read(open);
        }
    }

    private void write(Connection open) {
        long id = ids.incrementAndGet();
        long invoked = System.nanoTime();
        try {
            Stamp stamp = insert(open, id);
            record(Operation.Kind.WRITE, id, invoked, Outcome.OK, "", stamp);
        } catch (SQLException e) {
            record(Operation.Kind.WRITE, id, invoked, Outcome.afterSending(state(e)), state(e), null);
            afterError(open, e);
        }
    }

    private void writeInTransaction(Connection open) {
        long id = ids.incrementAndGet();
        long invoked = System.nanoTime();
        boolean commitSent = false;
        try {
            Stamp stamp = insert(open, id);
            commitSent = true;
            open.commit();
            record(Operation.Kind.WRITE, id, invoked, Outcome.OK, "", stamp);
        } catch (SQLException e) {
            // Whatever happens before COMMIT is sent, nothing is written.
            Outcome outcome = commitSent ? Outcome.afterSending(state(e)) : Outcome.FAILED;
            record(Operation.Kind.WRITE, id, invoked, outcome, state(e), null);
            afterError(open, e);
        }
    }

    private Stamp insert(Connection open, long id) throws SQLException {
        try (PreparedStatement insert = open.prepareStatement(WRITE)) {
            insert.setLong(1, id);
            insert.setInt(2, number);
            try (ResultSet row = insert.executeQuery()) {
                return stamp(row);
            }
        }
    }

    private void read(Connection open) {
        long invoked = System.nanoTime();
        try (PreparedStatement select = open.prepareStatement(READ);
                ResultSet row = select.executeQuery()) {
            record(Operation.Kind.READ, 0, invoked, Outcome.OK, "", stamp(row));
        } catch (SQLException e) {
            record(Operation.Kind.READ, 0, invoked, Outcome.FAILED, state(e), null);
            afterError(open, e);
        }
    }

    private static Stamp stamp(ResultSet row) throws SQLException {
        row.next();
        return new Stamp(row.getInt(1), row.getInt(2), row.getLong(3));
    }

    private void record(
            Operation.Kind kind, long id, long invoked, Outcome outcome, String state, @Nullable Stamp stamp) {
        recorder.add(
                new Operation(kind, id, number, target.proxy(), invoked, System.nanoTime(), outcome, state, stamp));
    }

    /** Goes on with the same connection if there still is one. */
    private void afterError(Connection open, SQLException error) {
        try {
            if (!open.isClosed() && !isFatal(error)) {
                if (!open.getAutoCommit()) {
                    open.rollback();
                }
                return;
            }
        } catch (SQLException e) {
            // The rollback shows that it is lost.
            record(Operation.Kind.CONNECT, 0, System.nanoTime(), Outcome.FAILED, state(e), null);
        }
        recorder.connectionLost();
        hangUp();
    }

    private static boolean isFatal(SQLException error) {
        if (!(error instanceof PSQLException postgres)) {
            return false;
        }
        ServerErrorMessage message = postgres.getServerErrorMessage();
        return message != null && "FATAL".equals(message.getSeverity());
    }

    private static String state(SQLException error) {
        return Objects.requireNonNullElse(error.getSQLState(), "");
    }

    private void hangUp() {
        Connection open = connection;
        connection = null;
        if (open == null) {
            return;
        }
        try {
            open.close();
        } catch (SQLException e) {
            // Lost already, and counted where it was noticed.
        }
    }
}
