package io.pgorchestra.proxy;

import io.pgorchestra.pool.PoolKey;
import io.pgorchestra.proxy.client.ClientDirectory;
import io.pgorchestra.proxy.client.ClientRegistry;
import io.pgorchestra.proxy.client.PoolHome;
import io.pgorchestra.proxy.net.LoopContext;
import io.pgorchestra.proxy.server.ServerPool;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One event loop with the pools that live on it and their clients. All but {@link #ask} is bound to the loop. */
final class ProxyLoop {

    /** How closely timeouts are kept; PgBouncer looks every 333 ms. */
    private static final long TICK_MILLIS = 100;

    private final LoopContext context;
    private final ClientDirectory clients;
    private final Map<PoolKey, PoolHome> homes = new LinkedHashMap<>();

    ProxyLoop(LoopContext context, ClientRegistry registry) {
        this.context = context;
        this.clients = new ClientDirectory(registry);
    }

    void start() {
        Future<?> unused =
                context.eventLoop().scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    LoopContext context() {
        return context;
    }

    ClientDirectory clients() {
        return clients;
    }

    Collection<PoolHome> homes() {
        return homes.values();
    }

    @Nullable
    PoolHome home(PoolKey key) {
        return homes.get(key);
    }

    void add(PoolHome home) {
        homes.put(home.key(), home);
    }

    void remove(PoolKey key) {
        homes.remove(key);
    }

    /** Runs a question on the loop. From any thread. */
    <T> CompletionStage<T> ask(Function<ProxyLoop, T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        context.execute(() -> {
            try {
                answer.complete(question.apply(this));
            } catch (RuntimeException | AssertionError failed) {
                answer.completeExceptionally(failed);
            }
        });
        return answer;
    }

    private void tick() {
        homes.values().forEach(home -> home.allServers().forEach(ServerPool::tick));
        clients.tick(context.nanos());
        context.flushDirty();
    }
}
