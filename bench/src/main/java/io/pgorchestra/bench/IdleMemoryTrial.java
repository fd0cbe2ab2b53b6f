package io.pgorchestra.bench;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Memory of a fresh proxy, and what idle clients add to it. */
final class IdleMemoryTrial implements Trial {

    private static final double KILOBYTES_PER_MEGABYTE = 1024;

    private final Function<Peer, ProxyProcess> launcher;
    private final List<Integer> counts;

    IdleMemoryTrial(Function<Peer, ProxyProcess> launcher, List<Integer> counts) {
        this.launcher = launcher;
        this.counts = List.copyOf(counts);
    }

    @Override
    public String title() {
        return "memory with " + counts + " idle clients";
    }

    @Override
    public boolean suits(Contestant contestant) {
        return contestant.peer() != null && !(contestant.peer() instanceof PgpoolPeer);
    }

    @Override
    public int rounds(int rounds) {
        return 1;
    }

    @Override
    public Map<Figure, Double> run(Contestant contestant) {
        Peer peer = contestant.peer();
        if (peer == null) {
            throw new IllegalArgumentException("contestant: " + contestant.name() + " (expected: a proxy)");
        }
        Map<Figure, Double> figures = new LinkedHashMap<>();
        try (ProxyProcess process = launcher.apply(peer);
                IdleClients clients = new IdleClients(process.endpoint())) {
            double empty = process.memoryKilobytes();
            figures.put(new Figure("memory without clients", Unit.MEGABYTES), empty / KILOBYTES_PER_MEGABYTE);
            for (int count : counts) {
                clients.open(count);
                double full = process.memoryKilobytes();
                String title = String.format("%,d idle clients", count);
                figures.put(new Figure(title + ": memory in all", Unit.MEGABYTES), full / KILOBYTES_PER_MEGABYTE);
                figures.put(new Figure(title + ": memory for each", Unit.KILOBYTES), (full - empty) / count);
            }
            return figures;
        } catch (IOException e) {
            throw new BenchException(
                    "Cannot hold idle clients (is the limit of open files, ulimit -n, above twice their number?): "
                            + e.getMessage(),
                    e);
        }
    }
}
