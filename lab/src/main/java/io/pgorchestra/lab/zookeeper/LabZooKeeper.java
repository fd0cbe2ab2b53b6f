package io.pgorchestra.lab.zookeeper;

import io.pgorchestra.lab.LabException;
import io.pgorchestra.lab.LoopbackPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.apache.zookeeper.server.ServerCnxnFactory;
import org.apache.zookeeper.server.ZooKeeperServer;
import org.apache.zookeeper.server.persistence.FileTxnSnapLog;
import org.jspecify.annotations.Nullable;

/**
 * One real ZooKeeper server in this JVM, on a port of 127.0.0.1 that stays the same over restarts. Its sessions are in its log, so they
 * outlive a stop that is shorter than their timeouts. For all threads.
 */
public final class LabZooKeeper implements AutoCloseable {

    private static final int TICK_MILLIS = 500;
    private static final int MIN_SESSION_MILLIS = 2 * TICK_MILLIS;
    private static final int MAX_SESSION_MILLIS = 60_000;
    private static final int MAX_CONNECTIONS = 500;

    private final Path directory;
    private final int port;
    private @Nullable Running running;

    private LabZooKeeper(Path directory, int port) {
        this.directory = directory;
        this.port = port;
    }

    /** Starts a server that keeps its data in a folder, on a free port. */
    public static LabZooKeeper start(Path directory) {
        LabZooKeeper server = open(directory);
        server.startAgain();
        return server;
    }

    /** A server that is down yet, and has its port. */
    public static LabZooKeeper open(Path directory) {
        return new LabZooKeeper(directory, LoopbackPort.findFree());
    }

    /** Starts it, after {@link #stop} with all it knew. Does nothing if it runs. */
    public synchronized void startAgain() {
        if (running != null) {
            return;
        }
        // No promise to survive a power cut: a sync of the disk at every write would make a slow one look like a slow
        // network. Read once.
        System.setProperty("zookeeper.forceSync", System.getProperty("zookeeper.forceSync", "no"));
        try {
            FileTxnSnapLog files = new FileTxnSnapLog(directory.toFile(), directory.toFile());
            ZooKeeperServer server = new ZooKeeperServer(files, TICK_MILLIS, "");
            server.setMinSessionTimeout(MIN_SESSION_MILLIS);
            server.setMaxSessionTimeout(MAX_SESSION_MILLIS);
            ServerCnxnFactory listener = ServerCnxnFactory.createFactory(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port), MAX_CONNECTIONS);
            listener.startup(server);
            running = new Running(listener, server, files);
        } catch (IOException e) {
            throw new LabException("Cannot start ZooKeeper in " + directory + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("stopped while starting ZooKeeper.", e);
        }
    }

    /** Ends its connections and takes no more; clients see it vanish. */
    public synchronized void stop() {
        Running now = running;
        if (now == null) {
            return;
        }
        running = null;
        now.listener.shutdown();
        now.server.shutdown(true);
        try {
            now.files.close();
        } catch (IOException e) {
            throw new LabException("Cannot close ZooKeeper's files in " + directory + ": " + e.getMessage(), e);
        }
    }

    public synchronized boolean isRunning() {
        return running != null;
    }

    public int port() {
        return port;
    }

    /** As a client wants it, past every link. */
    public String connectString() {
        return "127.0.0.1:" + port;
    }

    @Override
    public void close() {
        stop();
    }

    private record Running(ServerCnxnFactory listener, ZooKeeperServer server, FileTxnSnapLog files) {}
}
