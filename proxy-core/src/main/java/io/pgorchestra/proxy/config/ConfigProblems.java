package io.pgorchestra.proxy.config;

import java.io.Serial;
import java.util.List;
import java.util.stream.Collectors;

/** Everything that is wrong with a configuration, in one go; none of it was applied. */
public final class ConfigProblems extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    private final transient List<ConfigProblem> problems;
    private final transient List<ConfigNote> notes;

    ConfigProblems(List<ConfigProblem> problems, List<ConfigNote> notes) {
        super(problems.stream().map(ConfigProblem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
        this.notes = List.copyOf(notes);
    }

    /** At least one, in the order of the file. */
    public List<ConfigProblem> problems() {
        return problems;
    }

    public List<ConfigNote> notes() {
        return notes;
    }
}
