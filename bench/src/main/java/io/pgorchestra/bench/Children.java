package io.pgorchestra.bench;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The processes that this command has started and not yet stopped, and the folders it works in. They go when it ends, also by
 * Ctrl-C.
 */
final class Children implements AutoCloseable {

    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);

    private final Set<Process> running = ConcurrentHashMap.newKeySet();
    private final Set<Path> folders = ConcurrentHashMap.newKeySet();
    private final Thread hook = new Thread(this::stopAll, "bench-children");

    Children() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Has a folder deleted when all processes have stopped. */
    void deleteAtEnd(Path folder) {
        folders.add(folder);
    }

    Process start(List<String> command, Path log) {
        ProcessBuilder builder = builder(command, Map.of())
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .redirectErrorStream(true);
        return start(builder);
    }

    /** Runs a command to its end, and returns what it wrote to both outputs; throws when its exit code is not 0. */
    String run(List<String> command, Map<String, String> environment) {
        Process process = start(builder(command, environment).redirectErrorStream(true));
        try (InputStream input = process.getInputStream()) {
            String output = new String(input.readAllBytes(), StandardCharsets.UTF_8);
            int exitCode = process.waitFor();
            if (exitCode != 0) {
                throw new BenchException(
                        command.get(0) + " ended with exit code " + exitCode + ": " + lastLines(output));
            }
            return output;
        } catch (IOException e) {
            throw new BenchException("Cannot read from " + command.get(0) + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("Interrupted while " + command.get(0) + " ran.", e);
        } finally {
            stop(process);
        }
    }

    /** Asks the process to end, and kills it with all it started when it does not. */
    void stop(Process process) {
        List<ProcessHandle> descendants = process.descendants().toList();
        process.destroy();
        try {
            if (!process.waitFor(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        descendants.forEach(ProcessHandle::destroyForcibly);
        running.remove(process);
    }

    @Override
    public void close() {
        stopAll();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is already going down, and the hook has done or will do the same.
            assert running.isEmpty() : running;
        }
    }

    private void stopAll() {
        running.forEach(this::stop);
        folders.removeIf(Children::delete);
    }

    private static boolean delete(Path folder) {
        try {
            FileTrees.delete(folder);
            return true;
        } catch (IOException e) {
            // The next stop tries again; after the last one it is a matter for the system's own cleaning.
            return !Files.exists(folder);
        }
    }

    private Process start(ProcessBuilder builder) {
        try {
            Process process = builder.start();
            running.add(process);
            return process;
        } catch (IOException e) {
            throw new BenchException("Cannot start " + builder.command().get(0) + ": " + e.getMessage(), e);
        }
    }

    private static ProcessBuilder builder(List<String> command, Map<String, String> environment) {
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
        Map<String, String> variables = builder.environment();
        variables.keySet().removeIf(name -> name.startsWith("PG"));
        variables.put("LC_ALL", "C");
        // The comparison is without TLS on every side; not asking for it spares every contestant the same round trip.
        variables.put("PGSSLMODE", "disable");
        variables.put("PGGSSENCMODE", "disable");
        variables.putAll(environment);
        return builder;
    }

    static String lastLines(String output) {
        String[] lines = output.strip().split("\n", -1);
        int first = Math.max(0, lines.length - 5);
        return String.join(" | ", List.of(lines).subList(first, lines.length));
    }
}
