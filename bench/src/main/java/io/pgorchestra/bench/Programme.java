package io.pgorchestra.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/**
 * How big each measure is.
 *
 * @param clients the numbers of clients of the throughput measure
 * @param rate transactions per second of the latency measure
 */
record Programme(int seconds, List<Integer> clients, int rate, int copyMegabytes, List<Integer> idleClients) {

    private static final int MODE_CLIENTS = 64;
    private static final int LATENCY_CLIENTS = 32;
    private static final int CONNECT_CLIENTS = 16;

    Programme {
        clients = List.copyOf(clients);
        idleClients = List.copyOf(idleClients);
    }

    List<Trial> trials(Measure measure, Children children, Path home, Function<Peer, ProxyProcess> launcher) {
        Pgbench pgbench = new Pgbench(children, seconds);
        return switch (measure) {
            case THROUGHPUT ->
                clients.stream()
                        .<Trial>map(count -> new LoadTrial(pgbench, "simple", count))
                        .toList();
            case PREPARED -> List.of(new LoadTrial(pgbench, "prepared", MODE_CLIENTS, "-M", "prepared"));
            case EXTENDED -> List.of(new LoadTrial(pgbench, "extended", MODE_CLIENTS, "-M", "extended"));
            case LATENCY -> List.of(new LatencyTrial(pgbench, home, LATENCY_CLIENTS, rate));
            case CONNECT -> List.of(new LoadTrial(pgbench, "connect, one query, disconnect", CONNECT_CLIENTS, "-C"));
            case COPY -> List.of(new CopyTrial(children, copyMegabytes));
            case MEMORY -> List.of(new IdleMemoryTrial(launcher, idleClients));
            case START -> List.of(new StartTrial(launcher));
        };
    }
}
