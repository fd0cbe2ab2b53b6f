package io.pgorchestra.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PoolAllocationTest {

    private static final int LEASES = 100_000;

    @Test
    void leaseAndRelease_ofIdleServer_allocateNothing() {
        PoolFixture fixture = new PoolFixture();
        fixture.idleServers(2);
        TestClient client = new TestClient();

        assertEquals(0, bytesOf(() -> leaseAndRelease(fixture.pool, client)));
    }

    @Test
    void leaseAndRelease_throughTheQueue_allocateNothing() {
        PoolFixture fixture = new PoolFixture(settings -> settings.maxSize = 1);
        TestClient one = fixture.holders(1).get(0);
        TestClient other = new TestClient();

        assertEquals(0, bytesOf(() -> takeTurns(fixture.pool, one, other)));
    }

    private static void leaseAndRelease(Pool<String> pool, TestClient client) {
        for (int i = 0; i < LEASES; i++) {
            client.lease(pool);
            client.release(pool);
        }
    }

    private static void takeTurns(Pool<String> pool, TestClient one, TestClient other) {
        for (int i = 0; i < LEASES; i++) {
            other.lease(pool);
            one.release(pool);
            one.lease(pool);
            other.release(pool);
        }
    }

    /** The least of several rounds: the first ones also pay for class loading and compiling. */
    private static long bytesOf(Runnable work) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 5; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            work.run();
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        return least;
    }
}
