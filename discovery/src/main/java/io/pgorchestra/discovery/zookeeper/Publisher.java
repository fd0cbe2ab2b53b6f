package io.pgorchestra.discovery.zookeeper;

import io.pgorchestra.discovery.AuthorityException;
import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.NodeObservation;
import io.pgorchestra.discovery.NodeObservation.State;
import io.pgorchestra.discovery.PrimaryRecord;
import io.pgorchestra.discovery.sql.NodeProbes;
import io.pgorchestra.discovery.sql.SqlSettings;
import io.pgorchestra.discovery.zookeeper.PrimaryZnode.Versioned;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes a primary in our znode on behalf of a failover tool, after having looked at the node itself. May be repeated at will. Blocks.
 */
public final class Publisher {

    private static final Logger LOG = LoggerFactory.getLogger(Publisher.class);

    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long MAX_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final ZookeeperSettings zookeeper;
    private final SqlSettings sql;

    public Publisher(ZookeeperSettings zookeeper, SqlSettings sql) {
        this.zookeeper = zookeeper;
        this.sql = sql;
    }

    /**
     * What is published now.
     *
     * @param changed false if it was published already
     */
    public record Outcome(PrimaryRecord record, boolean changed) {}

    /** Why an attempt did not succeed; another may. */
    private static final class NotYet extends Exception {
        private static final long serialVersionUID = 1L;

        private NotYet(String text) {
            super(text);
        }
    }

    /** Returns when it is published; else fails at once if it must not be, or when patience ends. */
    public Outcome publish(Publication what) throws PublishException {
        long deadline = System.nanoTime() + what.patience().toNanos();
        long pause = FIRST_PAUSE_NANOS;
        try (ZookeeperSession session = new ZookeeperSession(zookeeper);
                NodeProbes probes = new NodeProbes(List.of(what.node()), sql, System::nanoTime)) {
            PrimaryZnode znode = new PrimaryZnode(session);
            while (true) {
                try {
                    return attempt(znode, probes, what);
                } catch (NotYet e) {
                    LOG.info("not published yet node={} reason=\"{}\"", what.node(), e.getMessage());
                    if (System.nanoTime() + pause - deadline >= 0) {
                        throw new PublishException(
                                "not published in " + what.patience().toSeconds() + " s: " + e.getMessage());
                    }
                }
                LockSupport.parkNanos(pause);
                pause = Math.min(2 * pause, MAX_PAUSE_NANOS);
            }
        }
    }

    private static Outcome attempt(PrimaryZnode znode, NodeProbes probes, Publication what)
            throws NotYet, PublishException {
        NodeObservation seen = look(probes, what.node());
        try {
            Versioned present = znode.readLatest().join();
            PrimaryRecord next = PublishVerdict.next(present.present(), what.node(), seen, what.force());
            if (next.equals(present.present())) {
                return new Outcome(next, false);
            }
            if (znode.replace(present, next).join()) {
                LOG.info("published node={} epoch={} timeline={}", what.node(), next.epoch(), next.timeline());
                return new Outcome(next, true);
            }
            throw new NotYet("somebody else has published meanwhile");
        } catch (CompletionException e) {
            throw retryable(e);
        }
    }

    private static NotYet retryable(CompletionException failure) throws PublishException {
        if (!(failure.getCause() instanceof AuthorityException cause)) {
            throw failure;
        }
        return new NotYet(String.valueOf(cause.getMessage()));
    }

    private static NodeObservation look(NodeProbes probes, Node node) throws NotYet {
        NodeObservation seen = probes.lookNow().join().get(0);
        if (seen.state() == State.PRIMARY) {
            return seen;
        }
        String trouble = probes.trouble(node.name());
        throw new NotYet(
                node + " is " + seen.state() + " (expected: PRIMARY)" + (trouble.isEmpty() ? "" : ": " + trouble));
    }
}
