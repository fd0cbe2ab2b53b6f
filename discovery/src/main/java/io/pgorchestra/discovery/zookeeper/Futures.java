package io.pgorchestra.discovery.zookeeper;

import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.zookeeper.KeeperException;

/** What {@link CompletableFuture} lacks. */
final class Futures {

    private Futures() {}

    static CompletableFuture<Void> all(Collection<? extends CompletableFuture<?>> futures) {
        return CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new));
    }

    /** Without the wrapping that a chain of futures adds. */
    static Throwable cause(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    static boolean isCode(Throwable failure, KeeperException.Code code) {
        return cause(failure) instanceof KeeperException keeper && keeper.code() == code;
    }
}
