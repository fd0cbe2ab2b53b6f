package io.pgorchestra.discovery.zookeeper;

import static io.pgorchestra.discovery.zookeeper.Zookeepers.ask;
import static io.pgorchestra.discovery.zookeeper.Zookeepers.askInVain;
import static io.pgorchestra.discovery.zookeeper.Zookeepers.askUntil;
import static io.pgorchestra.discovery.zookeeper.Zookeepers.await;
import static io.pgorchestra.discovery.zookeeper.Zookeepers.report;
import static io.pgorchestra.discovery.zookeeper.Zookeepers.settings;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.View;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.test.TestingServer;
import org.apache.zookeeper.CreateMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Against a real ZooKeeper, with a client in Patroni's place. */
@Timeout(60)
class PatroniAuthorityTest {

    private static final String PATH = "/service/main";
    private static final Node PG1 = new Node("pg1", "10.0.0.11", 5432);
    private static final Node PG2 = new Node("pg2", "10.0.0.12", 5432);

    private TestingServer server;
    private CuratorFramework patroni;

    @BeforeEach
    void startServer() throws Exception {
        server = Zookeepers.server(Map.of());
        patroni = Zookeepers.client(server.getConnectString());
        persistent("initialize", "7268616322854375442");
        persistent("config", "{\"ttl\":30}");
        member(PG1);
        member(PG2);
        lead(PG1);
    }

    @AfterEach
    void stopServer() throws Exception {
        patroni.close();
        server.close();
    }

    @Test
    void leader_isPrimary_andItsCzxidTheToken() throws Exception {
        try (PatroniAuthority authority = authority(server.getPort())) {
            View view = askUntil(authority, "p", answer -> true).view();

            assertEquals(PG1, view.primary());
            assertEquals(czxid("leader"), view.epoch().token());
            assertEquals(
                    Long.toString(czxid("initialize")),
                    view.epoch().incarnation().authority());
            assertEquals(7268616322854375442L, view.epoch().incarnation().systemIdentifier());
        }
    }

    @Test
    void reports_lieOutsidePatronisTree() throws Exception {
        try (PatroniAuthority p = authority(server.getPort());
                PatroniAuthority q = authority(server.getPort())) {
            askUntil(p, "p", answer -> true);

            askUntil(q, "q", answer -> answer.peers().size() == 1);

            assertTrue(patroni.checkExists().forPath("/orchestra/main/proxies/p") != null);
            assertEquals(4, patroni.getChildren().forPath(PATH).size());
        }
    }

    /** The znode's version is 0 before and after, which is all that many a cache of ZooKeeper's znodes compares. */
    @Test
    void leaderMadeAgainWhileSuspended_isHintedAndSeenOnReconnect() throws Exception {
        AtomicBoolean hinted = new AtomicBoolean();
        try (Relay relay = new Relay(server.getPort());
                PatroniAuthority authority = authority(relay.port())) {
            View first = askUntil(authority, "p", answer -> true).view();
            authority.onHint(() -> hinted.set(true));

            relay.cut();
            askInVain(authority, report("p", 2));
            patroni.delete().forPath(PATH + "/leader");
            lead(PG2);
            relay.heal();

            await(hinted::get, () -> "no hint on reconnecting");
            View second = askUntil(authority, "p", answer -> true).view();
            assertEquals(PG2, second.primary());
            assertTrue(second.epoch().token() > first.epoch().token());
        }
    }

    @Test
    void restartOfPatroni_isANewTokenForTheSameNode() throws Exception {
        try (PatroniAuthority authority = authority(server.getPort())) {
            View first = askUntil(authority, "p", answer -> true).view();

            patroni.delete().forPath(PATH + "/members/pg1");
            patroni.delete().forPath(PATH + "/leader");
            View between = ask(authority, report("p", 2)).view();
            lead(PG1);
            View second = ask(authority, report("p", 3)).view();

            assertNull(between.primary());
            assertEquals(first.epoch(), between.epoch());
            assertEquals(PG1, second.primary());
            assertNotEquals(first.epoch().token(), second.epoch().token());
            assertTrue(first.epoch().mayBeFollowedBy(second.epoch()));
        }
    }

    @Test
    void hints_comeForLeaderAndFailover_notForPatronisHeartbeats() throws Exception {
        AtomicInteger hints = new AtomicInteger();
        try (PatroniAuthority authority = authority(server.getPort())) {
            askUntil(authority, "p", answer -> true);
            authority.onHint(hints::incrementAndGet);

            for (int i = 0; i < 10; i++) {
                patroni.setData().forPath(PATH + "/members/pg1", bytes(json(PG1)));
            }
            persistent("failover", "{\"leader\":\"pg1\",\"member\":\"pg2\"}");
            await(() -> hints.get() >= 1, () -> "no hint for a switchover");
            assertTrue(ask(authority, report("p", 2)).view().flags().contains(View.Flag.DRAINING));
            patroni.delete().forPath(PATH + "/leader");
            await(() -> hints.get() >= 2, () -> "no hint for a lost leader");

            assertEquals(2, hints.get());
        }
    }

    @Test
    void initializeMadeAgain_isAnotherIncarnation() throws Exception {
        try (PatroniAuthority authority = authority(server.getPort())) {
            View first = askUntil(authority, "p", answer -> true).view();

            patroni.delete().forPath(PATH + "/initialize");
            persistent("initialize", "7268616322854375442");
            View second = ask(authority, report("p", 2)).view();

            assertEquals(false, first.epoch().mayBeFollowedBy(second.epoch()));
        }
    }

    @Test
    void timelineThatOneHasSeen_isTheLeastForOneThatComesLater() throws Exception {
        try (PatroniAuthority first = authority(server.getPort())) {
            View view = askUntil(first, "p", answer -> true).view();
            assertEquals(0, view.leastTimeline());
            first.remember(view.epoch().withTimeline(3));
            askUntil(first, "p", answer -> answer.view().leastTimeline() == 3);
            first.remember(view.epoch().withTimeline(2));
            askUntil(first, "p", answer -> true);
            first.remember(view.epoch().withTimeline(4));
            askUntil(first, "p", answer -> answer.view().leastTimeline() == 4);
        }
        try (PatroniAuthority later = authority(server.getPort())) {
            assertEquals(4, askUntil(later, "q", answer -> true).view().leastTimeline());

            patroni.delete().forPath(PATH + "/initialize");
            persistent("initialize", "7268616322854375442");

            assertEquals(0, ask(later, report("q", 2)).view().leastTimeline());
        }
    }

    private static PatroniAuthority authority(int port) {
        return new PatroniAuthority(settings("127.0.0.1:" + port, PATH), PatroniAuthority.defaultProxies(PATH));
    }

    private void lead(Node node) throws Exception {
        ephemeral("leader", node.name());
    }

    private void member(Node node) throws Exception {
        ephemeral("members/" + node.name(), json(node));
    }

    private static String json(Node node) {
        return "{\"conn_url\":\"postgres://" + node.address() + "/postgres\",\"state\":\"running\"}";
    }

    private void persistent(String name, String content) throws Exception {
        patroni.create().creatingParentsIfNeeded().forPath(PATH + "/" + name, bytes(content));
    }

    private void ephemeral(String name, String content) throws Exception {
        patroni.create()
                .creatingParentsIfNeeded()
                .withMode(CreateMode.EPHEMERAL)
                .forPath(PATH + "/" + name, bytes(content));
    }

    private long czxid(String name) throws Exception {
        return patroni.checkExists().forPath(PATH + "/" + name).getCzxid();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
