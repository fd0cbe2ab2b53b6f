package io.pgorchestra.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CompareCommandIT {

    @TempDir
    Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void bench_ofThisBuild_measuresAndWritesTheTable() throws IOException {
        assumeTrue(
                Programs.find("pgbench", "auto").isPresent(),
                "pgbench is not on PATH (Debian: apt-get install postgresql-contrib)");
        Path table = directory.resolve("benchmarks.md");

        int exitCode = run(
                "--measure=throughput,latency,memory,start",
                "--clients=2",
                "--idle-clients=10",
                "--rate=100",
                "--rounds=1",
                "--seconds=1",
                "--warmup=2",
                "--scale=1",
                "--output=" + table);

        assertEquals(0, exitCode, err.toString());
        String text = Files.readString(table);
        assertTrue(text.contains("| measure | direct | Orchestra |"), text);
        assertTrue(text.matches("(?s).*\\| simple, 2 clients \\| [0-9,]+ /s \\| [0-9,]+ /s \\([0-9.]+\\) \\|.*"), text);
        assertTrue(text.contains("| 10 idle clients: memory in all | - |"), text);
        assertTrue(out.toString().contains("| start to first login | - |"), out.toString());
    }

    @Test
    void bench_postgresUnreachable_failsAndSaysSo() {
        assertEquals(1, run("--postgres=127.0.0.1:1", "--orchestra=none"));
        assertTrue(err.toString().contains("127.0.0.1:1"), err.toString());
    }

    @Test
    void bench_wrongOption_isWrongUsage() {
        assertEquals(2, run("--measure=speed"));
        assertEquals(2, run("--rounds=0"));
    }

    private int run(String... arguments) {
        CommandLine commandLine = new CommandLine(new CompareCommand());
        commandLine.setOut(new PrintWriter(out, true));
        commandLine.setErr(new PrintWriter(err, true));
        return commandLine.execute(arguments);
    }
}
