package io.pgorchestra.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A process that cannot outlive this JVM, however this JVM ends: a small shell script, its parent, holds a pipe from here and stops it
 * when the pipe closes. The two run in a session of their own, so that Ctrl-C in a terminal reaches only the JVM, which then
 * stops things in order.
 */
public final class SupervisedProcess {

    private static final String SCRIPT = "supervise.sh";

    private final Process supervisor;
    private final ProcessHandle process;
    private final Writer signals;
    private final CompletableFuture<Void> ended;

    private SupervisedProcess(Process supervisor, ProcessHandle process, Writer signals) {
        this.supervisor = supervisor;
        this.process = process;
        this.signals = signals;
        // Should somebody kill the supervisor, there is still this JVM to end the process.
        ended = supervisor.onExit().thenAccept(gone -> process.destroyForcibly());
    }

    /**
     * Starts {@code command}.
     *
     * @param directory an existing folder for the script and as working directory
     * @param doomed deleted when the JVM dies without stopping the process; null to delete nothing
     */
    public static SupervisedProcess start(List<String> command, Path directory, Path log, @Nullable Path doomed) {
        List<String> line = new ArrayList<>();
        if (SystemCommand.exists("setsid")) {
            line.add("setsid");
        }
        line.addAll(List.of("sh", copyScript(directory).toString(), log.toString()));
        line.add(doomed == null ? "" : doomed.toString());
        line.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(line)
                .directory(directory.toFile())
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
        SystemCommand.makeNeutral(builder.environment());
        try {
            Process supervisor = builder.start();
            ProcessHandle process = readHandle(supervisor, command);
            Writer signals = supervisor.outputWriter(StandardCharsets.US_ASCII);
            return new SupervisedProcess(supervisor, process, signals);
        } catch (IOException e) {
            throw new LabException("Cannot start " + command.get(0) + ": " + e.getMessage(), e);
        }
    }

    private static Path copyScript(Path directory) {
        Path script = directory.resolve(SCRIPT);
        try (InputStream source = SupervisedProcess.class.getResourceAsStream(SCRIPT)) {
            if (source == null) {
                throw new IllegalStateException(SCRIPT + " is not on the class path");
            }
            Files.copy(source, script, StandardCopyOption.REPLACE_EXISTING);
            return script;
        } catch (IOException e) {
            throw new LabException("Cannot write " + script + ": " + e.getMessage(), e);
        }
    }

    private static ProcessHandle readHandle(Process supervisor, List<String> command) throws IOException {
        BufferedReader reader =
                new BufferedReader(new InputStreamReader(supervisor.getInputStream(), StandardCharsets.US_ASCII));
        String line = reader.readLine();
        if (line == null) {
            throw new LabException("Cannot start " + command.get(0) + ": the supervising shell ended at once.");
        }
        // A process that is already gone again is still the supervisor's to report.
        return ProcessHandle.of(Long.parseLong(line)).orElseGet(supervisor::toHandle);
    }

    long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return supervisor.isAlive();
    }

    /** Sends a signal by its name, as in {@code INT}. Does nothing when the process is gone. */
    public void signal(String name) {
        try {
            signals.write(name + "\n");
            signals.flush();
        } catch (IOException e) {
            // The pipe is broken because the supervisor has ended, and with it the process.
            assert awaitExit(Duration.ofSeconds(1)) : "pipe broken, but supervisor alive";
        }
    }

    /** Kills the process and all that it started, at once, and returns when they are gone. */
    public void killTree() {
        new ProcessTree(process).kill();
        supervisor.onExit().join();
    }

    /** Stops the process and all that it started where they stand; the parent first, so that it starts no more. */
    public void freezeTree() {
        new ProcessTree(process).freeze();
    }

    /** Lets a frozen tree go on. */
    public void thawTree() {
        new ProcessTree(process).thaw();
    }

    /** True when the process has ended within the time. */
    public boolean awaitExit(Duration time) {
        try {
            return supervisor.waitFor(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** The exit code of the process, which must have ended. */
    int exitCode() {
        return supervisor.exitValue();
    }

    /** Done when the process has ended, for whatever reason. */
    CompletableFuture<Void> ended() {
        return ended;
    }
}
