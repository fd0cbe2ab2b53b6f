package io.pgorchestra.lab.reads;

import io.pgorchestra.lab.reads.ReadBoard.Posted;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** One session on a thread of its own: writes to keys that nobody else writes to, and reads them in every way. */
final class ReadSession implements Runnable {

    static final int PATIENCE_SECONDS = 60;

    private static final int KEYS = 3;
    private static final int KEYS_RESERVED = 10;

    /** Of a hundred things that a session does, those that read. */
    private static final int READS = 80;

    /** Whoever writes all the time never reads on a standby: the proxy needs a moment to know how far that must be. */
    private static final int MAX_READS_BETWEEN_WRITES = 200;

    private static final long MAX_REST_NANOS = 2_000_000_000L;

    /** Every third session rests so long. */
    private static final int SELDOM = 3;

    private static final long LONG_REST_NANOS = 20_000_000_000L;

    private static final long RECONNECT_PAUSE_NANOS = 50_000_000;

    /** After its COMMIT, or the statement itself, had been sent. */
    private static final Set<String> UNKNOWN = Set.of("08007", "08006", "08001", "08003", "57P01", "57P02", "");

    private static final String READ =
            "SELECT coalesce(max(value), 0), " + ReadLoad.PLACE + " FROM " + ReadLoad.TABLE + " WHERE key = ?";
    private static final String WRITE = "INSERT INTO " + ReadLoad.TABLE + " (key, value) VALUES (?, ?)";
    private static final String WRITE_BY_SELECT = "SELECT " + ReadLoad.WRITE_FUNCTION + "(?, ?)";

    /** How pgjdbc is told to speak; sessions take these in turn. */
    private enum Protocol {
        SIMPLE("simple", 5),
        UNNAMED("extended", 0),
        NAMED_SOON("extended", 1),
        NAMED_LATER("extendedForPrepared", 5);

        private final String queryMode;
        private final int prepareThreshold;

        Protocol(String queryMode, int prepareThreshold) {
            this.queryMode = queryMode;
            this.prepareThreshold = prepareThreshold;
        }
    }

    private static final List<Protocol> PROTOCOLS = List.of(Protocol.values());

    private final int number;
    private final String jdbcUrl;
    private final ReadBoard board;
    private final SplittableRandom random;
    private final long[] known = new long[KEYS];
    private final long[] knownSinceNanos = new long[KEYS];
    private long lastValue;
    private int readsBeforeWrite;

    /** A session that writes all the time reads from the primary only, and on a fast machine every session would. */
    private long noWriteBeforeNanos = System.nanoTime();

    private volatile boolean stopped;
    private @Nullable Connection connection;

