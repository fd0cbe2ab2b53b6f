package io.pgorchestra.lab.up;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgorchestra.lab.LoopbackPort;
import io.pgorchestra.lab.Poll;
import io.pgorchestra.proxy.Main;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code orchestra up} as a process of its own, as a user runs it. */
@Timeout(180)
class UpCommandIT {

    private final int clientPort = LoopbackPort.findFree();
    private final int adminPort = LoopbackPort.findFree();
    private final int httpPort = LoopbackPort.findFree();

    @Test
    void up_untilSigterm_servesSqlAndLeavesNothing() throws Exception {
        Process up = up();
        String ready = awaitReady(up);
        List<ProcessHandle> processes = up.descendants().toList();

        assertTrue(ready.contains("psql -h 127.0.0.1 -p " + clientPort + " -U postgres postgres"), ready);
        assertEquals("42", ask("SELECT 6 * 7"));
        assertEquals(3, processes.stream().filter(UpCommandIT::isPostmaster).count());
        up.destroy();

        assertTrue(up.waitFor(60, TimeUnit.SECONDS));
        assertEquals(128 + 15, up.exitValue());
        assertAllGone(processes);
    }

    @Test
    void up_killed_leavesNothing() throws Exception {
        Process up = up();
        awaitReady(up);
        List<ProcessHandle> processes = up.descendants().toList();

        up.destroyForcibly();

        assertTrue(up.waitFor(60, TimeUnit.SECONDS));
        assertAllGone(processes);
    }

    @Test
    void up_killedWithFrozenNode_leavesNothing() throws Exception {
        Process up = up();
        awaitReady(up);
        List<ProcessHandle> processes = up.descendants().toList();
        assertEquals(List.of("pg2 frozen"), lab("freeze", "pg2"));

        up.destroyForcibly();

        assertTrue(up.waitFor(60, TimeUnit.SECONDS));
        assertAllGone(processes);
    }

    @Test
    void lab_killAndStartOfStandby_isSeenInStatus() throws Exception {
        Process up = up("--standbys=1");
        awaitReady(up);

        assertEquals(List.of("pg2 killed"), lab("kill", "pg2"));
        assertTrue(line("pg2", lab("status")).contains("down"));
        assertEquals(List.of("pg2 started as standby"), lab("start", "pg2"));
        assertTrue(line("pg2", lab("status")).endsWith("pg1"));
        assertEquals(List.of("orchestra lab: No node \"pg3\" in this lab; there are [pg1, pg2]."), lab("kill", "pg3"));

        up.destroy();
        assertTrue(up.waitFor(60, TimeUnit.SECONDS));
        assertEquals(
                List.of("orchestra lab: No `orchestra up` of yours runs on this machine with --port " + clientPort
                        + "."),
                lab("status"));
    }

    @Test
    void lab_cutAndHeal_namesTheLinks() throws Exception {
        Process up = up("--standbys=1", "--links");
        awaitReady(up);

        assertEquals(List.of("pg2 to pg1: cut", "proxy to pg1: cut"), sorted(lab("cut", "primary", "--from", "all")));
        assertTrue(lab("status").contains("link proxy to pg1: dropped"));
        assertEquals(List.of("all links healed"), lab("heal"));
        assertEquals("42", ask("SELECT 6 * 7"));
        assertEquals(List.of("zookeeper stopped"), lab("stop", "zookeeper"));
        assertTrue(line("zookeeper", lab("status")).endsWith("down"));

        up.destroy();
        assertTrue(up.waitFor(60, TimeUnit.SECONDS));
    }

    /** What {@code orchestra lab} says, to whichever of its outputs. */
    private List<String> lab(String... arguments) {
        StringWriter said = new StringWriter();
        CommandLine command =
                new CommandLine(new LabCommand()).setOut(new PrintWriter(said)).setErr(new PrintWriter(said));
        List<String> words = new ArrayList<>(List.of("--port=" + clientPort));
        words.addAll(List.of(arguments));
        command.execute(words.toArray(String[]::new));
        return said.toString().lines().toList();
    }

    private static String line(String start, List<String> lines) {
        return lines.stream().filter(line -> line.startsWith(start)).findFirst().orElse("none in " + lines);
    }

