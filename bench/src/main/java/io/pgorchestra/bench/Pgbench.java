package io.pgorchestra.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Runs of pgbench, select-only. */
final class Pgbench {

    private final Children children;
    private final int seconds;

    Pgbench(Children children, int seconds) {
        this.children = children;
        this.seconds = seconds;
    }

    static void initialise(Children children, Endpoint postgres, int scale) {
        children.run(command(postgres, List.of("-i", "-q", "-s", Integer.toString(scale))), Map.of());
    }

    PgbenchResult run(Endpoint endpoint, int clients, String... options) {
        return run(endpoint, clients, seconds, options);
    }

    PgbenchResult run(Endpoint endpoint, int clients, int duration, String... options) {
        int threads = Math.min(clients, Runtime.getRuntime().availableProcessors());
        List<String> words = new ArrayList<>(List.of("-n", "-S"));
        words.addAll(List.of("-c", Integer.toString(clients)));
        words.addAll(List.of("-j", Integer.toString(threads)));
        words.addAll(List.of("-T", Integer.toString(duration)));
        words.addAll(List.of(options));
        return PgbenchResult.parse(children.run(command(endpoint, words), Map.of()));
    }

    private static List<String> command(Endpoint endpoint, List<String> words) {
        List<String> command = new ArrayList<>(List.of("pgbench", "-h", endpoint.host()));
        command.addAll(List.of("-p", Integer.toString(endpoint.port()), "-U", endpoint.user()));
        command.addAll(words);
        command.add(endpoint.database());
        return command;
    }
}
