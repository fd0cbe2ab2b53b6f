package io.pgorchestra.proxy;

import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.sql.SqlSettings;
import io.pgorchestra.proxy.catalog.CurrentFunctions;
import io.pgorchestra.proxy.catalog.FunctionCatalog;
import io.pgorchestra.proxy.config.ClusterConfig;
import io.pgorchestra.proxy.statement.SchemaVersion;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what is known of functions as new as the catalogs: asks the primary about each database in use when its schema was changed
 * through this proxy, and now and then because it may have been changed elsewhere. On a thread of its own, and only while somebody reads from standbys.
 */
final class FunctionWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(FunctionWatch.class);

    private static final Duration LOOK_EVERY = Duration.ofMillis(200);
    private static final long ASK_EVERY_NANOS = Duration.ofSeconds(10).toNanos();
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final Cluster cluster;
    private final Pools pools;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread watch = new Thread(task, "orchestra-functions");
        watch.setDaemon(true);
        return watch;
    });
    private final Map<String, Watched> watched = new HashMap<>();

    /** One database. Bound to the thread. */
    private static final class Watched {
        private @Nullable Connection connection;
        private @Nullable Node node;
        private String mark = "";
        private long askedNanos;
        private long schema;
        private boolean complained;
    }

    FunctionWatch(Cluster cluster, Pools pools) {
        this.cluster = cluster;
        this.pools = pools;
    }

    void start() {
        Future<?> unused = thread.scheduleWithFixedDelay(
                this::look, LOOK_EVERY.toMillis(), LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look() {
        Node primary = cluster.route().route().primary();
        if (primary == null || !cluster.standbys().inUse()) {
            return;
        }
        pools.functions().forEach((database, functions) -> {
            Watched state = watched.computeIfAbsent(database, missing -> new Watched());
            SchemaVersion schema = pools.schemaVersion(cluster.route(), database);
            long version = schema.get();
            boolean due = state.askedNanos == 0 || System.nanoTime() - state.askedNanos > ASK_EVERY_NANOS;
            if (due || version != state.schema || !primary.equals(state.node)) {
                state.askedNanos = System.nanoTime();
                state.schema = version;
                ask(primary, database, functions, state);
            }
        });
    }

    private void ask(Node primary, String database, CurrentFunctions functions, Watched state) {
        try {
            Connection connection = connection(primary, database, state);
            String mark = FunctionCatalog.mark(connection);
            if (!mark.equals(state.mark)) {
                functions.set(FunctionCatalog.load(connection));
                state.mark = mark;
                LOG.info("functions read database={}", database);
            }
            state.complained = false;
        } catch (SQLException | RuntimeException e) {
            disconnect(state);
            if (!state.complained) {
                state.complained = true;
                LOG.warn(
                        "functions not read database={} node={} cause=\"{}\" effect=\"statements that call others than the built-in ones go to the primary\"",
                        database,
                        primary,
                        e.getMessage());
            }
        }
    }

    private Connection connection(Node primary, String database, Watched state) throws SQLException {
        Connection present = state.connection;
        if (present != null && primary.equals(state.node)) {
            return present;
        }
        disconnect(state);
        ClusterConfig config = cluster.config();
        Connection opened = SqlSettings.of(config.probeUser(), config.probePassword(), database)
                .withTimeout(TIMEOUT)
                .connect(primary);
        state.connection = opened;
        state.node = primary;
        return opened;
    }

    private static void disconnect(Watched state) {
        Connection old = state.connection;
        state.connection = null;
        if (old != null) {
            try {
                old.close();
            } catch (SQLException e) {
                LOG.debug("close failed", e);
            }
        }
    }

    @Override
    public void close() {
        thread.execute(() -> watched.values().forEach(FunctionWatch::disconnect));
        thread.shutdown();
    }
}
