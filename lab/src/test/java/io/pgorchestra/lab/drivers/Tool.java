package io.pgorchestra.lab.drivers;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** A program of this machine that a test uses if it is there. */
final class Tool {

    private static final long TIMEOUT_SECONDS = 100;

    private Tool() {}

    /** Skips the test, with a line that says why, unless the program is on PATH. */
    static void require(String program) {
        require(exists(program), program + " is not on PATH");
    }

    /** Skips the test, with a line that says why, unless the condition holds. */
    static void require(boolean condition, String reason) {
        if (!condition) {
            System.out.println("skipped: " + reason);
        }
        Assumptions.assumeTrue(condition, reason);
    }

    static boolean exists(String program) {
        String path = System.getenv().getOrDefault("PATH", "/usr/bin");
        return List.of(path.split(File.pathSeparator, -1)).stream()
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    /** How a program ended, and what it wrote. */
    record Outcome(int exitCode, String out, String err) {

        /** What it wrote to its standard output, if it went well. */
        String well() {
            assertTrue(exitCode == 0, () -> "exit code " + exitCode + ": " + err + out);
            return out;
        }
    }

    /** A program on its way; its output goes to files of the folder. */
    record Running(Process process, Path out, Path err) {

        Outcome await() throws IOException, InterruptedException {
            if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException("no end after " + TIMEOUT_SECONDS + " s: " + Files.readString(err));
            }
            return new Outcome(
                    process.exitValue(),
                    Files.readString(out, StandardCharsets.UTF_8),
                    Files.readString(err, StandardCharsets.UTF_8));
        }
    }

    /** Starts a program with that standard input. */
    static Running start(Path folder, String input, List<String> command) throws IOException {
        Path in = Files.createTempFile(folder, "in", "");
        Files.writeString(in, input);
        Path out = Files.createTempFile(folder, "out", "");
        Path err = Files.createTempFile(folder, "err", "");
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(in.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
        builder.environment().put("LC_ALL", "C.UTF-8");
        return new Running(builder.start(), out, err);
    }

    static Outcome run(Path folder, String input, List<String> command) throws IOException, InterruptedException {
        return start(folder, input, command).await();
    }
}
