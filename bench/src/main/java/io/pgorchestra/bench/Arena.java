package io.pgorchestra.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The contestants, all running at once (one under load at a time), and the temporary folder that they work in. */
final class Arena implements AutoCloseable {

    private static final int WARM_UP_CLIENTS = 64;

    private final Children children;
    private final Path home;
    private final List<Contestant> contestants = new ArrayList<>();

    private Arena(Children children, Path home) {
        this.children = children;
        this.home = home;
    }

    static Arena open(Children children) throws IOException {
        Path home = Files.createTempDirectory("orchestra-bench-");
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxr-xr-x"));
        children.deleteAtEnd(home);
        return new Arena(children, home);
    }

    Path home() {
        return home;
    }

    List<Contestant> contestants() {
        return List.copyOf(contestants);
    }

    void enter(Contestant contestant) {
        contestants.add(contestant);
    }

    void enter(Peer peer, Endpoint postgres, Consumer<String> progress) {
        progress.accept("starting " + peer.name());
        contestants.add(Contestant.of(peer, launch(peer, postgres)));
    }

    /** Starts one more process of a proxy. */
    ProxyProcess launch(Peer peer, Endpoint postgres) {
        return ProxyProcess.start(peer, postgres, home, children);
    }

    /** Loads every contestant alike, half of the time with each kind of query, before anything counts. */
    void warmUp(int seconds, Scoreboard scoreboard, Consumer<String> progress) {
        int half = Math.max(1, seconds / 2);
        Pgbench pgbench = new Pgbench(children, half);
        for (Contestant contestant : contestants) {
            progress.accept("warming up " + contestant.name() + " for " + 2 * half + " s");
            try {
                pgbench.run(contestant.endpoint(), WARM_UP_CLIENTS);
                pgbench.run(contestant.endpoint(), WARM_UP_CLIENTS, "-M", "prepared");
            } catch (BenchException e) {
                // Named in the report; the rounds will show which measures work all the same.
                progress.accept("warming up " + contestant.name() + " FAILED: " + e.getMessage());
                scoreboard.fail(
                        contestant.name(),
                        "warm-up",
                        Map.<Figure, Double>of().keySet(),
                        String.valueOf(e.getMessage()));
            }
        }
    }

    @Override
    public void close() {
        for (Contestant contestant : contestants) {
            ProxyProcess process = contestant.process();
            if (process != null) {
                process.close();
            }
        }
    }
}
