package io.pgorchestra.discovery.zookeeper;

import static io.pgorchestra.discovery.zookeeper.Zookeepers.A;
import static io.pgorchestra.discovery.zookeeper.Zookeepers.B;
import static io.pgorchestra.discovery.zookeeper.Zookeepers.ask;
import static io.pgorchestra.discovery.zookeeper.Zookeepers.askInVain;
import static io.pgorchestra.discovery.zookeeper.Zookeepers.askUntil;
import static io.pgorchestra.discovery.zookeeper.Zookeepers.await;
import static io.pgorchestra.discovery.zookeeper.Zookeepers.record;
import static io.pgorchestra.discovery.zookeeper.Zookeepers.report;
import static io.pgorchestra.discovery.zookeeper.Zookeepers.settings;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgorchestra.discovery.Confirmation;
import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.NodeObservation;
import io.pgorchestra.discovery.ProxyReport;
import io.pgorchestra.discovery.View;
import io.pgorchestra.discovery.zookeeper.PrimaryZnode.Versioned;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.test.TestingServer;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ZnodeAuthorityTest {

    private static final String PATH = "/orchestra/main";

    private TestingServer server;
    private CuratorFramework client;

    @BeforeEach
    void startServer() throws Exception {
        server = Zookeepers.server(Map.of());
        client = Zookeepers.client(server.getConnectString());
    }

    @AfterEach
    void stopServer() throws Exception {
        client.close();
        server.close();
    }

    @Test
    void confirm_ofNewCluster_isNoPrimaryYet_inTheIncarnationOfItsRoot() throws Exception {
        try (ZnodeAuthority authority = authority()) {
            Confirmation first = askUntil(authority, "p", answer -> true);

            assertNull(first.view().primary());
            assertEquals(0, first.view().epoch().token());
            assertEquals(List.of(), first.peers());
            assertEquals(
                    Long.toString(client.checkExists().forPath(PATH).getCzxid()),
                    first.view().epoch().incarnation().authority());
        }
    }

    @Test
    void confirm_afterReplace_isTheRecord() {
        try (ZnodeAuthority authority = authority()) {
            askUntil(authority, "p", answer -> true);

            publish(authority, 7, A);
            View view = ask(authority, report("p", 2)).view();

            assertEquals(A, view.primary());
            assertEquals(7, view.epoch().token());
            assertEquals(7, view.epoch().timeline());
            assertEquals(77, view.epoch().incarnation().systemIdentifier());
            assertEquals(List.of(A, B), view.members());
        }
    }

    @Test
    void replace_ofOvertakenRecord_isFalse_andOfALowerEpochAnError() {
        try (ZnodeAuthority authority = authority()) {
            askUntil(authority, "p", answer -> true);
            PrimaryZnode znode = authority.primary();
            Versioned none = znode.read().join();
            assertTrue(znode.replace(none, record(5, A)).join());

            assertFalse(znode.replace(none, record(6, B)).join());
            Versioned five = znode.read().join();
            assertTrue(znode.replace(five, record(6, B)).join());
            assertFalse(znode.replace(five, record(6, A)).join());

            Versioned six = znode.read().join();
            assertEquals(record(6, B), six.present());
            assertThrows(IllegalArgumentException.class, () -> znode.replace(six, record(5, A)));
        }
    }

    @Test
    void peers_seeEachOther_withAllTheySay_untilOneCloses() {
        NodeObservation seen = new NodeObservation(
                "a", NodeObservation.State.STANDBY, 12, 7268616322854375442L, 3, 1L << 40, 99, 5, "10.0.0.2:5432");
        ProxyReport full = new ProxyReport("p", 9, 5, 4, 3, 2_000, List.of(seen));
        try (ZnodeAuthority q = authority()) {
            try (ZnodeAuthority p = authority()) {
                askUntil(p, "p", answer -> true);
                askUntil(q, "q", answer -> answer.peers().size() == 1);

                ask(p, full);

                assertEquals(List.of(full), ask(q, report("q", 2)).peers());
            }
            assertEquals(List.of(), ask(q, report("q", 3)).peers());
        }
    }

    @Test
    void peerThatCannotBeUnderstood_isOneThatHasFencedNothing() throws Exception {
        try (ZnodeAuthority authority = authority()) {
            askUntil(authority, "p", answer -> true);
            client.create().forPath(PATH + "/proxies/future", bytes("{\"v2\":true}"));

            ProxyReport peer = ask(authority, report("p", 2)).peers().get(0);

            assertEquals("future", peer.proxy());
            assertEquals(0, peer.fencedToken());
            assertEquals(2_000, peer.leaseMillis());
        }
    }

    @Test
    void recordThatCannotBeUnderstood_isNoAnswer_andNamesTheZnode() throws Exception {
        try (ZnodeAuthority authority = authority()) {
            askUntil(authority, "p", answer -> true);
            client.create().forPath(PATH + "/primary", bytes("{\"epoch\":1,\"node\":\"a\",\"host\":\"x\"}"));

            String text = String.valueOf(askInVain(authority, report("p", 2)).getMessage());

            assertEquals(PATH + "/primary holds no valid record: port of node a: 0 (expected: 1 to 65535)", text);
        }
    }

    @Test
    void recordOfAToolThatKnowsLittle_isEnough() throws Exception {
        try (ZnodeAuthority authority = authority()) {
            askUntil(authority, "p", answer -> true);
            client.create()
                    .forPath(
                            PATH + "/primary",
                            bytes("{\"epoch\":3,\"node\":\"a\",\"host\":\"10.0.0.1\",\"port\":5432,\"by\":\"hand\"}"));

            View view = ask(authority, report("p", 2)).view();

            assertEquals(A, view.primary());
            assertEquals(List.of(A), view.members());
            assertEquals(Set.of(), view.flags());
            assertEquals(0, view.epoch().timeline());
        }
    }

    @Test
    void hints_comeForAPrimaryAndForNewsOfPeers_notForTheirHeartbeats() {
        AtomicInteger hints = new AtomicInteger();
        try (ZnodeAuthority p = authority();
                ZnodeAuthority q = authority()) {
            askUntil(p, "p", answer -> true);
            askUntil(q, "q", answer -> true);
            ask(p, report("p", 2));
            ask(q, report("q", 2));
            publish(p, 1, A);
            p.onHint(hints::incrementAndGet);

            for (int serial = 3; serial < 20; serial++) {
                ask(q, report("q", serial));
            }
            ask(q, report("q", 20, 1));
            await(() -> hints.get() >= 1, () -> "no hint for a peer's news");
            publish(q, 2, B);
            await(() -> hints.get() >= 2, () -> "no hint for a new primary");

            assertEquals(2, hints.get());
        }
    }

    @Test
    void primaryChangedWhileSuspended_isHintedAndSeenOnReconnect() throws Exception {
        AtomicBoolean hinted = new AtomicBoolean();
        try (Relay relay = new Relay(server.getPort());
                ZnodeAuthority authority = new ZnodeAuthority(settings("127.0.0.1:" + relay.port(), PATH));
                ZnodeAuthority other = authority()) {
            askUntil(other, "q", answer -> true);
            publish(other, 1, A);
            askUntil(authority, "p", answer -> A.equals(answer.view().primary()));
            authority.onHint(() -> hinted.set(true));

            relay.cut();
            askInVain(authority, report("p", 2));
            publish(other, 2, B);
            assertFalse(hinted.get());
            relay.heal();

            await(hinted::get, () -> "no hint on reconnecting");
            Confirmation answer = askUntil(authority, "p", any -> true);
            assertEquals(B, answer.view().primary());
            assertEquals(2, answer.view().epoch().token());
        }
    }

    @Test
    void frozenLink_failsAQuestionInTime() throws Exception {
        try (Relay relay = new Relay(server.getPort());
                ZnodeAuthority authority = new ZnodeAuthority(settings("127.0.0.1:" + relay.port(), PATH))) {
            askUntil(authority, "p", answer -> true);
            relay.freeze();
            long begun = System.nanoTime();

            String text = String.valueOf(askInVain(authority, report("p", 2)).getMessage());

            long millis = (System.nanoTime() - begun) / 1_000_000;
            assertTrue(text.endsWith("gave no answer within 1000 ms"), text);
            assertTrue(millis < 2_500, "took " + millis + " ms");
            relay.heal();
            askUntil(authority, "p", answer -> true);
        }
    }

    @Test
    void serverRestart_keepsSessionAndPresence() throws Exception {
        try (ZnodeAuthority authority = authority()) {
            askUntil(authority, "p", answer -> true);
            publish(authority, 1, A);
            long owner = owner("p");

            server.stop();
            askInVain(authority, report("p", 2));
            server.restart();

            assertEquals(A, askUntil(authority, "p", answer -> true).view().primary());
            assertEquals(owner, owner("p"));
        }
    }

    @Test
    void expiredSession_isFollowedByAnother_withItsOwnZnode() throws Exception {
        ZookeeperSession session = new ZookeeperSession(settings(server.getConnectString(), PATH));
        try (ZnodeAuthority authority = new ZnodeAuthority(session)) {
            askUntil(authority, "p", answer -> true);
            ZooKeeper first = session.handle();
            long owner = owner("p");

            expire(first);

            askUntil(authority, "p", answer -> true);
            assertNotEquals(owner, owner("p"));
            assertNotEquals(first, session.handle());
            publish(authority, 1, A);
            assertEquals(A, ask(authority, report("p", 3)).view().primary());
        }
    }

    @Test
    void discardedHandle_leavesItsZnode_untilTheNextSessionReplacesIt() throws Exception {
        ZookeeperSession session = new ZookeeperSession(settings(server.getConnectString(), PATH));
        try (ZnodeAuthority authority = new ZnodeAuthority(session);
                ZnodeAuthority other = authority()) {
            askUntil(authority, "p", answer -> true);
            askUntil(other, "q", answer -> answer.peers().size() == 1);
            long owner = owner("p");

            session.discardHandle();

            assertEquals(1, ask(other, report("q", 2)).peers().size());
            assertEquals(owner, owner("p"));
            askUntil(authority, "p", answer -> true);
            assertNotEquals(owner, owner("p"));
            assertEquals(1, ask(other, report("q", 3)).peers().size());
        }
    }

    @Test
    void ownZnodeDeletedByAnother_isMadeAgain() throws Exception {
        try (ZnodeAuthority authority = authority()) {
            askUntil(authority, "p", answer -> true);
            client.delete().forPath(PATH + "/proxies/p");

            ask(authority, report("p", 2));

            assertEquals(
                    2,
                    ReportJson.read(
                                    "p",
                                    new String(client.getData().forPath(PATH + "/proxies/p"), StandardCharsets.UTF_8))
                            .serial());
        }
    }

    @Test
    void sessionNoLongerThanTheLease_isRefused_andTheTextSaysWhatToDo() {
        ProxyReport longLease = new ProxyReport("p", 1, 0, 0, 0, 3_000, List.of());
        try (ZnodeAuthority authority = authority()) {
            askUntil(authority, "p", answer -> true);

            String text = String.valueOf(askInVain(authority, longLease).getMessage());

            assertTrue(text.startsWith("ZooKeeper grants sessions of 3000 ms (expected: more than the lease"), text);
        }
    }

    @Test
    void digest_keepsOthersFromWriting_butLetsThemRead() throws Exception {
        ZookeeperSettings settings = settings(server.getConnectString(), PATH)
                .withDigest(new ZookeeperSettings.Digest("orchestra", "secret"));
        try (ZnodeAuthority authority = new ZnodeAuthority(settings);
                ZnodeAuthority stranger = authority()) {
            askUntil(authority, "p", answer -> true);
            publish(authority, 1, A);

            String text = String.valueOf(askUntilRefused(stranger));
            assertTrue(text.contains("NOAUTH"), text);
            Versioned one = stranger.primary().read().join();
            assertEquals(record(1, A), one.present());
            assertThrows(
                    RuntimeException.class,
                    () -> stranger.primary().replace(one, record(2, B)).join());
            assertFalse(settings.toString().contains("secret"));
        }
    }

    @Test
    void chroot_holdsEverything() throws Exception {
        client.create().forPath("/postgres");
        ZookeeperSettings settings =
                new ZookeeperSettings(server.getConnectString(), "/postgres", PATH, Duration.ofSeconds(3), null, null);
        try (ZnodeAuthority authority = new ZnodeAuthority(settings)) {
            askUntil(authority, "p", answer -> true);

            assertTrue(client.checkExists().forPath("/postgres" + PATH + "/proxies/p") != null);
            assertNull(client.checkExists().forPath("/orchestra"));
        }
    }

    private static String askUntilRefused(ZnodeAuthority authority) {
        String[] text = {""};
        await(
                () -> {
                    text[0] =
                            String.valueOf(askInVain(authority, report("s", 1)).getMessage());
                    return !text[0].startsWith("no connection");
                },
                () -> text[0]);
        return text[0];
    }

    private ZnodeAuthority authority() {
        return new ZnodeAuthority(settings(server.getConnectString(), PATH));
    }

    private static void publish(ZnodeAuthority authority, long epoch, Node primary) {
        Versioned now = authority.primary().read().join();
        assertTrue(authority.primary().replace(now, record(epoch, primary)).join());
    }

    private long owner(String proxy) throws Exception {
        return Objects.requireNonNull(client.checkExists().forPath(PATH + "/proxies/" + proxy))
                .getEphemeralOwner();
    }

    /** Ends the session on the server, behind its owner's back: somebody else with its password says goodbye. */
    private void expire(ZooKeeper handle) throws Exception {
        ZooKeeper twin = new ZooKeeper(
                server.getConnectString(), 3_000, event -> {}, handle.getSessionId(), handle.getSessionPasswd());
        await(() -> twin.getState() == ZooKeeper.States.CONNECTED, () -> "twin: " + twin.getState());
        twin.close();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
