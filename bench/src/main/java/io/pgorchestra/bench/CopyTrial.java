package io.pgorchestra.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** COPY of a big table to a client that throws it away. */
final class CopyTrial implements Trial {

    static final String TABLE = "orchestra_bench_copy";
    static final int ROW_BYTES = 1_000;

    private static final double NANOSECONDS_PER_SECOND = 1e9;

    private final Children children;
    private final int megabytes;

    CopyTrial(Children children, int megabytes) {
        this.children = children;
        this.megabytes = megabytes;
    }

    @Override
    public String title() {
        return "COPY out of " + megabytes + " MB";
    }

    @Override
    public Map<Figure, Double> run(Contestant contestant) {
        Endpoint endpoint = contestant.endpoint();
        @Nullable ProxyProcess process = contestant.process();
        List<String> command = List.of(
                "psql",
                "-h",
                endpoint.host(),
                "-p",
                Integer.toString(endpoint.port()),
                "-U",
                endpoint.user(),
                "-X",
                "-q",
                "-v",
                "ON_ERROR_STOP=1",
                "-c",
                "\\copy " + TABLE + " to '/dev/null'",
                endpoint.database());
        double before = process == null ? 0 : process.cpuSeconds();
        long started = System.nanoTime();
        children.run(command, Map.of());
        Map<Figure, Double> figures = new LinkedHashMap<>();
        figures.put(
                new Figure(title() + ": time", Unit.SECONDS), (System.nanoTime() - started) / NANOSECONDS_PER_SECOND);
        if (process != null) {
            figures.put(new Figure(title() + ": proxy CPU", Unit.SECONDS), process.cpuSeconds() - before);
        }
        return figures;
    }
}
