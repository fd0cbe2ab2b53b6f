package io.pgorchestra.bench;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.Consumer;

/** Runs trials in rounds, A B C A B C, so that whatever slows the machine down for a while slows down all alike. */
final class Rounds {

    private final List<Contestant> contestants;
    private final int rounds;
    private final Scoreboard scoreboard;
    private final Consumer<String> progress;

    Rounds(List<Contestant> contestants, int rounds, Scoreboard scoreboard, Consumer<String> progress) {
        this.contestants = List.copyOf(contestants);
        this.rounds = rounds;
        this.scoreboard = scoreboard;
        this.progress = progress;
    }

    void run(Trial trial) {
        Map<String, Set<Figure>> reached = new HashMap<>();
        Set<String> failed = new HashSet<>();
        int last = trial.rounds(rounds);
        for (int round = 1; round <= last; round++) {
            StringJoiner line = new StringJoiner(", ");
            for (Contestant contestant : contestants) {
                String name = contestant.name();
                if (!trial.suits(contestant) || failed.contains(name)) {
                    continue;
                }
                try {
                    Map<Figure, Double> figures = trial.run(contestant);
                    scoreboard.add(name, figures);
                    reached.computeIfAbsent(name, key -> new HashSet<>()).addAll(figures.keySet());
                    line.add(name + " " + describe(figures));
                } catch (BenchException e) {
                    failed.add(name);
                    scoreboard.fail(
                            name, trial.title(), reached.getOrDefault(name, Set.of()), String.valueOf(e.getMessage()));
                    line.add(name + " FAILED: " + e.getMessage());
                }
            }
            progress.accept(trial.title() + ", round " + round + "/" + last + ": " + line);
        }
    }

    private static String describe(Map<Figure, Double> figures) {
        StringJoiner values = new StringJoiner(" ");
        new LinkedHashMap<>(figures)
                .forEach((figure, value) -> values.add(figure.unit().format(value)));
        return values.toString();
    }
}
