package io.pgorchestra.lab.zookeeper;

import io.pgorchestra.lab.LabException;
import io.pgorchestra.lab.Poll;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooKeeper;

/** A client that knows whether it is connected. */
final class ZooKeeperClient implements AutoCloseable {

    private static final int SESSION_MILLIS = 6_000;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ZooKeeper zooKeeper;
    private volatile KeeperState state = KeeperState.Disconnected;

    ZooKeeperClient(String connectString) throws IOException {
        zooKeeper = new ZooKeeper(connectString, SESSION_MILLIS, event -> state = event.getState());
    }

    void await(KeeperState expected) {
        Poll.until(PATIENCE, () -> state == expected, () -> "still " + state + ", not " + expected);
    }

    long session() {
        return zooKeeper.getSessionId();
    }

    void create(String path, String text, CreateMode mode) throws KeeperException, InterruptedException {
        zooKeeper.create(path, text.getBytes(StandardCharsets.UTF_8), Ids.OPEN_ACL_UNSAFE, mode);
    }

    String read(String path) throws KeeperException, InterruptedException {
        return new String(zooKeeper.getData(path, false, null), StandardCharsets.UTF_8);
    }

    /** Reads until it gets an answer: after an election, say. */
    void awaitRead(String path, String expected) {
        Poll.until(PATIENCE, () -> canRead(path, expected), () -> "cannot read " + path + ", " + state);
    }

    private boolean canRead(String path, String expected) {
        try {
            return read(path).equals(expected);
        } catch (KeeperException.ConnectionLossException e) {
            return false;
        } catch (KeeperException e) {
            throw new LabException("reading " + path + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void close() {
        try {
            zooKeeper.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