    private static List<String> sorted(List<String> lines) {
        return lines.stream().sorted().toList();
    }

    /** A postgres whose parent is none: the supervising shell. */
    private static boolean isPostmaster(ProcessHandle process) {
        return isPostgres(process)
                && process.parent().filter(UpCommandIT::isPostgres).isEmpty();
    }

    private static boolean isPostgres(ProcessHandle process) {
        return process.info().command().orElse("").endsWith("/postgres");
    }

    @Test
    void up_onKeptDirectory_keepsRowsBetweenRuns(@TempDir Path directory) throws Exception {
        Process first = up("--dir", directory.toString());
        awaitReady(first);
        assertEquals("7", ask("CREATE TABLE kept AS SELECT 7 AS n; SELECT n FROM kept"));
        first.destroy();
        assertTrue(first.waitFor(60, TimeUnit.SECONDS));

        Process second = up("--dir", directory.toString());
        awaitReady(second);
        assertEquals("7", ask("SELECT n FROM kept"));
        second.destroy();
        assertTrue(second.waitFor(60, TimeUnit.SECONDS));
    }

    /** ZooKeeper remembers where the primary was. */
    @Test
    void up_againAtOtherPorts_servesWhatItHad(@TempDir Path directory) throws Exception {
        Process first = up("--dir", directory.toString(), "--standbys=1", "--pg-port=" + twoFreePorts());
        awaitReady(first);
        ask("CREATE TABLE kept AS SELECT 7 AS n; SELECT n FROM kept");
        first.destroy();
        assertTrue(first.waitFor(60, TimeUnit.SECONDS));

        int port = twoFreePorts();
        Process second = up("--dir", directory.toString(), "--standbys=1", "--pg-port=" + port);
        awaitReady(second);
        assertEquals("7", ask("SELECT n FROM kept"));
        assertTrue(line("pg1", lab("status")).contains(Integer.toString(port)));
        second.destroy();
        assertTrue(second.waitFor(60, TimeUnit.SECONDS));
    }

    /** The first of two neighbours, for that is how nodes are numbered. */
    private static int twoFreePorts() {
        while (true) {
            int port = LoopbackPort.findFree();
            if (LoopbackPort.isFree(port + 1)) {
                return port;
            }
        }
    }

    @Test
    void up_portTaken_saysWhichInOneLineAndFails() throws Exception {
        try (ServerSocket taken = new ServerSocket(clientPort, 1, InetAddress.getLoopbackAddress())) {
            Process up = up();
            List<String> lines = up.inputReader().lines().toList();

            assertTrue(up.waitFor(60, TimeUnit.SECONDS));
            assertEquals(1, up.exitValue());
            assertEquals(
                    List.of("orchestra up: Port " + taken.getLocalPort()
                            + " (clients) is taken. Stop what listens there, or choose another with --port."),
                    lines);
        }
    }

    private Process up(String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "up",
                "--port=" + clientPort,
                "--admin-port=" + adminPort,
                "--http-port=" + httpPort));
        command.addAll(List.of(more));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    private static String awaitReady(Process up) throws IOException {
        BufferedReader reader = up.inputReader();
        List<String> seen = new ArrayList<>();
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            seen.add(line);
            if (line.startsWith("ready")) {
                return line;
            }
        }
        throw new AssertionError("no ready line: " + seen);
    }

    private String ask(String sql) throws SQLException {
        String url = "jdbc:postgresql://127.0.0.1:" + clientPort + "/postgres?user=postgres";
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            boolean isResult = statement.execute(sql);
            while (!isResult) {
                isResult = statement.getMoreResults();
            }
            try (ResultSet rows = statement.getResultSet()) {
                assertTrue(rows.next());
                return rows.getString(1);
            }
        }
    }

    private static void assertAllGone(List<ProcessHandle> processes) {
        assertFalse(processes.isEmpty());
        Poll.until(
                Duration.ofSeconds(30),
                () -> processes.stream().noneMatch(ProcessHandle::isAlive),
                () -> "still there: "
                        + alive(processes).map(ProcessHandle::info).toList());
    }

    private static Stream<ProcessHandle> alive(List<ProcessHandle> processes) {
        return processes.stream().filter(ProcessHandle::isAlive);
    }
}
