package io.pgorchestra.proxy.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** What the readers have to say about a configuration, collected while they go on reading. */
final class Findings {
    private final List<ConfigProblem> problems = new ArrayList<>();
    private final List<ConfigNote> notes = new ArrayList<>();

    void problem(Position position, String what, String value, String expected, String advice) {
        problems.add(new ConfigProblem(position.file(), position.line(), what, value, expected, advice));
    }

    /** A key that nobody knows. */
    void unknownKey(Position position, String what, String key, Collection<String> known) {
        String advice = Spelling.closest(key, known)
                .map(name -> "did you mean " + name + "?")
                .orElse("correct or remove it");
        problem(position, what, key, "", advice);
    }

    void note(Position position, String text) {
        notes.add(new ConfigNote(position.file(), position.line(), text));
    }

    boolean hasProblems() {
        return !problems.isEmpty();
    }

    List<ConfigNote> notes() {
        return notes;
    }

    /** The problems, each file's in the order of its lines, and what concerns a file as a whole last. */
    ConfigProblems asProblems() {
        List<String> files =
                problems.stream().map(ConfigProblem::file).distinct().toList();
        List<ConfigProblem> sorted = problems.stream()
                .sorted(Comparator.<ConfigProblem>comparingInt(problem -> files.indexOf(problem.file()))
                        .thenComparingInt(problem -> problem.line() == 0 ? Integer.MAX_VALUE : problem.line()))
                .toList();
        return new ConfigProblems(sorted, notes);
    }
}
