package io.pgorchestra.discovery.zookeeper;

import static io.pgorchestra.discovery.zookeeper.Zookeepers.A;
import static io.pgorchestra.discovery.zookeeper.Zookeepers.B;
import static io.pgorchestra.discovery.zookeeper.Zookeepers.askInVain;
import static io.pgorchestra.discovery.zookeeper.Zookeepers.askUntil;
import static io.pgorchestra.discovery.zookeeper.Zookeepers.record;
import static io.pgorchestra.discovery.zookeeper.Zookeepers.report;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.zookeeper.PrimaryZnode.Versioned;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.curator.test.InstanceSpec;
import org.apache.curator.test.TestingCluster;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server of ZooKeeper that has not heard of the latest writes, and answers reads as if nothing had happened. */
@Timeout(120)
class StaleFollowerTest {

    private static final int TICK_MILLIS = 1_000;

    @Test
    void staleFollower_answersReads_butNoQuestion() throws Exception {
        List<InstanceSpec> servers = List.of(server(1), server(2), server(3));
        try (Relay toSecond = new Relay(servers.get(1).getQuorumPort());
                Relay toThird = new Relay(servers.get(2).getQuorumPort());
                TestingCluster cluster = new TestingCluster(firstBehind(servers, toSecond, toThird))) {
            cluster.start();
            try (ZnodeAuthority first = authority(servers.get(0));
                    ZnodeAuthority reader = authority(servers.get(0));
                    ZnodeAuthority second = authority(servers.get(1))) {
                askUntil(second, "q", answer -> true);
                publish(second, 1, A);
                askUntil(first, "p", answer -> A.equals(answer.view().primary()));
                askUntil(reader, "r", answer -> A.equals(answer.view().primary()));

                toSecond.freeze();
                toThird.freeze();
                publish(second, 2, B);

                assertEquals(record(1, A), reader.primary().read().join().present(), "the follower knows all");
                String text = String.valueOf(askInVain(first, report("p", 2)).getMessage());
                assertTrue(text.contains("gave no answer within"), text);
                assertEquals(record(1, A), reader.primary().read().join().present(), "the follower knew all");

                toSecond.heal();
                toThird.heal();
                assertEquals(
                        2, askUntil(first, "p", answer -> true).view().epoch().token());
            }
        }
    }

    /** The first server, which two others outrank, reaches the leader over one of the relays. */
    private static Map<InstanceSpec, Collection<InstanceSpec>> firstBehind(
            List<InstanceSpec> servers, Relay toSecond, Relay toThird) {
        Map<InstanceSpec, Collection<InstanceSpec>> views = new LinkedHashMap<>();
        views.put(
                servers.get(0),
                List.of(servers.get(0), behind(servers.get(1), toSecond), behind(servers.get(2), toThird)));
        views.put(servers.get(1), servers);
        views.put(servers.get(2), servers);
        return views;
    }

    private static InstanceSpec behind(InstanceSpec server, Relay relay) {
        return new InstanceSpec(
                server.getDataDirectory(),
                server.getPort(),
                server.getElectionPort(),
                relay.port(),
                false,
                server.getServerId(),
                TICK_MILLIS,
                -1);
    }

    private static InstanceSpec server(int id) {
        return new InstanceSpec(null, -1, -1, -1, true, id, TICK_MILLIS, -1);
    }

    private static ZnodeAuthority authority(InstanceSpec server) {
        return new ZnodeAuthority(ZookeeperSettings.of("127.0.0.1:" + server.getPort(), "/orchestra/main")
                .withSessionTimeout(Duration.ofSeconds(5)));
    }

    private static void publish(ZnodeAuthority authority, long epoch, Node primary) {
        Versioned now = Objects.requireNonNull(authority.primary().read().join());
        assertTrue(authority.primary().replace(now, record(epoch, primary)).join());
    }
}
