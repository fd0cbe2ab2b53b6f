package io.pgorchestra.discovery.zookeeper;

import io.pgorchestra.discovery.AuthorityException;
import io.pgorchestra.discovery.PrimaryRecord;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.jspecify.annotations.Nullable;

/**
 * The znode that holds the {@link PrimaryRecord}, for those who write it. For all threads; answers come on ZooKeeper's thread, in time, or
 * an {@link AuthorityException}.
 */
public final class PrimaryZnode {

    private final ZookeeperSession session;
    private final String path;

    PrimaryZnode(ZookeeperSession session) {
        this.session = session;
        path = session.settings().path() + "/primary";
    }

    /**
     * A record, and which one of all it is.
     *
     * @param present null if there is no znode yet
     * @param version ZooKeeper's; -1 if there is no znode yet
     */
    public record Versioned(@Nullable PrimaryRecord present, int version) {
        static final Versioned NONE = new Versioned(null, -1);
    }

    String path() {
        return path;
    }

    /** What some server of ZooKeeper holds; it may be old, as {@link #replace} would find out. */
    public CompletableFuture<Versioned> read() {
        return onSession(this::read);
    }

    /** What the leader of ZooKeeper held after the call, but for a change of leaders meanwhile. */
    CompletableFuture<Versioned> readLatest() {
        return onSession(pipeline -> {
            CompletableFuture<Void> caughtUp = pipeline.sync(path);
            return read(pipeline).thenCombine(caughtUp, (versioned, done) -> versioned);
        });
    }

    CompletableFuture<Versioned> read(Pipeline pipeline) {
        return pipeline.read(path)
                .thenApply(znode -> znode == null
                        ? Versioned.NONE
                        : new Versioned(
                                PrimaryJson.read(znode.content(), path),
                                znode.stat().getVersion()));
    }

    /**
     * Compare-and-set: false if {@code expected} is not what is there. After a failure it may or may not have happened: read again.
     *
     * @throws IllegalArgumentException if the epoch would go back
     */
    public CompletableFuture<Boolean> replace(Versioned expected, PrimaryRecord next) {
        PrimaryRecord present = expected.present();
        if (present != null && next.epoch() < present.epoch()) {
            throw new IllegalArgumentException(
                    "epoch: " + next.epoch() + " (expected: at least " + present.epoch() + ")");
        }
        return replace(expected.version(), next);
    }

    CompletableFuture<Boolean> replace(int version, PrimaryRecord next) {
        return onSession(pipeline -> write(pipeline, version, PrimaryJson.write(next)));
    }

    private CompletableFuture<Boolean> write(Pipeline pipeline, int version, byte[] content) {
        CompletableFuture<?> written = version == Versioned.NONE.version()
                ? Folders.create(pipeline, session.settings().path(), session.acl())
                        .thenCompose(done -> pipeline.create(path, content, session.acl(), CreateMode.PERSISTENT))
                : pipeline.write(path, content, version);
        return written.thenApply(done -> true)
                .exceptionallyCompose(failure -> isOvertaken(failure)
                        ? CompletableFuture.completedFuture(false)
                        : CompletableFuture.failedFuture(failure));
    }

    private static boolean isOvertaken(Throwable failure) {
        return Futures.isCode(failure, Code.BADVERSION)
                || Futures.isCode(failure, Code.NODEEXISTS)
                || Futures.isCode(failure, Code.NONODE);
    }

    private <T> CompletableFuture<T> onSession(Function<Pipeline, CompletableFuture<T>> request) {
        Pipeline pipeline;
        try {
            pipeline = new Pipeline(session.handle());
        } catch (AuthorityException e) {
            return CompletableFuture.failedFuture(e);
        }
        return request.apply(pipeline)
                .orTimeout(session.settings().askTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(session.explain(failure)));
    }
}
