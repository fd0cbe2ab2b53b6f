package io.pgorchestra.bench;

import io.pgorchestra.lab.EmbeddedPostgres;
import io.pgorchestra.lab.PostgresBinaries;
import io.pgorchestra.lab.PostgresOptions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The Postgres behind everything: a given one, or one of our own for as long as this takes. */
final class TestPostgres implements AutoCloseable {

    static final String DATABASE = "orchestra_bench";

    private static final int MAX_CONNECTIONS = 1_200;

    private final Endpoint endpoint;
    private final @Nullable EmbeddedPostgres embedded;

    private TestPostgres(Endpoint endpoint, @Nullable EmbeddedPostgres embedded) {
        this.endpoint = endpoint;
        this.embedded = embedded;
    }

    /** One that runs already. Our database is made in it, and stays. */
    static TestPostgres given(String host, int port, String user) {
        return new TestPostgres(new Endpoint(host, port, user, DATABASE), null);
    }

    static TestPostgres embedded(Consumer<String> progress) {
        PostgresOptions options = PostgresOptions.of(PostgresBinaries.find().newest())
                .withoutFsync()
                .withSetting("max_connections", Integer.toString(MAX_CONNECTIONS))
                .withSetting("shared_buffers", "512MB")
                .withSetting("max_wal_size", "4GB")
                .withSetting("autovacuum", "off");
        EmbeddedPostgres node = EmbeddedPostgres.start(options, progress);
        Endpoint endpoint = new Endpoint(EmbeddedPostgres.HOST, node.port(), EmbeddedPostgres.SUPERUSER, DATABASE);
        return new TestPostgres(endpoint, node);
    }

    Endpoint endpoint() {
        return endpoint;
    }

    /** Fills pgbench's tables and the table of the COPY trial, directly, unless they are there already. */
    void fill(Children children, int scale, int copyMegabytes, Consumer<String> progress) {
        try {
            createDatabase();
            try (Connection connection = DriverManager.getConnection(endpoint.jdbcUrl());
                    Statement statement = connection.createStatement()) {
                if (count(statement, "pgbench_branches") != scale) {
                    progress.accept("filling pgbench's tables, scale " + scale);
                    Pgbench.initialise(children, endpoint, scale);
                }
                int rows = copyMegabytes * (1_000_000 / CopyTrial.ROW_BYTES);
                if (rows > 0 && count(statement, CopyTrial.TABLE) != rows) {
                    progress.accept("filling a table of " + copyMegabytes + " MB");
                    statement.execute("DROP TABLE IF EXISTS " + CopyTrial.TABLE);
                    statement.execute("CREATE UNLOGGED TABLE " + CopyTrial.TABLE
                            + " AS SELECT repeat('x', " + (CopyTrial.ROW_BYTES - 1)
                            + ") AS line FROM generate_series(1, " + rows + ")");
                    statement.execute("VACUUM ANALYZE " + CopyTrial.TABLE);
                }
            }
        } catch (SQLException e) {
            throw new BenchException(
                    "Cannot fill Postgres at " + endpoint.host() + ":" + endpoint.port() + ": " + e.getMessage(), e);
        }
    }

    private void createDatabase() throws SQLException {
        try (Connection connection = DriverManager.getConnection(
                        endpoint.withDatabase("postgres").jdbcUrl());
                Statement statement = connection.createStatement()) {
            boolean exists;
            try (ResultSet result =
                    statement.executeQuery("SELECT 1 FROM pg_database WHERE datname = '" + DATABASE + "'")) {
                exists = result.next();
            }
            if (!exists) {
                statement.execute("CREATE DATABASE " + DATABASE);
            }
        }
    }

    /** The number of rows, or -1 when there is no such table. */
    private static long count(Statement statement, String table) throws SQLException {
        try (ResultSet result = statement.executeQuery("SELECT to_regclass('" + table + "') IS NOT NULL")) {
            result.next();
            if (!result.getBoolean(1)) {
                return -1;
            }
        }
        try (ResultSet result = statement.executeQuery("SELECT count(*) FROM " + table)) {
            result.next();
            return result.getLong(1);
        }
    }

    String version() {
        try (Connection connection = DriverManager.getConnection(endpoint.jdbcUrl());
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SHOW server_version")) {
            result.next();
            return "Postgres " + result.getString(1);
        } catch (SQLException e) {
            throw new BenchException("Cannot ask Postgres for its version: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        if (embedded != null) {
            embedded.close();
        }
    }
}
