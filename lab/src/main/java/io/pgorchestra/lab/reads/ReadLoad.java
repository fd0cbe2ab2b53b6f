package io.pgorchestra.lab.reads;

import io.pgorchestra.lab.LabException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** Sessions that write and read their own keys, until they are stopped. */
public final class ReadLoad implements AutoCloseable {

    static final String TABLE = "orchestra_reads";

    /** STABLE, so that it may run on a standby: its port, and negative if that is none. */
    public static final String PLACE = "orchestra_lab_place()";

    /** VOLATILE: a SELECT that writes. */
    static final String WRITE_FUNCTION = "orchestra_lab_write";

    private final ReadBoard board;
    private final List<ReadSession> sessions = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    private ReadLoad(ReadBoard board) {
        this.board = board;
    }

    /** Makes the table and the functions that sessions use. */
    public static void prepare(Connection primary) throws SQLException {
        try (Statement statement = primary.createStatement()) {
            statement.execute("DROP TABLE IF EXISTS " + TABLE);
            statement.execute("CREATE TABLE " + TABLE + " (key int, value bigint, PRIMARY KEY (key, value))");
            statement.execute("CREATE OR REPLACE FUNCTION " + PLACE + " RETURNS int STABLE LANGUAGE sql AS"
                    + " 'SELECT CASE WHEN pg_is_in_recovery() THEN 1 ELSE -1 END * inet_server_port()'");
            statement.execute("CREATE OR REPLACE FUNCTION " + WRITE_FUNCTION + "(int, bigint) RETURNS void VOLATILE"
                    + " LANGUAGE sql AS 'INSERT INTO " + TABLE + " VALUES ($1, $2)'");
        }
    }

    /**
     * Sets sessions going; {@link #prepare} has been called.
     *
     * @param jdbcUrls of the proxies, which sessions take in turn
     * @param seed of what each does
     */
    public static ReadLoad start(List<String> jdbcUrls, int sessions, long seed) {
        ReadLoad load = new ReadLoad(new ReadBoard(sessions));
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < sessions; i++) {
            ReadSession session = new ReadSession(i, jdbcUrls.get(i % jdbcUrls.size()), load.board, random.split());
            Thread thread = new Thread(session, "reads-" + i);
            thread.setDaemon(true);
            load.sessions.add(session);
            load.threads.add(thread);
        }
        load.threads.forEach(Thread::start);
        return load;
    }

    /** How many reads have been answered so far. */
    public long reads() {
        return board.reads();
    }

    /** How many of them by standbys. */
    public long readsOnStandbys() {
        return board.readsOnStandbys();
    }

    /** How many have shown less than their session knew to be written. */
    public long readsBehind() {
        return board.readsBehind();
    }

    /** Lets every session finish what it does. */
    public void stop() {
        sessions.forEach(ReadSession::stop);
        for (Thread thread : threads) {
            try {
                thread.join(TimeUnit.SECONDS.toMillis(ReadSession.PATIENCE_SECONDS + 5));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
            if (thread.isAlive()) {
                throw new LabException(thread.getName() + " does not end, though its patience is over.");
            }
        }
    }

    /** Stops, and answers all that the sessions saw, together with what the surviving primary holds. */
    public ReadHistory end(Connection primary) throws SQLException {
        stop();
        Map<Integer, Set<Long>> stored = new HashMap<>();
        try (Statement statement = primary.createStatement();
                ResultSet rows = statement.executeQuery("SELECT key, value FROM " + TABLE)) {
            while (rows.next()) {
                stored.computeIfAbsent(rows.getInt(1), key -> new HashSet<>()).add(rows.getLong(2));
            }
        }
        return board.history(stored);
    }

    @Override
    public void close() {
        stop();
    }
}
