package io.pgorchestra.lab.patroni;

import io.pgorchestra.lab.LabException;
import io.pgorchestra.lab.LogTail;
import io.pgorchestra.lab.LoopbackPort;
import io.pgorchestra.lab.Poll;
import io.pgorchestra.lab.SupervisedProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One ZooKeeper server of Debian's package, as a process of its own; its port and its data stay the same when it is killed and started again. */
public final class PackagedZooKeeper implements AutoCloseable {

    private static final Duration START_TIMEOUT = Duration.ofSeconds(30);
    private static final int ANSWER_MILLIS = 2_000;

    private final PatroniPrograms programs;
    private final Path folder;
    private final int port = LoopbackPort.findFree();
    private @Nullable SupervisedProcess process;

    PackagedZooKeeper(PatroniPrograms programs, Path folder) {
        this.programs = programs;
        this.folder = folder;
    }

    public int port() {
        return port;
    }

    /** Starts it, with all that it knew; returns when it answers. */
    public void start() {
        Path log = folder.resolve("log");
        SupervisedProcess started = SupervisedProcess.start(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-XX:+UseSerialGC",
                        "-Dzookeeper.admin.enableServer=false",
                        "-Dzookeeper.forceSync=no",
                        "-cp",
                        programs.zookeeper().toString(),
                        "org.apache.zookeeper.server.ZooKeeperServerMain",
                        configuration().toString()),
                folder,
                log,
                null);
        process = started;
        Poll.until(
                START_TIMEOUT,
                () -> !started.isAlive() || isServing(),
                () -> "ZooKeeper does not answer after " + START_TIMEOUT.toSeconds() + " s: " + LogTail.of(log));
        if (!started.isAlive()) {
            throw new LabException("ZooKeeper ended at its start: " + LogTail.of(log));
        }
    }

    /** With Debian's tick of 2 s, so that sessions last between 4 and 40 s. */
    private Path configuration() {
        Path file = folder.resolve("zoo.cfg");
        try {
            Files.writeString(file, """
                    tickTime=2000
                    dataDir=%s
                    clientPort=%d
                    clientPortAddress=127.0.0.1
                    maxClientCnxns=0
                    4lw.commands.whitelist=ruok
                    """.formatted(folder.resolve("data"), port));
            return file;
        } catch (IOException e) {
            throw new LabException("Cannot write " + file + ": " + e.getMessage(), e);
        }
    }

    private boolean isServing() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), ANSWER_MILLIS);
            socket.setSoTimeout(ANSWER_MILLIS);
            socket.getOutputStream().write("ruok".getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).equals("imok");
        } catch (IOException e) {
            return false;
        }
    }

    /** As {@code kill -9} would. */
    public void kill() {
        SupervisedProcess running = process;
        if (running != null) {
            running.killTree();
        }
    }

    @Override
    public void close() {
        kill();
    }
}
