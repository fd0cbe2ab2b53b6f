package io.pgorchestra.discovery.zookeeper;

import io.pgorchestra.discovery.AuthorityException;
import io.pgorchestra.discovery.ProxyReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This process among the others: an ephemeral znode with its report, beside theirs. One question at a time.
 *
 * <p>Reports are written every second, so nobody watches them, or every write would make everybody write. When a report says something new
 * about tokens, the znode above is written too, and that one is watched.
 */
final class Presence {

    private static final Logger LOG = LoggerFactory.getLogger(Presence.class);

    private static final byte[] NOTHING = {};

    private final ZookeeperSession session;
    private final String path;
    private final ChildrenReader others;

    // Guarded by this: a question that came too late may still end while the next one runs.
    private long registeredSession;
    private int version;
    private @Nullable ProxyReport lastWritten;

    Presence(ZookeeperSession session, String path) {
        this.session = session;
        this.path = path;
        others = new ChildrenReader(path);
    }

    /** Done when this process has its znode in the session of the pipeline. */
    CompletableFuture<Void> register(Pipeline pipeline, ProxyReport mine) {
        String own = own(mine);
        return pipeline.stat(own)
                .thenCompose(stat -> take(pipeline, own, ReportJson.write(mine), stat))
                .thenAccept(stat -> registered(pipeline, stat));
    }

    private CompletableFuture<Stat> take(Pipeline pipeline, String own, byte[] content, @Nullable Stat stat) {
        if (stat == null) {
            return create(pipeline, own, content);
        }
        if (stat.getEphemeralOwner() == pipeline.handle().getSessionId()) {
            return CompletableFuture.completedFuture(stat);
        }
        // Of our last session, which has yet to run out. Replaced in one step, so that nobody misses us.
        return pipeline.multi(
                        own,
                        List.of(
                                Op.delete(own, stat.getVersion()),
                                Op.create(own, content, session.acl(), CreateMode.EPHEMERAL)))
                .thenCompose(done -> pipeline.stat(own))
                .thenApply(fresh -> fresh == null ? new Stat() : fresh);
    }

    private CompletableFuture<Stat> create(Pipeline pipeline, String own, byte[] content) {
        return pipeline.create(own, content, session.acl(), CreateMode.EPHEMERAL)
                .exceptionallyCompose(failure -> Futures.isCode(failure, Code.NONODE)
                        ? Folders.create(pipeline, path, session.acl())
                                .thenCompose(done -> pipeline.create(own, content, session.acl(), CreateMode.EPHEMERAL))
                        : CompletableFuture.failedFuture(failure));
    }

    private synchronized void registered(Pipeline pipeline, Stat stat) {
        registeredSession = pipeline.handle().getSessionId();
        version = stat.getVersion();
        lastWritten = null;
        LOG.debug("registered path={} session={}", path, Long.toHexString(registeredSession));
    }

    synchronized boolean isRegistered(Pipeline pipeline) {
        return registeredSession == pipeline.handle().getSessionId();
    }

    /** The write that makes a question linearizable. Fails if our znode is no longer what we left; then we must register anew. */
    CompletableFuture<Void> write(Pipeline pipeline, ProxyReport mine) {
        int expected;
        boolean news;
        synchronized (this) {
            expected = version;
            news = lastWritten == null || saysMore(lastWritten, mine);
        }
        CompletableFuture<Void> written =
                pipeline.write(own(mine), ReportJson.write(mine), expected).thenAccept(stat -> written(mine, stat));
        if (news) {
            // Whether it succeeds does not matter: the others ask again anyway.
            CompletableFuture<Stat> unused = pipeline.write(path, NOTHING, -1);
        }
        return written;
    }

    private synchronized void written(ProxyReport mine, Stat stat) {
        version = stat.getVersion();
        lastWritten = mine;
    }

    synchronized void forget() {
        registeredSession = 0;
    }

    private static boolean saysMore(ProxyReport before, ProxyReport now) {
        return before.usedToken() != now.usedToken()
                || before.fencedToken() != now.fencedToken()
                || before.drainedToken() != now.drainedToken();
    }

    /** To be sent behind the requests for the view: whoever holds an older view is then among these. */
    CompletableFuture<List<ProxyReport>> others(Pipeline pipeline, ProxyReport mine) {
        return others.read(pipeline).thenApply(found -> {
            List<ProxyReport> reports = new ArrayList<>();
            for (Map.Entry<String, Pipeline.Znode> each : found.entrySet()) {
                if (!each.getKey().equals(mine.proxy())) {
                    reports.add(report(each.getKey(), each.getValue().content(), mine));
                }
            }
            return reports;
        });
    }

    /** One that cannot be understood has fenced nothing, as far as we know, and may use anything for as long as we might. */
    private ProxyReport report(String proxy, String content, ProxyReport mine) {
        try {
            return ReportJson.read(proxy, content);
        } catch (AuthorityException e) {
            LOG.warn("report not understood proxy={} reason=\"{}\"", proxy, e.getMessage());
            return new ProxyReport(proxy, 0, Long.MAX_VALUE, 0, 0, mine.leaseMillis(), List.of());
        }
    }

    private String own(ProxyReport mine) {
        return path + "/" + mine.proxy();
    }
}
