package io.pgorchestra.proxy;

import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.sql.SqlSettings;
import io.pgorchestra.proxy.catalog.CurrentFunctions;
import io.pgorchestra.proxy.catalog.FunctionReader;
import io.pgorchestra.proxy.config.ClusterConfig;
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
    /** DROP DATABASE waits five seconds for others to leave it. */
    private static final long LINGER_NANOS = Duration.ofSeconds(1).toNanos();

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
        private final FunctionReader reader;
        private @Nullable Node node;
        private long askedNanos;
        private long schema;
        private String trouble = "";

        private Watched(FunctionReader reader) {
            this.reader = reader;
        }
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
            Watched state = watched.computeIfAbsent(database, missing -> new Watched(reader(database, functions)));
            long version = pools.schemaVersion(cluster.route(), database).get();
            boolean due = state.askedNanos == 0 || System.nanoTime() - state.askedNanos > ASK_EVERY_NANOS;
            if (due || version != state.schema || !primary.equals(state.node)) {
                state.askedNanos = System.nanoTime();
                state.schema = version;
                state.node = primary;
                update(primary, database, state);
            } else if (System.nanoTime() - state.askedNanos > LINGER_NANOS) {
                state.reader.close();
            }
        });
    }

    private FunctionReader reader(String database, CurrentFunctions functions) {
        ClusterConfig config = cluster.config();
        return new FunctionReader(
                SqlSettings.of(config.probeUser(), config.probePassword(), database)
                        .withTimeout(TIMEOUT),
                functions);
    }

    private static void update(Node primary, String database, Watched state) {
        String trouble = state.reader.update(primary);
        if (!trouble.isEmpty() && state.trouble.isEmpty()) {
            LOG.warn(
                    "functions not read database={} node={} cause=\"{}\" effect=\"what calls others than the known ones goes to the primary\"",
                    database,
                    primary,
                    trouble);
        }
        state.trouble = trouble;
    }

    @Override
    public void close() {
        thread.execute(() -> watched.values().forEach(state -> state.reader.close()));
        thread.shutdown();
    }
}
