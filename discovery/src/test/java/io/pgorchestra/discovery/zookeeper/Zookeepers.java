package io.pgorchestra.discovery.zookeeper;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgorchestra.discovery.Authority;
import io.pgorchestra.discovery.AuthorityException;
import io.pgorchestra.discovery.Confirmation;
import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.PrimaryRecord;
import io.pgorchestra.discovery.PrimaryRecord.Phase;
import io.pgorchestra.discovery.ProxyReport;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryNTimes;
import org.apache.curator.test.InstanceSpec;
import org.apache.curator.test.TestingServer;

/** What the tests with a real ZooKeeper share. */
final class Zookeepers {

    static final Duration SESSION = Duration.ofSeconds(3);
    static final Node A = new Node("a", "10.0.0.1", 5432);
    static final Node B = new Node("b", "10.0.0.2", 5432);

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private Zookeepers() {}

    /** With ticks so short that short sessions are granted. */
    static TestingServer server(Map<String, Object> properties) throws Exception {
        return new TestingServer(new InstanceSpec(null, -1, -1, -1, true, -1, 500, -1, properties), true);
    }

    static ZookeeperSettings settings(String connect, String path) {
        return ZookeeperSettings.of(connect, path).withSessionTimeout(SESSION);
    }

    static CuratorFramework client(String connect) {
        CuratorFramework client = CuratorFrameworkFactory.builder()
                .connectString(connect)
                .retryPolicy(new RetryNTimes(20, 200))
                .ensembleTracker(false)
                .build();
        client.start();
        return client;
    }

    static ProxyReport report(String proxy, long serial) {
        return new ProxyReport(proxy, serial, 0, 0, 0, 2_000, List.of());
    }

    static ProxyReport report(String proxy, long serial, long fenced) {
        return new ProxyReport(proxy, serial, 0, fenced, 0, 2_000, List.of());
    }

    static PrimaryRecord record(long epoch, Node primary) {
        return new PrimaryRecord(
                epoch, Phase.SERVING, primary, null, null, 77, (int) epoch, List.of(), 0, List.of(A, B));
    }

    static Confirmation ask(Authority authority, ProxyReport mine) {
        return authority.confirm(mine).toCompletableFuture().join();
    }

    static AuthorityException askInVain(Authority authority, ProxyReport mine) {
        CompletionException failure = assertThrows(CompletionException.class, () -> ask(authority, mine));
        return assertInstanceOf(AuthorityException.class, failure.getCause());
    }

    /** Asks until there is an answer of that kind. */
    static Confirmation askUntil(Authority authority, String proxy, Predicate<Confirmation> wanted) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        for (long serial = 1_000; ; serial++) {
            String last;
            try {
                Confirmation answer = ask(authority, report(proxy, serial));
                if (wanted.test(answer)) {
                    return answer;
                }
                last = answer.toString();
            } catch (CompletionException e) {
                last = String.valueOf(e.getCause());
            }
            assertTrue(System.nanoTime() - deadline < 0, "last answer: " + last);
            LockSupport.parkNanos(20_000_000);
        }
    }

    static void await(BooleanSupplier condition, Supplier<String> complaint) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() - deadline < 0, complaint);
            LockSupport.parkNanos(10_000_000);
        }
    }
}
