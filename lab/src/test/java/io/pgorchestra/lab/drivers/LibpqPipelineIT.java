package io.pgorchestra.lab.drivers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.pgorchestra.lab.PostgresUnderTest;
import io.pgorchestra.lab.ProxyUnderTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** libpq's pipeline mode in transaction mode: {@code pipeline.c}, several copies at once on a pool of two. */
@Timeout(120)
class LibpqPipelineIT {

    private static final int CLIENTS = 5;
    private static final int ROUNDS = 20;

    @TempDir
    static Path folder;

    private static Path program;

    @BeforeAll
    static void compile() throws IOException, InterruptedException {
        Tool.require("gcc");
        Tool.require("pg_config");
        String includes = Tool.run(folder, "", List.of("pg_config", "--includedir"))
                .well()
                .strip();
        Tool.require(Files.exists(Path.of(includes, "libpq-fe.h")), "no libpq-fe.h in " + includes);
        Path source = Path.of(System.getProperty("basedir", ""), "src/test/c/pipeline.c");
        program = folder.resolve("pipeline");
        Tool.run(
                        folder,
                        "",
                        List.of(
                                "gcc",
                                "-Wall",
                                "-Werror",
                                "-I" + includes,
                                "-o",
                                program.toString(),
                                source.toAbsolutePath().toString(),
                                "-lpq"))
                .well();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.pgorchestra.lab.PostgresUnderTest#everyMajor")
    void pipelines_ofMoreClientsThanServers_getTheirOwnAnswers(PostgresUnderTest postgres) throws Exception {
        try (Connection direct = postgres.node().connect();
                Statement statement = direct.createStatement();
                ProxyUnderTest proxy = ProxyUnderTest.start(
                        postgres.node().port(), "pool_mode: transaction", "default_pool_size: 2")) {
            statement.execute("DROP TABLE IF EXISTS piped");
            statement.execute("CREATE TABLE piped (client int, n int)");
            List<Tool.Running> running = new ArrayList<>();
            for (int client = 0; client < CLIENTS; client++) {
                running.add(Tool.start(
                        folder,
                        "",
                        List.of(
                                program.toString(),
                                "host=127.0.0.1 port=" + proxy.port() + " user=postgres dbname=postgres",
                                String.valueOf(client),
                                String.valueOf(ROUNDS))));
            }
            for (Tool.Running one : running) {
                assertEquals("ok", one.await().well().strip());
            }
            assertEquals(CLIENTS * ROUNDS, rows(statement));
            statement.execute("DROP TABLE piped");
        }
    }

    private static int rows(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT count(DISTINCT (client, n)) FROM piped")) {
            row.next();
            return row.getInt(1);
        }
    }
}
