package io.pgorchestra.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(120)
class EmbeddedPostgresIT {

    private static final String EVERY_MAJOR = "io.pgorchestra.lab.PostgresUnderTest#everyMajor";

    @ParameterizedTest
    @MethodSource(EVERY_MAJOR)
    void start_ofVersion_isThatVersion(PostgresUnderTest postgres) throws SQLException {
        String version = ask(postgres.node(), "SHOW server_version_num");

        assertEquals(postgres.version().major(), Integer.parseInt(version) / 10_000);
    }

    @ParameterizedTest
    @MethodSource(EVERY_MAJOR)
    void kill_afterCommit_losesNothingOverRestart(PostgresUnderTest postgres) throws SQLException {
        try (EmbeddedPostgres node = EmbeddedPostgres.start(postgres.options())) {
            run(node, "CREATE TABLE kept (n int)");
            run(node, "INSERT INTO kept VALUES (42)");
            long firstPid = node.postmasterPid();

            node.kill();
            assertFalse(ProcessHandle.of(firstPid).isPresent());
            assertFalse(node.isRunning());
            node.startAgain();

            assertEquals("42", ask(node, "SELECT n FROM kept"));
        }
    }

    @Test
    void freeze_thenThaw_answersOnTheSameConnection() throws SQLException {
        try (EmbeddedPostgres node =
                        EmbeddedPostgres.start(PostgresUnderTest.newest().options());
                Connection connection = node.connect();
                Statement statement = connection.createStatement()) {
            node.freeze();
            CompletableFuture<Boolean> answer = CompletableFuture.supplyAsync(() -> isAnswered(statement));
            assertThrows(TimeoutException.class, () -> answer.get(300, TimeUnit.MILLISECONDS));
            assertTrue(node.isFrozen());

            node.thaw();

            assertTrue(answer.join());
            assertFalse(node.isFrozen());
        }
    }

    private static boolean isAnswered(Statement statement) {
        try (ResultSet rows = statement.executeQuery("SELECT 1")) {
            return rows.next();
        } catch (SQLException e) {
            throw new LabException("no answer: " + e.getMessage(), e);
        }
    }

    @Test
    void close_ofFrozenNode_leavesNoProcess() {
        EmbeddedPostgres node =
                EmbeddedPostgres.start(PostgresUnderTest.newest().options());
        List<ProcessHandle> processes = processesOf(node);
        node.freeze();

        node.close();

        processes.forEach(process -> assertFalse(process.isAlive(), "still there: " + process.info()));
    }

    @Test
    void close_ofTemporaryNode_leavesNoProcessAndNoFolder() throws SQLException {
        EmbeddedPostgres node =
                EmbeddedPostgres.start(PostgresUnderTest.newest().options());
        run(node, "CREATE TABLE gone ()");
        List<ProcessHandle> processes = processesOf(node);

        node.close();

        assertTrue(processes.size() > 1, "postmaster and children: " + processes);
        processes.forEach(process -> assertFalse(process.isAlive(), "still there: " + process.info()));
        assertFalse(Files.exists(node.dataDirectory()));
        assertTrue(LoopbackPort.isFree(node.port()));
    }

    @Test
    void start_onKeptDirectory_findsTheDataAgain(@TempDir Path directory) throws SQLException {
        PostgresOptions options = PostgresUnderTest.newest().options().withDirectory(directory.resolve("node"));
        try (EmbeddedPostgres node = EmbeddedPostgres.start(options)) {
            run(node, "CREATE TABLE kept AS SELECT 7 AS n");
        }

        try (EmbeddedPostgres node = EmbeddedPostgres.start(options)) {
            assertEquals("7", ask(node, "SELECT n FROM kept"));
        }
    }

