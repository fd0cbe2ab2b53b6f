package io.pgorchestra.discovery.sql;

import io.pgorchestra.discovery.Node;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What can be done to a node by SQL, as a superuser. For all threads.
 *
 * <p>Every action ends within its timeout, may be repeated, and fails with a text for an operator. None terminates a backend or cancels a
 * query: that would make a commit visible that waits for its standbys.
 */
public final class SqlNodeControl implements AutoCloseable {

    /** Long enough for a busy node to log us in and reload. */
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(SqlNodeControl.class);

    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final SqlSettings settings;
    private final ExecutorService threads;

    /** The timeout of {@code settings} is that of an action. */
    public SqlNodeControl(SqlSettings settings) {
        this.settings = settings;
        threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "orchestra-control");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Done when it is, or when it takes longer than an action may; the server goes on with it then. */
    public CompletableFuture<Void> checkpoint(Node primary) {
        return act("checkpoint", primary, connection -> run(connection, "CHECKPOINT"));
    }

    /** Ends recovery, or rather begins to; done when the server has been told. A node that is a primary already is left alone. */
    public CompletableFuture<Void> promote(Node standby) {
        return act("promote", standby, connection -> {
            if (isTrue(connection, "SELECT pg_is_in_recovery()")) {
                forgetReadOnly(connection, standby);
                run(connection, "SELECT pg_promote(false)");
            }
        });
    }

    /** A primary that was made read-only once may have become a standby since; as primary it shall take writes again. */
    private static void forgetReadOnly(Connection connection, Node node) throws SQLException {
        boolean readOnly = isTrue(
                connection,
                "SELECT count(*) > 0 FROM pg_file_settings WHERE name = 'default_transaction_read_only'"
                        + " AND setting = 'on' AND sourcefile LIKE '%postgresql.auto.conf'");
        if (readOnly) {
            LOG.info("read-only taken back node={}", node);
            run(connection, "ALTER SYSTEM RESET default_transaction_read_only");
            run(connection, "SELECT pg_reload_conf()");
        }
    }

    /**
     * Lets a standby stream from this primary. User, password and all else stay as they are in its {@code primary_conninfo}; where nothing is
     * set, our own login is used, and the node's name as {@code application_name}.
     */
    public CompletableFuture<Void> repoint(Node standby, Node primary) {
        return act("repoint", standby, connection -> {
            Conninfo conninfo = Conninfo.parse(text(connection, "SHOW primary_conninfo"));
            String before = conninfo.text();
            conninfo.remove("hostaddr");
            conninfo.set("host", primary.host());
            conninfo.set("port", Integer.toString(primary.port()));
            if (conninfo.get("user").isEmpty()) {
                conninfo.set("user", settings.user());
                conninfo.set("password", settings.password());
            }
            conninfo.setIfAbsent("application_name", standby.name());
            if (!conninfo.text().equals(before)) {
                run(connection, "ALTER SYSTEM SET primary_conninfo = " + literal(conninfo.text()));
                run(connection, "SELECT pg_reload_conf()");
            }
        });
    }

    /**
     * Sets {@code synchronous_standby_names} to {@code ANY quorum (names)}, or to nothing if there are no names; done when sessions and
     * walsenders follow it; on a standby, when it is set. The checkpointer, which switches waiting on and off as a whole, was told at the same time, and cannot be asked.
     */
    public CompletableFuture<Void> setSynchronousStandbys(Node node, List<String> names, int quorum) {
        if (quorum < (names.isEmpty() ? 0 : 1) || quorum > names.size()) {
            throw new IllegalArgumentException("quorum: " + quorum + " (expected: 1 to the number of " + names + ")");
        }
        String wanted = names.isEmpty()
                ? ""
                : "ANY " + quorum + " ("
                        + names.stream().map(SqlNodeControl::quoted).collect(Collectors.joining(", ")) + ")";
        return act("set synchronous standbys", node, connection -> {
            if (!text(connection, "SHOW synchronous_standby_names").equals(wanted)) {
                run(connection, "ALTER SYSTEM SET synchronous_standby_names = " + literal(wanted));
                run(connection, "SELECT pg_reload_conf()");
            }
            awaitInForce(connection, wanted, names);
        });
    }

    private void awaitInForce(Connection connection, String wanted, List<String> names) throws SQLException {
        // Walsenders of a standby give nobody a priority, whatever is set.
        String followed = "SELECT pg_is_in_recovery() OR NOT EXISTS"
                + " (SELECT FROM pg_stat_replication WHERE (sync_priority > 0) <> (application_name = ANY (ARRAY["
                + names.stream().map(SqlNodeControl::literal).collect(Collectors.joining(", ")) + "]::text[])))";
        long deadline = System.nanoTime() + settings.timeout().toNanos();
        while (!text(connection, "SHOW synchronous_standby_names").equals(wanted) || !isTrue(connection, followed)) {
            if (System.nanoTime() - deadline > 0) {
                throw new SQLException("synchronous_standby_names was set, but is not followed yet", "57014");
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /** New transactions are read-only unless they say otherwise. What runs goes on. */
    public CompletableFuture<Void> makeReadOnly(Node stale) {
        return act("make read-only", stale, connection -> {
            run(connection, "ALTER SYSTEM SET default_transaction_read_only = on");
            run(connection, "SELECT pg_reload_conf()");
        });
    }

    /** Something done on a connection. */
    private interface Action {
        void on(Connection connection) throws SQLException;
    }

    private CompletableFuture<Void> act(String what, Node node, Action action) {
        return CompletableFuture.runAsync(
                        () -> {
                            try (Connection connection = settings.connect(node)) {
                                action.on(connection);
                                LOG.info("{} done node={}", what, node);
                            } catch (SQLException | IllegalArgumentException e) {
                                throw new CompletionException(new NodeControlException(what, node, e));
                            }
                        },
                        threads)
                .orTimeout(settings.timeout().toMillis(), TimeUnit.MILLISECONDS)
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(explain(what, node, failure)));
    }

    private static NodeControlException explain(String what, Node node, Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        NodeControlException explained =
                cause instanceof NodeControlException known ? known : new NodeControlException(what, node, failure);
        LOG.warn("{} failed node={} reason=\"{}\"", what, node, explained.getMessage());
        return explained;
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static boolean isTrue(Connection connection, String sql) throws SQLException {
        return text(connection, sql).equals("t");
    }

    private static String text(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? String.valueOf(row.getString(1)) : "";
        }
    }

    /** ALTER SYSTEM takes no parameters. */
    private static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    private static String quoted(String name) {
        return "\"" + name.replace("\"", "\"\"") + "\"";
    }

    @Override
    public void close() {
        threads.shutdown();
    }
}
