package io.pgorchestra.lab.discovery;

import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.sql.SqlSettings;
import io.pgorchestra.lab.EmbeddedPostgres;
import io.pgorchestra.lab.PostgresOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;

/** A primary and a standby that streams from it, made by copying the stopped primary. */
final class PrimaryAndStandby implements AutoCloseable {

    /** A role without any right beyond logging in. */
    static final String PLAIN_ROLE = "plain";

    final EmbeddedPostgres primary;
    final EmbeddedPostgres standby;

    PrimaryAndStandby(PostgresOptions options, Path folder) throws IOException, SQLException {
        primary = EmbeddedPostgres.start(options.withDirectory(folder.resolve("a")));
        try {
            run(primary, "CREATE ROLE " + PLAIN_ROLE + " LOGIN");
            primary.stop();
            copy(primary.dataDirectory(), folder.resolve("b/data"));
            Files.createFile(folder.resolve("b/data/standby.signal"));
            primary.startAgain();
            standby = EmbeddedPostgres.start(options.withDirectory(folder.resolve("b"))
                    .withSetting(
                            "primary_conninfo",
                            "host=127.0.0.1 port=" + primary.port()
                                    + " user=postgres password='it\\'s \\\\ open' application_name=b"));
        } catch (IOException | SQLException | RuntimeException e) {
            primary.close();
            throw e;
        }
    }

    Node primaryNode() {
        return node("a", primary);
    }

    Node standbyNode() {
        return node("b", standby);
    }

    List<Node> nodes() {
        return List.of(primaryNode(), standbyNode());
    }

    static Node node(String name, EmbeddedPostgres postgres) {
        return new Node(name, EmbeddedPostgres.HOST, postgres.port());
    }

    static SqlSettings superuser() {
        return SqlSettings.of(EmbeddedPostgres.SUPERUSER, "", "postgres");
    }

    static void run(EmbeddedPostgres node, String sql) throws SQLException {
        try (Connection connection = node.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    static String ask(EmbeddedPostgres node, String sql) throws SQLException {
        try (Connection connection = node.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return rows.next() ? String.valueOf(rows.getString(1)) : "";
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to.getParent());
        try (Stream<Path> paths = Files.walk(from)) {
            for (Path path : paths.toList()) {
                Files.copy(path, to.resolve(from.relativize(path)), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    @Override
    public void close() {
        standby.close();
        primary.close();
    }
}
