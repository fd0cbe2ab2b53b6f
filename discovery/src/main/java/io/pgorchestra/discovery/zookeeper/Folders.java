package io.pgorchestra.discovery.zookeeper;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.data.ACL;

/** Persistent znodes that only hold others. */
final class Folders {

    private Folders() {}

    /** Creates what is missing of a path. */
    static CompletableFuture<Void> create(Pipeline pipeline, String path, List<ACL> acl) {
        CompletableFuture<Void> above = CompletableFuture.completedFuture(null);
        for (int slash = path.indexOf('/', 1); ; slash = path.indexOf('/', slash + 1)) {
            String folder = slash < 0 ? path : path.substring(0, slash);
            above = above.thenCompose(done -> one(pipeline, folder, acl));
            if (slash < 0) {
                return above;
            }
        }
    }

    /** Looked for first: who may not write above a znode may not even try to create it. */
    private static CompletableFuture<Void> one(Pipeline pipeline, String folder, List<ACL> acl) {
        return pipeline.stat(folder).thenCompose(stat -> {
            if (stat != null) {
                return CompletableFuture.completedFuture(null);
            }
            return pipeline.create(folder, new byte[0], acl, CreateMode.PERSISTENT)
                    .<Void>thenApply(created -> null)
                    .exceptionallyCompose(failure -> Futures.isCode(failure, Code.NODEEXISTS)
                            ? CompletableFuture.completedFuture(null)
                            : CompletableFuture.failedFuture(failure));
        });
    }
}
