package io.pgorchestra.discovery.sql;

import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.NodeObservation;
import io.pgorchestra.discovery.NodeObservation.State;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at one node, over one connection that is kept open between looks. For all threads.
 *
 * <p>Every look is answered within the timeout of the {@link SqlSettings}, if need be with {@link State#UNREACHABLE}: a node that hangs
 * holds up one thread of this probe, never the answer. There is at most one look under way and one waiting for it; whoever asks meanwhile
 * gets the answer of the waiting one, so that an answer is never older than its question.
 */
final class NodeProbe implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(NodeProbe.class);

    private final Node node;
    private final SqlSettings settings;
    private final Executor threads;
    private final LongSupplier nanoTime;

    private @Nullable Look running;
    private @Nullable Look waiting;
    private boolean closed;
    private State lastState = State.UNREACHABLE;
    private String lastTrouble = "";

    // Of the thread of the running look.
    private @Nullable Connection connection;
    private boolean rightsMissedLogged;
    private boolean historyMissedLogged;
    private final NodeReader reader = new NodeReader();

    NodeProbe(Node node, SqlSettings settings, Executor threads, LongSupplier nanoTime) {
        this.node = node;
        this.settings = settings;
        this.threads = threads;
        this.nanoTime = nanoTime;
    }

    Node node() {
        return node;
    }

    /** A look that begins now or later. Never fails; completes on any thread. */
    synchronized CompletableFuture<NodeObservation> look() {
        if (closed) {
            return CompletableFuture.completedFuture(NodeObservation.unreachable(node.name()));
        }
        if (running == null) {
            running = new Look();
            threads.execute(this::run);
            return running.answer;
        }
        if (waiting == null) {
            waiting = new Look();
        }
        return waiting.answer;
    }

    private void run() {
        for (Look look = current(); look != null; look = next()) {
            if (!look.answer.isDone()) {
                observe(look);
            }
        }
    }

    private synchronized @Nullable Look current() {
        return running;
    }

    private synchronized @Nullable Look next() {
        running = waiting;
        waiting = null;
        if (running == null && closed) {
            disconnect();
        }
        return running;
    }

    /** Blocks, but not much longer than the timeout: each connect and each read has one of its own. */
    private void observe(Look look) {
        boolean reused = connection != null;
        try {
            seen(look, read(look));
            return;
        } catch (SQLException | RuntimeException e) {
            disconnect();
            // An old connection may have died long ago, of a restart. That says nothing about now.
            if (!reused || look.remainingMillis() <= 0) {
                failed(look, e);
                return;
            }
        }
        try {
            seen(look, read(look));
        } catch (SQLException | RuntimeException e) {
            disconnect();
            failed(look, e);
        }
    }

    private NodeObservation read(Look look) throws SQLException {
        Connection open = connection;
        if (open == null) {
            open = settings.connect(node);
            connection = open;
        }
        open.setNetworkTimeout(Runnable::run, (int) Math.max(1, look.remainingMillis()));
        return reader.read(open, node.name());
    }

    private void seen(Look look, NodeObservation observation) {
        look.end(observation, "");
        if (reader.missesRights() && !rightsMissedLogged) {
            rightsMissedLogged = true;
            LOG.warn(
                    "probe lacks rights node={} user={} unseen=\"whether and from whom a standby streams\" remedy=\"GRANT pg_monitor TO {}\"",
                    node,
                    settings.user(),
                    settings.user());
        }
        if (reader.missesHistory() && !historyMissedLogged) {
            historyMissedLogged = true;
            LOG.warn(
                    "probe lacks rights node={} user={} unseen=\"which commits a failover may have lost\" remedy=\"GRANT EXECUTE ON FUNCTION pg_read_file(text) TO {}\"",
                    node,
                    settings.user(),
                    settings.user());
        }
    }

    private void failed(Look look, Exception cause) {
        State state = SqlTrouble.isNotAccepting(cause) ? State.NOT_ACCEPTING : State.UNREACHABLE;
        look.end(new NodeObservation(node.name(), state, 0, 0, 0, 0, 0, 0, ""), SqlTrouble.describe(cause));
    }

    private synchronized void note(State state, String trouble) {
        if (state != lastState || !trouble.equals(lastTrouble)) {
            lastState = state;
            lastTrouble = trouble;
            if (trouble.isEmpty()) {
                LOG.info("node seen node={} state={}", node, state);
            } else {
                LOG.warn("node not seen node={} state={} reason=\"{}\"", node, state, trouble);
            }
        }
    }

    /** Why the last look showed nothing; empty if it did show something. For what an operator reads. */
    synchronized String trouble() {
        return lastTrouble;
    }

    private void disconnect() {
        Connection old = connection;
        connection = null;
        if (old != null) {
            try {
                old.close();
            } catch (SQLException e) {
                LOG.debug("close failed node={}", node, e);
            }
        }
    }

    /** The connection goes at once, or when the look that is under way has ended. */
    @Override
    public synchronized void close() {
        closed = true;
        if (running == null) {
            disconnect();
        }
    }

    /** What a look brought, and why it brought nothing. */
    private record Sight(NodeObservation observation, String trouble) {}

    /** One question; answered by its deadline at the latest. */
    private final class Look {
        private final CompletableFuture<Sight> sight = new CompletableFuture<>();
        private final CompletableFuture<NodeObservation> answer = sight.thenApply(seen -> {
            note(seen.observation.state(), seen.trouble);
            return seen.observation;
        });
        private final long deadlineNanos =
                nanoTime.getAsLong() + settings.timeout().toNanos();

        private Look() {
            long millis = settings.timeout().toMillis();
            Sight none = new Sight(NodeObservation.unreachable(node.name()), "no answer within " + millis + " ms");
            sight.completeOnTimeout(none, millis, TimeUnit.MILLISECONDS);
        }

        private void end(NodeObservation observation, String trouble) {
            sight.complete(new Sight(observation, trouble));
        }

        private long remainingMillis() {
            return TimeUnit.NANOSECONDS.toMillis(deadlineNanos - nanoTime.getAsLong());
        }
    }
}
