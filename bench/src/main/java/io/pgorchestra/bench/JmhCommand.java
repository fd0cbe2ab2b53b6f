package io.pgorchestra.bench;

import io.pgorchestra.proxy.cli.OrchestraCommand;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code orchestra jmh}: the benchmarks of single classes, with the heap that each operation allocates. */
@Command(
        name = "jmh",
        description =
                "Measure the frame scanner, the ledger, the pool and the classifier by themselves: time and heap for each operation.",
        footer = "Exit code: 0 measured, 1 a benchmark failed, 2 wrong usage.",
        mixinStandardHelpOptions = true)
public final class JmhCommand implements OrchestraCommand {

    private static final int OK = 0;
    private static final int FAILED = 1;

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "REGEX",
            defaultValue = ".*",
            description = "Which benchmarks (default: all).")
    private String pattern = ".*";

    @Option(names = "--forks", defaultValue = "1", description = "JVMs for each benchmark (default: ${DEFAULT-VALUE}).")
    private int forks;

    @Option(names = "--iterations", defaultValue = "5", description = "Of one second (default: ${DEFAULT-VALUE}).")
    private int iterations;

    @Override
    public Integer call() {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include(pattern)
                .forks(forks)
                .warmupIterations(iterations)
                .warmupTime(TimeValue.seconds(1))
                .measurementIterations(iterations)
                .measurementTime(TimeValue.seconds(1))
                .shouldFailOnError(true)
                .addProfiler(GCProfiler.class);
        try {
            new Runner(options.build()).run();
            return OK;
        } catch (RunnerException e) {
            spec.commandLine().getErr().println("orchestra jmh: " + e.getMessage());
            return FAILED;
        }
    }
}
