package io.pgorchestra.lab.zookeeper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgorchestra.lab.LoopbackPort;
import io.pgorchestra.lab.link.LabNetwork;
import io.pgorchestra.lab.link.Link;
import java.nio.file.Path;
import org.apache.curator.test.TestingCluster;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class LabZooKeeperTest {

    @Test
    void stop_thenStartAgain_sessionAndItsEphemeralSurvive(@TempDir Path folder) throws Exception {
        try (LabZooKeeper server = LabZooKeeper.start(folder);
                ZooKeeperClient client = new ZooKeeperClient(server.connectString())) {
            client.await(KeeperState.SyncConnected);
            long session = client.session();
            client.create("/here", "me", CreateMode.EPHEMERAL);

            server.stop();
            client.await(KeeperState.Disconnected);
            assertFalse(server.isRunning());
            server.startAgain();
            client.await(KeeperState.SyncConnected);

            assertEquals(session, client.session());
            assertEquals("me", client.read("/here"));
        }
    }

    @Test
    void start_onKeptFolder_knowsWhatItKnew(@TempDir Path folder) throws Exception {
        try (LabZooKeeper server = LabZooKeeper.start(folder);
                ZooKeeperClient client = new ZooKeeperClient(server.connectString())) {
            client.await(KeeperState.SyncConnected);
            client.create("/kept", "7", CreateMode.PERSISTENT);
        }

        try (LabZooKeeper server = LabZooKeeper.start(folder);
                ZooKeeperClient client = new ZooKeeperClient(server.connectString())) {
            client.await(KeeperState.SyncConnected);
            assertEquals("7", client.read("/kept"));
        }
    }

    @Test
    void close_freesThePort(@TempDir Path folder) {
        LabZooKeeper server = LabZooKeeper.start(folder);
        assertFalse(LoopbackPort.isFree(server.port()));

        server.close();

        assertTrue(LoopbackPort.isFree(server.port()));
    }

    @Test
    void cutLink_endsTheConnectionAndHealBringsTheSessionBack(@TempDir Path folder) throws Exception {
        try (LabZooKeeper server = LabZooKeeper.start(folder);
                LabNetwork network = LabNetwork.open()) {
            network.place("zookeeper", server.port());
            Link link = network.link("proxy", "zookeeper");
            try (ZooKeeperClient client = new ZooKeeperClient("127.0.0.1:" + link.port())) {
                client.await(KeeperState.SyncConnected);
                client.create("/here", "me", CreateMode.PERSISTENT);

                link.cut();
                client.await(KeeperState.Disconnected);
                link.heal();
                client.await(KeeperState.SyncConnected);

                assertEquals("me", client.read("/here"));
            }
        }
    }

    /** The lab's own ZooKeeper is one server; where a quorum matters, Curator's ensemble stands in. */
    @Test
    void ensemble_withoutOneOfThree_answersAndWithoutTwoDoesNot() throws Exception {
        try (TestingCluster ensemble = new TestingCluster(3)) {
            ensemble.start();
            var servers = ensemble.getServers();
            String remaining = "127.0.0.1:" + servers.get(0).getInstanceSpec().getPort();
            try (ZooKeeperClient client = new ZooKeeperClient(remaining)) {
                client.await(KeeperState.SyncConnected);
                client.create("/kept", "7", CreateMode.PERSISTENT);

                servers.get(2).stop();
                client.awaitRead("/kept", "7");
                servers.get(1).stop();
                client.await(KeeperState.Disconnected);
            }
        }
    }
}
