package io.pgorchestra.discovery;

import java.util.concurrent.CompletionStage;

/**
 * Who says which node is the primary, and under which epoch: a znode of ours, Patroni, or the nodes themselves. For all threads.
 *
 * <p>There is one question, and it is answered linearizably: the answer reflects everything that the authority had agreed upon before the
 * question was sent. So whoever asks may count a lease from the moment of asking. ZooKeeper's reads are not enough for that, nor is its
 * {@code sync}: it takes an acknowledged write and a read behind it on one session.
 */
public interface Authority extends AutoCloseable {

    /**
     * Tells the others about this process and asks who is primary. One question at a time. Completes exceptionally, with a text for an
     * operator, if there is no answer in time; never later than the session with the authority ends.
     *
     * <p>The peers are read not before the view: one that may still act on an older view must be among them. And as long as the last answer
     * is younger than the lease, an implementation does not give up its session, for then this process would no longer be among the
     * peers of others: the session's timeout, as granted, is longer than the lease.
     */
    CompletionStage<Confirmation> confirm(ProxyReport mine);

    /**
     * This process has accepted an epoch. An authority that has no timelines of its own keeps it for processes that start with nothing, as
     * {@link View#leastTimeline}; sooner or later, and the latest at least.
     */
    default void remember(Epoch epoch) {}

    /**
     * Calls {@code hint} whenever something may have changed, so that a question is worth asking now. A hint carries no facts, may come for
     * nothing, may be missed, and comes on any thread.
     */
    void onHint(Runnable hint);

    /** Ends the session: this process is no longer among the peers of others. Only for one that has stopped sending writes. */
    @Override
    void close();
}
