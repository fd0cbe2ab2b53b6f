package io.pgorchestra.discovery.zookeeper;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;

/**
 * Requests on one session, sent without waiting for each other's answers, and carried out in the order in which they were sent. Answers
 * come on ZooKeeper's event thread; failures are {@link KeeperException}s.
 *
 * <p>A read behind an acknowledged write of the same session sees everything that was agreed upon before that write, even if the client has
 * changed servers in between: a server that has seen less than the client refuses it. See
 * <a href="https://zookeeper.apache.org/doc/current/zookeeperInternals.html#sc_consistency">Consistency Guarantees</a>.
 */
final class Pipeline {

    private final ZooKeeper handle;

    Pipeline(ZooKeeper handle) {
        this.handle = handle;
    }

    /** Content and state of a znode; whatever we read is text. */
    record Znode(String content, Stat stat) {}

    ZooKeeper handle() {
        return handle;
    }

    CompletableFuture<Stat> write(String path, byte[] content, int version) {
        CompletableFuture<Stat> answer = new CompletableFuture<>();
        handle.setData(path, content, version, (rc, p, ctx, stat) -> end(answer, rc, path, stat), null);
        return answer;
    }

    /** Null if there is no such znode. */
    CompletableFuture<@Nullable Znode> read(String path) {
        CompletableFuture<@Nullable Znode> answer = new CompletableFuture<>();
        handle.getData(
                path,
                false,
                (rc, p, ctx, content, stat) -> endIfPresent(
                        answer, rc, path, rc == Code.OK.intValue() ? new Znode(text(content), stat) : null),
                null);
        return answer;
    }

    /** Null if there is no such znode. */
    CompletableFuture<@Nullable Stat> stat(String path) {
        CompletableFuture<@Nullable Stat> answer = new CompletableFuture<>();
        handle.exists(path, false, (rc, p, ctx, stat) -> endIfPresent(answer, rc, path, stat), null);
        return answer;
    }

    /** Empty if there is no such znode. */
    CompletableFuture<List<String>> children(String path) {
        CompletableFuture<List<String>> answer = new CompletableFuture<>();
        handle.getChildren(
                path,
                false,
                (int rc, String p, Object ctx, List<String> names) -> {
                    boolean absent = rc == Code.NONODE.intValue();
                    end(answer, absent ? Code.OK.intValue() : rc, path, absent ? List.of() : names);
                },
                null);
        return answer;
    }

    /** The server catches up with the leader before it answers what is sent behind this. */
    CompletableFuture<Void> sync(String path) {
        CompletableFuture<Void> answer = new CompletableFuture<>();
        handle.sync(path, (rc, p, ctx) -> endVoid(answer, rc, path), null);
        return answer;
    }

    CompletableFuture<Stat> create(String path, byte[] content, List<ACL> acl, CreateMode mode) {
        CompletableFuture<Stat> answer = new CompletableFuture<>();
        handle.create(path, content, acl, mode, (rc, p, ctx, name, stat) -> end(answer, rc, path, stat), null);
        return answer;
    }

    /** All of it or nothing. */
    CompletableFuture<Void> multi(String path, List<Op> operations) {
        CompletableFuture<Void> answer = new CompletableFuture<>();
        handle.multi(operations, (rc, p, ctx, results) -> endVoid(answer, rc, path), null);
        return answer;
    }

    /** The watch lasts as long as the session. */
    CompletableFuture<Void> watch(String path, Watcher watcher) {
        CompletableFuture<Void> answer = new CompletableFuture<>();
        handle.addWatch(path, watcher, AddWatchMode.PERSISTENT, (rc, p, ctx) -> endVoid(answer, rc, path), null);
        return answer;
    }

    private static String text(byte @Nullable [] content) {
        return content == null ? "" : new String(content, StandardCharsets.UTF_8);
    }

    private static <T> void end(CompletableFuture<T> answer, int rc, String path, T value) {
        if (rc == Code.OK.intValue()) {
            answer.complete(value);
        } else {
            answer.completeExceptionally(KeeperException.create(Code.get(rc), path));
        }
    }

    private static void endVoid(CompletableFuture<Void> answer, int rc, String path) {
        if (rc == Code.OK.intValue()) {
            answer.complete(null);
        } else {
            answer.completeExceptionally(KeeperException.create(Code.get(rc), path));
        }
    }

    private static <T> void endIfPresent(
            CompletableFuture<@Nullable T> answer, int rc, String path, @Nullable T value) {
        if (rc == Code.OK.intValue()) {
            answer.complete(value);
        } else if (rc == Code.NONODE.intValue()) {
            answer.complete(null);
        } else {
            answer.completeExceptionally(KeeperException.create(Code.get(rc), path));
        }
    }
}
