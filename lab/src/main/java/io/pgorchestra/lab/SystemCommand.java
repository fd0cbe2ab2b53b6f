package io.pgorchestra.lab;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A short command of the operating system, run to its end. */
record SystemCommand(int exitCode, String output) {

    private static final long TIMEOUT_SECONDS = 20;

    /** Runs a command whose output is small; a command that cannot be started or hangs counts as failed. */
    static SystemCommand run(List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return new SystemCommand(-1, "no end after " + TIMEOUT_SECONDS + " s");
            }
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new SystemCommand(process.exitValue(), output.strip());
        } catch (IOException e) {
            return new SystemCommand(-1, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new SystemCommand(-1, "interrupted");
        }
    }

    static boolean exists(String name) {
        String path = System.getenv().getOrDefault("PATH", "/usr/bin:/bin");
        return path.lines()
                .flatMap(line -> List.of(line.split(File.pathSeparator, -1)).stream())
                .filter(folder -> !folder.isEmpty())
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, name)));
    }

    /** Takes out what would change a Postgres that is meant to be the same everywhere. */
    static void makeNeutral(Map<String, String> environment) {
        environment.keySet().removeIf(name -> name.startsWith("PG") || name.startsWith("LC_"));
        environment.put("LANG", "C");
        // Not the LD_LIBRARY_PATH of a foreign Postgres: the binaries bring their own libraries.
        environment.remove("LD_LIBRARY_PATH");
    }
}