    ReadSession(int number, String jdbcUrl, ReadBoard board, SplittableRandom random) {
        this.number = number;
        this.jdbcUrl = jdbcUrl;
        this.board = board;
        this.random = random;
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
            } else {
                boolean reads = readsBeforeWrite > 0 || System.nanoTime() - noWriteBeforeNanos < 0;
                operate(open, random.nextInt(KEYS), random.nextInt(reads ? READS : 100));
            }
        }
        hangUp();
    }

    private @Nullable Connection connected() {
        if (connection != null) {
            return connection;
        }
        Protocol protocol = PROTOCOLS.get(number % PROTOCOLS.size());
        Properties properties = new Properties();
        properties.setProperty("preferQueryMode", protocol.queryMode);
        properties.setProperty("prepareThreshold", Integer.toString(protocol.prepareThreshold));
        properties.setProperty("connectTimeout", Integer.toString(PATIENCE_SECONDS));
        properties.setProperty("socketTimeout", Integer.toString(PATIENCE_SECONDS));
        properties.setProperty("ApplicationName", "reads-" + number);
        try {
            Connection opened = DriverManager.getConnection(jdbcUrl, properties);
            connection = opened;
            return opened;
        } catch (SQLException e) {
            board.error(ReadKind.CONNECT, number, e);
            return null;
        }
    }

    private void operate(Connection open, int key, int dice) {
        if (dice < READS) {
            readsBeforeWrite--;
        } else {
            // Half of the time another write may follow at once. Some sessions write seldom: a write waits for a
            // primary, and
            // somebody should go on reading meanwhile.
            boolean seldom = number % SELDOM == 0;
            int restful = seldom ? 1 : random.nextInt(2);
            readsBeforeWrite = restful * random.nextInt(MAX_READS_BETWEEN_WRITES);
            noWriteBeforeNanos =
                    System.nanoTime() + restful * random.nextLong(seldom ? LONG_REST_NANOS : MAX_REST_NANOS);
        }
        if (dice < 55) {
            guarded(open, ReadKind.READ, () -> read(open, ReadKind.READ, key));
        } else if (dice < 79) {
            guarded(open, ReadKind.READ_IN_TRANSACTION, () -> readInTransaction(open, key));
        } else if (dice < READS) {
            guarded(open, ReadKind.READ_BY_TOKEN, () -> readByToken(open));
        } else if (dice < 88) {
            write(open, key, WRITE);
        } else if (dice < 91) {
            write(open, key, WRITE_BY_SELECT);
        } else if (dice < 94) {
            writeBatch(open, key);
        } else if (dice < 98) {
            writeInTransaction(open, key, random.nextInt(4) > 0);
        } else {
            guarded(open, ReadKind.WRITE, () -> post(open, key));
        }
    }

    // ---- reads ----

    private void read(Connection open, ReadKind kind, int key) throws SQLException {
        read(open, kind, globalKey(key), known[key], knownSinceNanos[key]);
    }

    private void read(Connection open, ReadKind kind, int globalKey, long expected, long expectedSinceNanos)
            throws SQLException {
        long invoked = System.nanoTime();
        try (PreparedStatement select = open.prepareStatement(READ)) {
            select.setInt(1, globalKey);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                long value = row.getLong(1);
                int place = row.getInt(2);
                board.read(kind, number, place, invoked);
                if (value != expected) {
                    board.odd(new OddRead(
                            kind, number, globalKey, value, expected, System.nanoTime() - expectedSinceNanos, place));
                }
            }
        }
    }

    private void readInTransaction(Connection open, int key) throws SQLException {
        open.setReadOnly(true);
        open.setAutoCommit(false);
        read(open, ReadKind.READ_IN_TRANSACTION, key);
        read(open, ReadKind.READ_IN_TRANSACTION, (key + 1) % KEYS);
        open.commit();
        open.setAutoCommit(true);
        open.setReadOnly(false);
    }

    private void readByToken(Connection open) throws SQLException {
        Posted posted = board.posted(random.nextInt(board.sessions()));
        if (posted == null) {
            return;
        }
        try (Statement statement = open.createStatement()) {
            statement.execute("SET orchestra.token = '" + posted.token() + "'");
        }
        read(open, ReadKind.READ_BY_TOKEN, posted.key(), posted.value(), posted.atNanos());
    }

    // ---- writes ----

    private void write(Connection open, int key, String sql) {
        long value = ++lastValue;
        guardedWrite(open, key, value, () -> {
            try (PreparedStatement insert = open.prepareStatement(sql)) {
                insert.setInt(1, globalKey(key));
                insert.setLong(2, value);
                insert.execute();
            }
        });
    }

    /** Several in one series, which is one transaction. */
    private void writeBatch(Connection open, int key) {
        long first = lastValue + 1;
        lastValue += 3;
        long last = lastValue;
        for (long value = first; value < last; value++) {
            board.log(globalKey(key)).unknown(value);
        }
        guardedWrite(open, key, last, () -> {
            try (PreparedStatement insert = open.prepareStatement(WRITE)) {
                for (long value = first; value <= last; value++) {
                    insert.setInt(1, globalKey(key));
                    insert.setLong(2, value);
                    insert.addBatch();
                }
                insert.executeBatch();
            }
        });
    }

    private void writeInTransaction(Connection open, int key, boolean commits) {
        long value = ++lastValue;
        boolean[] commitSent = {false};
        try {
            open.setAutoCommit(false);
            try (PreparedStatement insert = open.prepareStatement(WRITE)) {
                insert.setInt(1, globalKey(key));
                insert.setLong(2, value);
                insert.execute();
            }
            read(open, ReadKind.READ_IN_WRITING_TRANSACTION, globalKey(key), value, System.nanoTime());
            if (commits) {
                commitSent[0] = true;
                open.commit();
                acknowledged(key, value);
            } else {
                open.rollback();
            }
            open.setAutoCommit(true);
        } catch (SQLException e) {
            if (commitSent[0]) {
                failed(key, value, e);
            }
            afterError(open, ReadKind.WRITE, e);
        }
    }

    private void post(Connection open, int key) throws SQLException {
        try (Statement statement = open.createStatement();
                ResultSet row = statement.executeQuery("SHOW orchestra.token")) {
            row.next();
            board.post(number, new Posted(globalKey(key), known[key], row.getString(1), System.nanoTime()));
        }
    }

    private void acknowledged(int key, long value) {
        board.log(globalKey(key)).acknowledged(value);
        board.wrote();
        known[key] = value;
        knownSinceNanos[key] = System.nanoTime();
    }

    private void failed(int key, long value, SQLException error) {
        if (UNKNOWN.contains(state(error))) {
            board.log(globalKey(key)).unknown(value);
        }
    }

    private int globalKey(int key) {
        return number * KEYS_RESERVED + key;
    }

    // ---- errors ----

    private interface Task {
        void run() throws SQLException;
    }

    private void guarded(Connection open, ReadKind kind, Task task) {
        try {
            task.run();
        } catch (SQLException e) {
            afterError(open, kind, e);
        }
    }

    private void guardedWrite(Connection open, int key, long value, Task task) {
        try {
            task.run();
            acknowledged(key, value);
        } catch (SQLException e) {
            failed(key, value, e);
            afterError(open, ReadKind.WRITE, e);
        }
    }

    /** Goes on with the same connection if there still is one. */
    private void afterError(Connection open, ReadKind kind, SQLException error) {
        board.error(kind, number, error);
        try {
            if (!open.isClosed()) {
                if (!open.getAutoCommit()) {
                    open.rollback();
                }
                open.setAutoCommit(true);
                open.setReadOnly(false);
                return;
            }
        } catch (SQLException e) {
            // Whatever the rollback meets, this connection is not fit to go on with.
            board.error(ReadKind.CONNECT, number, e);
        }
        board.connectionLost();
        hangUp();
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
