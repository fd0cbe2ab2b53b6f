package io.pgorchestra.discovery.zookeeper;

import com.fasterxml.jackson.databind.JsonNode;
import io.pgorchestra.discovery.Epoch;
import io.pgorchestra.discovery.Incarnation;
import io.pgorchestra.discovery.View;
import java.util.concurrent.CompletableFuture;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The latest timeline that any of our processes has seen a rightful primary write, beside their reports. Patroni keeps no such thing: a
 * stale primary that has come by the leader's key rewrites Patroni's {@code history} to its own. For all threads.
 */
final class LastEpochZnode {

    private static final Logger LOG = LoggerFactory.getLogger(LastEpochZnode.class);

    private final ZookeeperSession session;
    private final String path;
    private volatile @Nullable Epoch mine;
    private volatile boolean complained;

    LastEpochZnode(ZookeeperSession session, String path) {
        this.session = session;
        this.path = path;
    }

    String path() {
        return path;
    }

    /** Written with the next question, and with those after it until it succeeds. */
    void remember(Epoch epoch) {
        mine = epoch;
    }

    /** The view with what is kept of its incarnation; {@code kept} was read on the same pipeline. */
    View applyTo(View view, Pipeline.@Nullable Znode kept, Pipeline pipeline) {
        Epoch last = kept == null ? null : parse(kept.content());
        Incarnation now = view.epoch().incarnation();
        int least = last != null && last.incarnation().agreesWith(now) ? last.timeline() : 0;
        Epoch own = mine;
        if (own != null && own.incarnation().agreesWith(now) && own.timeline() > least) {
            write(own, kept, pipeline);
        }
        return view.withLeastTimeline(least);
    }

    /** Nobody waits for it. Of two at a time one fails, and looks again with its next question. */
    private void write(Epoch epoch, Pipeline.@Nullable Znode over, Pipeline pipeline) {
        byte[] content = Json.write(Json.object()
                .put("authority", epoch.incarnation().authority())
                .put("system_identifier", Long.toString(epoch.incarnation().systemIdentifier()))
                .put("token", epoch.token())
                .put("timeline", epoch.timeline()));
        CompletableFuture<Stat> written = over == null
                ? pipeline.create(path, content, session.acl(), CreateMode.PERSISTENT)
                : pipeline.write(path, content, over.stat().getVersion());
        CompletableFuture<Stat> unused = written.whenComplete((stat, failure) -> {
            boolean raced = failure != null
                    && (Futures.isCode(failure, Code.BADVERSION) || Futures.isCode(failure, Code.NODEEXISTS));
            if (failure != null && !raced && !complained) {
                complained = true;
                LOG.warn(
                        "last epoch not kept path={} reason=\"{}\"",
                        path,
                        Futures.cause(failure).getMessage());
            }
        });
    }

    /** Null if it makes no sense; it is then written anew. */
    private static @Nullable Epoch parse(String content) {
        JsonNode tree = Json.readLeniently(content);
        int timeline = tree.path("timeline").asInt();
        if (timeline <= 0) {
            return null;
        }
        Incarnation incarnation = new Incarnation(
                tree.path("authority").asText(), tree.path("system_identifier").asLong());
        return new Epoch(incarnation, tree.path("token").asLong(), timeline);
    }
}