    @Test
    void start_onDirectoryInUse_saysSo(@TempDir Path directory) {
        PostgresOptions options = PostgresUnderTest.newest().options().withDirectory(directory.resolve("node"));
        try (EmbeddedPostgres node = EmbeddedPostgres.start(options)) {
            LabException failure = assertThrows(LabException.class, () -> EmbeddedPostgres.start(options));

            assertTrue(String.valueOf(failure.getMessage()).contains("is in use"), failure.getMessage());
            assertTrue(node.isRunning());
        }
    }

    @Test
    void start_onDirectoryOfAnotherMajor_saysWhichMajor(@TempDir Path directory) {
        List<PostgresUnderTest> majors = PostgresUnderTest.everyMajor().toList();
        Path place = directory.resolve("node");
        EmbeddedPostgres.start(majors.get(0).options().withDirectory(place)).close();

        LabException failure = assertThrows(
                LabException.class,
                () -> EmbeddedPostgres.start(majors.get(1).options().withDirectory(place)));

        String expected = "was made by Postgres " + majors.get(0).version().major();
        assertTrue(String.valueOf(failure.getMessage()).contains(expected), failure.getMessage());
    }

    @Test
    void start_onTakenPort_namesThePort() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            PostgresOptions options = PostgresUnderTest.newest().options().withPort(taken.getLocalPort());

            LabException failure = assertThrows(LabException.class, () -> EmbeddedPostgres.start(options));

            assertEquals(
                    "Port " + taken.getLocalPort()
                            + " (Postgres) is taken. Stop what listens there, or choose another port.",
                    failure.getMessage());
        }
    }

    @Test
    void connect_underScram_needsThePassword() throws SQLException {
        PostgresOptions options = PostgresUnderTest.newest()
                .options()
                .withAuthentication(AuthenticationMethod.SCRAM_SHA_256, "open sesame")
                .withSetting("application_name", "it's set");
        try (EmbeddedPostgres node = EmbeddedPostgres.start(options)) {
            assertEquals("scram-sha-256", ask(node, "SHOW password_encryption"));

            SQLException failure = assertThrows(
                    SQLException.class, () -> node.connect("postgres", EmbeddedPostgres.SUPERUSER, "wrong"));
            assertEquals("28P01", failure.getSQLState());
        }
    }

    @Test
    void killedJvm_withNodeRunning_leavesNoProcessAndNoFolder() throws IOException, InterruptedException {
        Process jvm = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        KeptNode.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader reader = jvm.inputReader()) {
            String pid = reader.readLine();
            Path data = Path.of(String.valueOf(reader.readLine()));
            ProcessHandle postmaster = ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
            List<ProcessHandle> processes = postmaster.descendants().toList();
            assertTrue(Files.exists(data));

            jvm.destroyForcibly();

            Poll.until(Duration.ofSeconds(30), () -> !postmaster.isAlive(), () -> "postmaster outlived its JVM");
            Poll.until(Duration.ofSeconds(30), () -> !Files.exists(data), () -> data + " outlived its JVM");
            processes.forEach(process -> assertFalse(process.isAlive(), "still there: " + process.info()));
        } finally {
            jvm.destroyForcibly();
            assertTrue(jvm.waitFor(10, TimeUnit.SECONDS));
        }
    }

    /** What the JVM runs that is killed: a node, for ever. */
    static final class KeptNode {
        public static void main(String[] arguments) throws InterruptedException {
            EmbeddedPostgres node =
                    EmbeddedPostgres.start(PostgresUnderTest.newest().options());
            System.out.println(node.postmasterPid());
            System.out.println(node.dataDirectory());
            Thread.currentThread().join();
        }
    }

    private static List<ProcessHandle> processesOf(EmbeddedPostgres node) {
        ProcessHandle postmaster = ProcessHandle.of(node.postmasterPid()).orElseThrow();
        return Stream.concat(Stream.of(postmaster), postmaster.descendants()).toList();
    }

    private static void run(EmbeddedPostgres node, String sql) throws SQLException {
        try (Connection connection = node.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String ask(EmbeddedPostgres node, String sql) throws SQLException {
        try (Connection connection = node.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            assertTrue(rows.next());
            return rows.getString(1);
        }
    }
}
