package io.pgorchestra.lab.drivers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgorchestra.lab.PostgresUnderTest;
import io.pgorchestra.lab.ProxyUnderTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What people do in psql, in transaction mode on a pool of two. */
@ParameterizedClass(name = "{0}")
@MethodSource("io.pgorchestra.lab.PostgresUnderTest#everyMajor")
@Timeout(120)
class PsqlIT {

    /** The size of the table that is copied. */
    private static final int COPY_MEGABYTES = Integer.getInteger("copy.megabytes", 20);

    /** The size of the one large value. */
    private static final int VALUE_MEGABYTES = Integer.getInteger("value.megabytes", 20);

    private static final int MEGABYTE = 1_000_000;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static ProxyUnderTest proxy;

    @Parameter
    PostgresUnderTest postgres;

    @TempDir
    Path folder;

    @BeforeParameterizedClassInvocation
    static void start(PostgresUnderTest postgres) {
        Tool.require("psql");
        proxy = ProxyUnderTest.start(postgres.node().port(), "pool_mode: transaction", "default_pool_size: 2");
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        if (proxy != null) {
            proxy.close();
        }
    }

    private List<String> psql(String... options) {
        List<String> command = new ArrayList<>(List.of(
                "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-U", "postgres", "-p"));
        command.add(String.valueOf(proxy.port()));
        command.addAll(List.of(options));
        command.add("postgres");
        return command;
    }

    private String run(String script, String... options) throws IOException, InterruptedException {
        return Tool.run(folder, script, psql(options)).well();
    }

    @Test
    void largeObject_exported_isWhatWasImported() throws Exception {
        byte[] content = new byte[3 * MEGABYTE];
        new Random(1).nextBytes(content);
        Path imported = Files.write(folder.resolve("imported"), content);
        Path exported = folder.resolve("exported");

        run("""
                \\lo_import '%s'
                \\lo_export :LASTOID '%s'
                \\lo_unlink :LASTOID
                """.formatted(imported, exported));

        assertEquals(-1, Files.mismatch(imported, exported));
    }

    @Test
    void copy_outAndIn_keepsEveryRow() throws Exception {
        Path first = folder.resolve("first");
        Path second = folder.resolve("second");

        run("""
                DROP TABLE IF EXISTS copied_out, copied_in;
                CREATE UNLOGGED TABLE copied_out AS
                    SELECT n, md5(n::text) || repeat('x', 58) AS line FROM generate_series(1, %d) n;
                CREATE UNLOGGED TABLE copied_in (LIKE copied_out);
                \\copy copied_out TO '%s'
                \\copy copied_in FROM '%s'
                \\copy copied_in TO '%s'
                DROP TABLE copied_out, copied_in;
                """.formatted(COPY_MEGABYTES * (MEGABYTE / 100), first, first, second));

        assertTrue(Files.size(first) > COPY_MEGABYTES * 0.9 * MEGABYTE, "bytes: " + Files.size(first));
        assertEquals(-1, Files.mismatch(first, second));
    }

    @Test
    void largeValue_inAndOut_isTheSame() throws Exception {
        String value = "0123456789abcdef".repeat(VALUE_MEGABYTES * MEGABYTE / 16);
        Path out = folder.resolve("value");

        run("DROP TABLE IF EXISTS large; CREATE UNLOGGED TABLE large (value text);\n"
                + "INSERT INTO large VALUES ('" + value + "');\n"
                + "\\o '" + out + "'\nSELECT value FROM large;\n\\o\nDROP TABLE large;\n");

        assertEquals(value + "\n", Files.readString(out));
    }

    @Test
    void interrupt_inWatch_cancelsItsQueryOnly() throws Exception {
        Tool.Running other = Tool.start(folder, "", psql("-c", "SELECT 'undisturbed' FROM pg_sleep(3)"));
        Tool.Running watching = Tool.start(folder, "SELECT pg_sleep(0.1), 'watched'\n\\watch 0.1\n", psql());
        awaitLines(watching.out(), 3);
        Tool.Running sleeping = Tool.start(folder, "SELECT pg_sleep(60), 'watched long'\n\\watch 1\n", psql());
        awaitRunning("watched long");

        interrupt(watching);
        interrupt(sleeping);

        watching.await();
        Tool.Outcome cancelled = sleeping.await();
        assertTrue(cancelled.err().contains("canceling statement due to user request"), cancelled.err());
        assertEquals("undisturbed", other.await().well().strip());
        assertEquals("alive", run("SELECT 'alive'").strip());
    }

    private static void interrupt(Tool.Running running) throws IOException, InterruptedException {
        int exitCode = new ProcessBuilder(
                        "kill", "-INT", String.valueOf(running.process().pid()))
                .start()
                .waitFor();
        assertEquals(0, exitCode);
    }

    private static void awaitLines(Path file, int lines) throws IOException {
        long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
        while (Files.readAllLines(file).size() < lines) {
            assertTrue(System.nanoTime() < deadlineNanos, "fewer than " + lines + " lines: " + Files.readString(file));
            LockSupport.parkNanos(20_000_000);
        }
    }

    private void awaitRunning(String text) throws SQLException {
        try (Connection direct = postgres.node().connect();
                Statement statement = direct.createStatement()) {
            long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
            while (!isRunning(statement, text)) {
                assertTrue(System.nanoTime() < deadlineNanos, "never ran: " + text);
                LockSupport.parkNanos(20_000_000);
            }
        }
    }

    private static boolean isRunning(Statement statement, String text) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT count(*) FROM pg_stat_activity WHERE state = 'active'"
                + " AND pid <> pg_backend_pid() AND query LIKE '%" + text + "%'")) {
            row.next();
            return row.getInt(1) > 0;
        }
    }

    @Test
    void gdesc_describesAndLeavesTheNextQueryAlone() throws Exception {
        assertEquals(
                "a|integer\nb|text\n1|x\n",
                run("SELECT 1 AS a, 'x'::text AS b \\gdesc\nSELECT 1 AS a, 'x'::text AS b \\g\n"));
    }

    @Test
    void bind_givesParametersToTheExtendedProtocol() throws Exception {
        Matcher version = Pattern.compile("(\\d+)").matcher(run("\\echo :VERSION_NUM"));
        assertTrue(version.find());
        Tool.require(Integer.parseInt(version.group(1)) >= 160_000, "psql before 16 knows no \\bind");

        assertEquals("3|x\n", run("SELECT $1::int + 1, $2::text \\bind 2 x \\g\n"));
    }

    @Test
    void variablesAndTransactions_workAsInAnySession() throws Exception {
        assertEquals("7\nt\n", run("""
                SELECT 7 AS seven \\gset
                SELECT :seven;
                BEGIN;
                SET LOCAL work_mem = '5MB';
                SELECT current_setting('work_mem') = '5MB';
                COMMIT;
                """));
    }
}
