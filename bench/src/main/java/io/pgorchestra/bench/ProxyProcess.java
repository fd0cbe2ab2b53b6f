package io.pgorchestra.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;

/** A running proxy. */
final class ProxyProcess implements AutoCloseable {

    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

    /** How exactly the start is measured: PgBouncer's takes ten milliseconds, so that the lab's Poll would be too coarse. */
    private static final Duration PROBE_INTERVAL = Duration.ofMillis(1);

    private final Children children;
    private final Process process;
    private final Endpoint endpoint;
    private final double startSeconds;

    private ProxyProcess(Children children, Process process, Endpoint endpoint, double startSeconds) {
        this.children = children;
        this.process = process;
        this.endpoint = endpoint;
        this.startSeconds = startSeconds;
    }

    /** Starts the proxy and returns when a client has logged in through it. */
    static ProxyProcess start(Peer peer, Endpoint postgres, Path home, Children children) {
        try {
            Path directory = Files.createTempDirectory(home, "proxy-");
            // A proxy that gives up root must still be able to read what stands there.
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
            Endpoint endpoint = postgres.withPort(FreePort.find());
            List<String> command = peer.prepare(directory, endpoint.port(), postgres);
            Path log = directory.resolve("log");
            long started = System.nanoTime();
            Process process = children.start(command, log);
            awaitLogin(peer, process, endpoint, log, started, children);
            return new ProxyProcess(children, process, endpoint, (System.nanoTime() - started) / 1e9);
        } catch (IOException e) {
            throw new BenchException("Cannot prepare " + peer.name() + ": " + e.getMessage(), e);
        }
    }

    private static void awaitLogin(
            Peer peer, Process process, Endpoint endpoint, Path log, long started, Children children)
            throws IOException {
        while (true) {
            String complaint;
            try (IdleClients probe = new IdleClients(endpoint)) {
                probe.open(1);
                return;
            } catch (IOException e) {
                complaint = String.valueOf(e.getMessage());
            }
            boolean late = System.nanoTime() - started > START_TIMEOUT.toNanos();
            if (late || !process.isAlive()) {
                children.stop(process);
                throw new BenchException(peer.name() + (late ? " takes no client" : " ended at its start") + " ("
                        + complaint + "): " + Children.lastLines(Files.readString(log)));
            }
            pause();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PROBE_INTERVAL.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("Interrupted while waiting for a proxy.", e);
        }
    }

    Endpoint endpoint() {
        return endpoint;
    }

    /** From the start of the process until the first client had logged in. */
    double startSeconds() {
        return startSeconds;
    }

    double cpuSeconds() {
        return ProcessUsage.cpuSeconds(process.toHandle());
    }

    double memoryKilobytes() {
        return ProcessUsage.memoryKilobytes(process.toHandle());
    }

    @Override
    public void close() {
        children.stop(process);
    }
}
