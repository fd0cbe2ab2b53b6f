package io.pgorchestra.lab.reads;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.pgorchestra.lab.Poll;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Spring's {@code @Transactional(readOnly = true)} comes to: a connection pool, and transactions that set it, beside ones that write. */
@Timeout(120)
class PooledReadsIT {

    private static final int WORKERS = 6;
    private static final int ROUNDS = 5;

    @AutoClose
    private static ReadsUnderTest reads;

    @BeforeAll
    static void start() throws SQLException {
        reads = ReadsUnderTest.start();
    }

    @ParameterizedTest
    @ValueSource(strings = {"transaction", "always"})
    void readOnlyTransactions_runOnStandbys_andWritingOnesOnThePrimary(String readOnlyMode) throws Exception {
        reads.cluster().node("pg1").ask("TRUNCATE t");
        try (HikariDataSource pool = pool(readOnlyMode)) {
            Poll.until(
                    ReadsUnderTest.PATIENCE,
                    () -> placeOfReadOnlyTransaction(pool).equals("t"),
                    () -> "no read-only transaction on a standby");
            long before = reads.counted("routed_to_standby", "begin_read_only");

            inParallel(worker -> {
                for (int i = 0; i < ROUNDS; i++) {
                    assertEquals("f", write(pool, worker * ROUNDS + i), "a writing transaction, in recovery");
                    // Until the proxy knows how far a standby must be, the primary answers.
                    Poll.until(
                            ReadsUnderTest.PATIENCE,
                            () -> placeOfReadOnlyTransaction(pool).equals("t"),
                            () -> "no read-only transaction on a standby");
                }
            });

            assertEquals(
                    String.valueOf(WORKERS * ROUNDS),
                    reads.cluster().node("pg1").ask("SELECT count(*) FROM t"));
            long counted = reads.counted("routed_to_standby", "begin_read_only") - before;
            assertTrue(counted >= WORKERS * ROUNDS, counted + " read-only transactions on standbys");
        }
    }

    /** One connection, so that it is one session that writes and reads. */
    @ParameterizedTest
    @ValueSource(strings = {"transaction", "always"})
    void readOnlyTransaction_seesWhatTheConnectionHasWritten(String readOnlyMode) throws Exception {
        reads.cluster().node("pg1").ask("TRUNCATE t");
        try (HikariDataSource pool = pool(readOnlyMode)) {
            pool.setMaximumPoolSize(1);
            for (int id = 0; id < 100; id++) {
                write(pool, id);
                try (Connection connection = pool.getConnection()) {
                    connection.setReadOnly(true);
                    connection.setAutoCommit(false);
                    assertEquals(String.valueOf(id + 1), ReadsUnderTest.answer(connection, "SELECT count(*) FROM t"));
                    connection.commit();
                }
            }
        }
    }

    /** What was read-only once must not be when it comes out of the pool again. */
    @ParameterizedTest
    @ValueSource(strings = {"transaction", "always"})
    void autocommitConnection_mayWriteAfterAReadOnlyOne(String readOnlyMode) throws Exception {
        reads.cluster().node("pg1").ask("TRUNCATE t");
        try (HikariDataSource pool = pool(readOnlyMode)) {
            pool.setMaximumPoolSize(1);
            for (int id = 0; id < 20; id++) {
                placeOfReadOnlyTransaction(pool);
                try (Connection connection = pool.getConnection()) {
                    assertEquals("", ReadsUnderTest.answer(connection, "INSERT INTO t VALUES (" + id + ", 'x')"));
                    assertEquals(String.valueOf(id + 1), ReadsUnderTest.answer(connection, "SELECT count(*) FROM t"));
                }
            }
        }
    }

    private static HikariDataSource pool(String readOnlyMode) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(reads.jdbcUrl("readOnlyMode=" + readOnlyMode));
        config.setMaximumPoolSize(WORKERS);
        config.setConnectionTimeout(20_000);
        return new HikariDataSource(config);
    }

    /** What {@code pg_is_in_recovery()} says inside a writing transaction. */
    private static String write(HikariDataSource pool, int id) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t VALUES (?, 'x')")) {
                insert.setInt(1, id);
                insert.execute();
            }
            String recovery = ReadsUnderTest.answer(connection, "SELECT pg_is_in_recovery()");
            connection.commit();
            return recovery;
        }
    }

    /** The same inside a read-only one. */
    private static String placeOfReadOnlyTransaction(HikariDataSource pool) {
        try (Connection connection = pool.getConnection()) {
            connection.setReadOnly(true);
            connection.setAutoCommit(false);
            String recovery;
            try (PreparedStatement select = connection.prepareStatement("SELECT pg_is_in_recovery(), count(*) FROM t");
                    ResultSet row = select.executeQuery()) {
                row.next();
                recovery = row.getString(1);
            }
            connection.commit();
            return recovery;
        } catch (SQLException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    private interface Work {
        void by(int worker) throws SQLException;
    }

    private static void inParallel(Work work) throws Exception {
        ExecutorService workers = Executors.newFixedThreadPool(WORKERS);
        try {
            List<CompletableFuture<Void>> all = new ArrayList<>();
            for (int worker = 0; worker < WORKERS; worker++) {
                int number = worker;
                all.add(CompletableFuture.runAsync(
                        () -> {
                            try {
                                work.by(number);
                            } catch (SQLException e) {
                                throw new IllegalStateException(e.getMessage(), e);
                            }
                        },
                        workers));
            }
            CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get(90, TimeUnit.SECONDS);
        } finally {
            workers.shutdownNow();
        }
    }
}
