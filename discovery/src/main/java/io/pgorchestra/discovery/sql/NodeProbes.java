package io.pgorchestra.discovery.sql;

import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.NodeObservation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at all nodes of a cluster, every second or more often, and remembers what it saw last. For all threads.
 *
 * <p>Each node has a probe with a thread of its own while it is looked at; none waits for another.
 */
public final class NodeProbes implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(NodeProbes.class);

    private static final Duration CALM = Duration.ofSeconds(1);

    /** Hears of every look. */
    @FunctionalInterface
    public interface Listener {

        /**
         * A look has ended. On any thread; it must return at once.
         *
         * @param askedNanos when it began
         */
        void seen(Node node, NodeObservation observation, long askedNanos);
    }

    private final SqlSettings settings;
    private final LongSupplier nanoTime;
    private final ExecutorService threads = Executors.newCachedThreadPool(daemons("orchestra-probe"));
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(daemons("orchestra-probe-timer"));
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();

    private final Map<Node, Watched> watched = new LinkedHashMap<>();
    /** Looked at when somebody asks, and not otherwise. */
    private final Map<Node, NodeProbe> strangers = new HashMap<>();

    private Duration pause = CALM;
    private boolean started;
    private boolean closed;
    private @Nullable ScheduledFuture<?> nextTick;

    /**
     * Looks at nobody until {@link #start}, {@link #lookNow} or both.
     *
     * @param nanoTime {@code System::nanoTime}
     */
    public NodeProbes(List<Node> nodes, SqlSettings settings, LongSupplier nanoTime) {
        this.settings = settings;
        this.nanoTime = nanoTime;
        watch(nodes);
    }

    /** From now on these are the nodes. Those that were known keep their connections and what was seen of them. */
    public synchronized void watch(List<Node> nodes) {
        if (closed) {
            return;
        }
        watched.entrySet().removeIf(entry -> {
            boolean gone = !nodes.contains(entry.getKey());
            if (gone) {
                entry.getValue().probe.close();
            }
            return gone;
        });
        nodes.forEach(this::watched);
        strangers.values().forEach(NodeProbe::close);
        strangers.clear();
    }

    /** Begins to look by itself, now and every second. */
    public synchronized void start() {
        if (!started && !closed) {
            started = true;
            timer.execute(this::tick);
        }
    }

    /** Looks at least so often from now on. */
    public synchronized void atLeastEvery(Duration wanted) {
        if (wanted.compareTo(pause) >= 0) {
            return;
        }
        pause = wanted;
        if (nextTick != null && nextTick.cancel(false)) {
            timer.execute(this::tick);
        }
    }

    private void tick() {
        CompletableFuture<List<NodeObservation>> unused = lookNow();
        synchronized (this) {
            if (!closed) {
                nextTick = timer.schedule(this::tick, pause.toMillis(), TimeUnit.MILLISECONDS);
            }
        }
    }

    /** Looks at all nodes at once. Never fails, and ends within the timeout of a look; the age of what it answers is 0. */
    public CompletableFuture<List<NodeObservation>> lookNow() {
        return look(present());
    }

    /** Looks at these nodes at once, one observation for each, in this order; otherwise as {@link #lookNow()}. A new node is watched from then on. */
    public CompletableFuture<List<NodeObservation>> lookNow(List<Node> nodes) {
        return look(nodes.stream().map(this::watched).toList());
    }

    /** The same, but a node that is not watched stays so, and nobody hears of it but the caller. */
    public CompletableFuture<List<NodeObservation>> peek(List<Node> nodes) {
        List<CompletableFuture<NodeObservation>> looks =
                nodes.stream().map(this::peek).toList();
        return CompletableFuture.allOf(looks.toArray(CompletableFuture[]::new))
                .thenApply(done -> looks.stream().map(CompletableFuture::join).toList());
    }

    private CompletableFuture<NodeObservation> peek(Node node) {
        NodeProbe stranger;
        synchronized (this) {
            Watched known = watched.get(node);
            if (known != null) {
                return look(List.of(known)).thenApply(seen -> seen.get(0));
            }
            if (closed) {
                return CompletableFuture.completedFuture(NodeObservation.unreachable(node.name()));
            }
            stranger = strangers.computeIfAbsent(node, added -> new NodeProbe(added, settings, threads, nanoTime));
        }
        return stranger.look();
    }

    private CompletableFuture<List<NodeObservation>> look(List<Watched> nodes) {
        List<CompletableFuture<NodeObservation>> looks = new ArrayList<>();
        for (Watched each : nodes) {
            long askedNanos = nanoTime.getAsLong();
            looks.add(each.probe.look().thenApply(seen -> {
                each.remember(seen, askedNanos);
                tell(each.probe.node(), seen, askedNanos);
                return seen;
            }));
        }
        return CompletableFuture.allOf(looks.toArray(CompletableFuture[]::new))
                .thenApply(done -> looks.stream().map(CompletableFuture::join).toList());
    }

    private synchronized Watched watched(Node node) {
        return watched.computeIfAbsent(
                node, added -> new Watched(new NodeProbe(added, settings, threads, nanoTime), nanoTime.getAsLong()));
    }

    private void tell(Node node, NodeObservation seen, long askedNanos) {
        for (Listener listener : listeners) {
            try {
                listener.seen(node, seen, askedNanos);
            } catch (RuntimeException e) {
                LOG.error("listener failed node={}", seen.node(), e);
            }
        }
    }

    /** Calls {@code listener} after every look at every node. */
    public void onLook(Listener listener) {
        listeners.add(listener);
    }

    /** What was last seen of every node, with its age. */
    public List<NodeObservation> latest() {
        long now = nanoTime.getAsLong();
        return present().stream().map(each -> each.latest(now)).toList();
    }

    /** Why nothing was seen of this node at the last look; empty if something was, or if there is no such node. */
    public String trouble(String node) {
        for (Watched each : present()) {
            if (each.probe.node().name().equals(node)) {
                return each.probe.trouble();
            }
        }
        return "";
    }

    public List<Node> nodes() {
        return present().stream().map(each -> each.probe.node()).toList();
    }

    private synchronized List<Watched> present() {
        return List.copyOf(watched.values());
    }

    /** Ends the connections; looks that are under way are answered within their timeout. */
    @Override
    public synchronized void close() {
        closed = true;
        timer.shutdownNow();
        watched.values().forEach(each -> each.probe.close());
        strangers.values().forEach(NodeProbe::close);
        threads.shutdown();
    }

    private static ThreadFactory daemons(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    /** A node, and what was last seen of it. Looks may end in another order than they began; the one asked last counts. */
    private static final class Watched {
        private final NodeProbe probe;
        private NodeObservation seen;
        private long askedNanos;

        private Watched(NodeProbe probe, long nowNanos) {
            this.probe = probe;
            this.seen = NodeObservation.unreachable(probe.node().name());
            this.askedNanos = nowNanos;
        }

        private synchronized void remember(NodeObservation observation, long asked) {
            if (asked - askedNanos >= 0) {
                seen = observation;
                askedNanos = asked;
            }
        }

        private synchronized NodeObservation latest(long nowNanos) {
            return new NodeObservation(
                    seen.node(),
                    seen.state(),
                    TimeUnit.NANOSECONDS.toMillis(nowNanos - askedNanos),
                    seen.systemIdentifier(),
                    seen.timeline(),
                    seen.lsn(),
                    seen.replayedLsn(),
                    seen.postmasterStartMicros(),
                    seen.upstream(),
                    seen.history());
        }
    }
}
