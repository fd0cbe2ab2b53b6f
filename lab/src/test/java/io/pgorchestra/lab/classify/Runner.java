package io.pgorchestra.lab.classify;

import io.pgorchestra.lab.cluster.LabNode;
import java.io.IOException;
import java.io.OutputStream;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import org.postgresql.PGConnection;

/** A session on one node that sends texts as they are. Bound to one thread. */
final class Runner implements AutoCloseable {

    private final Connection connection;

    Runner(LabNode node, boolean standardConformingStrings, Duration statementTimeout) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", "postgres");
        properties.setProperty("password", node.server().password());
        properties.setProperty("preferQueryMode", "simple");
        properties.setProperty(
                "options",
                "-c standard_conforming_strings=" + (standardConformingStrings ? "on" : "off")
                        + " -c statement_timeout="
                        + statementTimeout.toMillis());
        connection = DriverManager.getConnection(node.server().jdbcUrl("postgres"), properties);
    }

    /** The SQLSTATE of its error; empty if there is none. */
    String run(String sql) throws SQLException {
        try {
            if (isCopy(sql)) {
                connection.unwrap(PGConnection.class).getCopyAPI().copyOut(sql, OutputStream.nullOutputStream());
            } else {
                execute(sql);
            }
            return "";
        } catch (SQLException e) {
            String state = String.valueOf(e.getSQLState());
            if (state.startsWith("08")) {
                throw e;
            }
            return state + " " + e.getMessage();
        } catch (IOException e) {
            throw new SQLException(e);
        }
    }

    private static boolean isCopy(String sql) {
        return sql.stripLeading().regionMatches(true, 0, "COPY", 0, 4);
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            boolean rows = statement.execute(sql);
            while (rows || statement.getUpdateCount() >= 0) {
                rows = statement.getMoreResults();
            }
        }
    }

    String ask(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return rows.next() ? String.valueOf(rows.getString(1)) : "";
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
