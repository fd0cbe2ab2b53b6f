package io.pgorchestra.discovery.zookeeper;

import static io.pgorchestra.discovery.zookeeper.Zookeepers.A;
import static io.pgorchestra.discovery.zookeeper.Zookeepers.B;
import static io.pgorchestra.discovery.zookeeper.Zookeepers.askUntil;
import static io.pgorchestra.discovery.zookeeper.Zookeepers.record;
import static io.pgorchestra.discovery.zookeeper.Zookeepers.settings;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgorchestra.discovery.PrimaryRecord;
import io.pgorchestra.discovery.PrimaryRecord.Phase;
import io.pgorchestra.discovery.conductor.ConductorAuthority.Versioned;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.curator.test.TestingServer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ConductorZnodeTest {

    @Test
    void everyStepIsACompareAndSet_andASilentServerIsNoAnswer() throws Exception {
        try (TestingServer server = Zookeepers.server(Map.of());
                ZnodeAuthority authority = new ZnodeAuthority(settings(server.getConnectString(), "/orchestra/main"))) {
            askUntil(authority, "p", answer -> true);
            ConductorZnode znode = new ConductorZnode(authority.primary(), Runnable::run);
            PrimaryRecord raised = new PrimaryRecord(
                    2, Phase.FAILING_OVER, null, "a", "b", 77, 1, List.of("b", "c"), 1, List.of(A, B));

            assertNull(found(read(znode)).value());
            assertTrue(replace(znode, Versioned.NONE, record(1, A)));
            assertFalse(replace(znode, Versioned.NONE, record(1, B)));
            Versioned one = found(read(znode));
            assertEquals(record(1, A), one.value());
            assertTrue(replace(znode, one.version(), raised));
            assertFalse(replace(znode, one.version(), raised));
            assertEquals(raised, found(read(znode)).value());

            server.stop();
            assertNull(read(znode));
            assertFalse(replace(znode, one.version() + 1, record(3, B)));
        }
    }

    private static @Nullable Versioned read(ConductorZnode znode) {
        CompletableFuture<@Nullable Versioned> answer = new CompletableFuture<>();
        znode.read(answer::complete);
        return answer.join();
    }

    private static boolean replace(ConductorZnode znode, int version, PrimaryRecord next) {
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        znode.compareAndSet(version, next, answer::complete);
        return answer.join();
    }

    private static Versioned found(@Nullable Versioned read) {
        assertNotNull(read);
        return read;
    }
}
