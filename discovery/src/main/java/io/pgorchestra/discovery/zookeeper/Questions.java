package io.pgorchestra.discovery.zookeeper;

import io.pgorchestra.discovery.AuthorityException;
import io.pgorchestra.discovery.Confirmation;
import io.pgorchestra.discovery.ProxyReport;
import io.pgorchestra.discovery.View;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks ZooKeeper who is primary, linearizably: writes this process's report, reads the view, then reads the others, all on one session and
 * in that order. One question at a time.
 */
final class Questions {

    private static final Logger LOG = LoggerFactory.getLogger(Questions.class);

    private final ZookeeperSession session;
    private final Presence presence;
    private final Function<Pipeline, CompletableFuture<View>> view;
    private final List<String> watchedPaths;
    private final Watcher watcher;

    private volatile long watchedSession;

    /**
     * @param proxies the znode above those of the processes
     * @param view sends the requests for the view
     * @param watchedPaths whose changes, and whose children's coming and going, are hints
     */
    Questions(
            ZookeeperSession session,
            String proxies,
            Function<Pipeline, CompletableFuture<View>> view,
            List<String> watchedPaths) {
        this.session = session;
        this.presence = new Presence(session, proxies);
        this.view = view;
        this.watchedPaths = watchedPaths;
        this.watcher = event -> {
            if (event.getType() != Watcher.Event.EventType.None) {
                session.hint();
            }
        };
    }

    CompletableFuture<Confirmation> ask(ProxyReport mine) {
        Pipeline pipeline;
        try {
            pipeline = new Pipeline(session.handle());
            requireLongSession(pipeline.handle(), mine);
        } catch (AuthorityException e) {
            return CompletableFuture.failedFuture(e);
        }
        return prepare(pipeline, mine)
                .thenCompose(ready -> send(pipeline, mine))
                .exceptionallyCompose(failure -> isForgotten(failure)
                        ? presence.register(pipeline, mine).thenCompose(ready -> send(pipeline, mine))
                        : CompletableFuture.failedFuture(failure))
                .thenApply(answer -> {
                    if (!session.isCurrent(pipeline.handle())) {
                        throw new AuthorityException("the connection with ZooKeeper ended as the answer came");
                    }
                    return answer;
                })
                .orTimeout(session.settings().askTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(session.explain(failure)));
    }

    private void requireLongSession(ZooKeeper handle, ProxyReport mine) {
        int granted = handle.getSessionTimeout();
        // As much longer as two clocks may differ, by 1 % each.
        if (granted * 98L <= mine.leaseMillis() * 100L) {
            throw new AuthorityException("ZooKeeper grants sessions of " + granted
                    + " ms (expected: more than the lease of " + mine.leaseMillis()
                    + " ms). Raise its maxSessionTimeout, or our session timeout, or shorten the lease.");
        }
    }

    private CompletableFuture<Void> prepare(Pipeline pipeline, ProxyReport mine) {
        if (presence.isRegistered(pipeline)) {
            return CompletableFuture.completedFuture(null);
        }
        return presence.register(pipeline, mine).thenRun(() -> watch(pipeline));
    }

    /** Without watches nothing is wrong, only later. So nobody waits for them. */
    private void watch(Pipeline pipeline) {
        long id = pipeline.handle().getSessionId();
        if (watchedSession == id) {
            return;
        }
        watchedSession = id;
        for (String path : watchedPaths) {
            CompletableFuture<Void> unused = pipeline.watch(path, watcher).exceptionally(failure -> {
                LOG.warn(
                        "cannot watch path={} reason=\"{}\"",
                        path,
                        Futures.cause(failure).getMessage());
                return null;
            });
        }
    }

    private CompletableFuture<Confirmation> send(Pipeline pipeline, ProxyReport mine) {
        CompletableFuture<Void> written = presence.write(pipeline, mine);
        CompletableFuture<View> seen = view.apply(pipeline);
        CompletableFuture<List<ProxyReport>> peers = presence.others(pipeline, mine);
        return written.thenCombine(seen.thenCombine(peers, Confirmation::new), (done, answer) -> answer);
    }

    /** Whether our own znode is gone, or is not as we left it. */
    private static boolean isForgotten(Throwable failure) {
        return Futures.isCode(failure, Code.NONODE) || Futures.isCode(failure, Code.BADVERSION);
    }
}
