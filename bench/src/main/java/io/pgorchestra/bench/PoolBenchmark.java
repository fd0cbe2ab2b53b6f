package io.pgorchestra.bench;

import io.pgorchestra.pool.CloseReason;
import io.pgorchestra.pool.Connector;
import io.pgorchestra.pool.LeaseHolder;
import io.pgorchestra.pool.LoopTime;
import io.pgorchestra.pool.Pool;
import io.pgorchestra.pool.PoolKey;
import io.pgorchestra.pool.PoolMode;
import io.pgorchestra.pool.PoolSettings;
import io.pgorchestra.pool.RefusalReason;
import io.pgorchestra.pool.ServerBudget;
import io.pgorchestra.pool.Slot;
import io.pgorchestra.pool.Waiter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A lease and its release: when a server is idle, and when all are leased and the client queues behind its holder. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PoolBenchmark {

    private final Tasks tasks = new Tasks();
    private final Servers servers = new Servers();
    private final Pool<Object> idlePool = pool();
    private final Pool<Object> busyPool = pool();
    private final Client idleClient = new Client();
    private final Client first = new Client();
    private final Client second = new Client();

    private Pool<Object> pool() {
        PoolSettings settings = new PoolSettings(
                PoolMode.TRANSACTION,
                1,
                0,
                0,
                Duration.ZERO,
                Duration.ZERO,
                Duration.ofHours(1),
                Duration.ofHours(1),
                Duration.ofHours(1),
                Duration.ofSeconds(15),
                Duration.ofSeconds(15),
                Duration.ofHours(1),
                false,
                false,
                false);
        return new Pool<>(new PoolKey("app", "web"), settings, servers, new ServerBudget(), tasks);
    }

    @Setup
    public void openServers() {
        servers.pool = idlePool;
        idleClient.lease(idlePool);
        tasks.runAll();
        idlePool.release(idleClient.takeSlot());
        tasks.runAll();
        servers.pool = busyPool;
        first.lease(busyPool);
        tasks.runAll();
    }

    @Benchmark
    public Slot<Object> leaseIdleServer() {
        idleClient.lease(idlePool);
        Slot<Object> slot = idleClient.takeSlot();
        idlePool.release(slot);
        tasks.runAll();
        return slot;
    }

    /** Two transactions, each granted to a client that waits while the other one holds the server. */
    @Benchmark
    public Slot<Object> handOverToWaiter() {
        second.lease(busyPool);
        busyPool.release(first.takeSlot());
        tasks.runAll();
        first.lease(busyPool);
        busyPool.release(second.takeSlot());
        tasks.runAll();
        return first.heldSlot();
    }

    /** A client that keeps the slot it was granted. */
    private static final class Client implements LeaseHolder<Object> {

        private final Waiter<Object> waiter = new Waiter<>(this, "", false, Waiter.POOL_TIMEOUT);
        private @Nullable Slot<Object> slot;

        void lease(Pool<Object> pool) {
            slot = pool.lease(waiter);
        }

        Slot<Object> heldSlot() {
            Slot<Object> held = slot;
            if (held == null) {
                throw new IllegalStateException("no server was granted");
            }
            return held;
        }

        Slot<Object> takeSlot() {
            Slot<Object> held = heldSlot();
            slot = null;
            return held;
        }

        @Override
        public void granted(Slot<Object> granted) {
            slot = granted;
        }

        @Override
        public void refused(RefusalReason reason, @Nullable Object cause) {
            throw new IllegalStateException("refused: " + reason);
        }
    }

    /** Servers that are connected in the turn after they are asked for. */
    private final class Servers implements Connector<Object> {

        private @Nullable Pool<Object> pool;

        @Override
        public void open(Slot<Object> slot) {
            Pool<Object> opening = pool;
            if (opening == null) {
                throw new IllegalStateException("no pool to open a server for");
            }
            tasks.execute(() -> opening.connected(slot, new Object()));
        }

        @Override
        public void reset(Slot<Object> slot) {
            throw new IllegalStateException("no reset was set");
        }

        @Override
        public void check(Slot<Object> slot) {
            throw new IllegalStateException("no check was set");
        }

        @Override
        public void close(Slot<Object> slot, CloseReason reason) {
            throw new IllegalStateException("no server was to be closed: " + reason);
        }
    }

    /** A loop that turns when told to, on a clock that stands still. */
    private static final class Tasks implements LoopTime {

        private final ArrayDeque<Runnable> queue = new ArrayDeque<>();

        @Override
        public long nanos() {
            return 1;
        }

        @Override
        public void execute(Runnable task) {
            queue.add(task);
        }

        void runAll() {
            Runnable task = queue.poll();
            while (task != null) {
                task.run();
                task = queue.poll();
            }
        }
    }
}
