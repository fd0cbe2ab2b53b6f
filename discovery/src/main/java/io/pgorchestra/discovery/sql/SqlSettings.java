package io.pgorchestra.discovery.sql;

import io.pgorchestra.discovery.Node;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;

/**
 * How Orchestra itself logs in to a node.
 *
 * @param user a plain role sees who is primary; for the details of standbys it must be a member of {@code pg_monitor}, for promoting and
 *     repointing a superuser
 * @param password empty for none
 * @param properties of pgjdbc, for what else a connection needs: {@code sslmode}, {@code sslrootcert} and the like
 * @param timeout within which a look at a node must be answered, connecting included
 */
public record SqlSettings(
        String user, String password, String database, Map<String, String> properties, Duration timeout) {

    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(1);

    public SqlSettings {
        if (user.isEmpty() || database.isEmpty()) {
            throw new IllegalArgumentException("user \"" + user + "\", database \"" + database + "\" (expected: both)");
        }
        if (timeout.toMillis() < 1) {
            throw new IllegalArgumentException("timeout: " + timeout + " (expected: >= 1 ms)");
        }
        properties = Map.copyOf(properties);
    }

    public static SqlSettings of(String user, String password, String database) {
        return new SqlSettings(user, password, database, Map.of(), DEFAULT_TIMEOUT);
    }

    public SqlSettings withTimeout(Duration newTimeout) {
        return new SqlSettings(user, password, database, properties, newTimeout);
    }

    /** Connects and returns, or fails, in about {@code timeout}: pgjdbc counts in whole seconds while it connects. Blocks. */
    public Connection connect(Node node) throws SQLException {
        String host = node.host().contains(":") ? "[" + node.host() + "]" : node.host();
        String url = "jdbc:postgresql://" + host + ":" + node.port() + "/";
        // Not DriverManager.getConnection, which adds a timeout of its own.
        Connection connection = DriverManager.getDriver(url).connect(url, driverProperties());
        if (connection == null) {
            throw new SQLException("pgjdbc does not take the address " + node.address(), "08001");
        }
        return connection;
    }

    private Properties driverProperties() {
        String wholeSeconds = Long.toString((timeout.toMillis() + 999) / 1_000);
        Properties all = new Properties();
        all.setProperty("connectTimeout", wholeSeconds);
        all.setProperty("socketTimeout", wholeSeconds);
        // A login timeout would cost a thread of the driver for each connection.
        all.setProperty("loginTimeout", "0");
        all.setProperty("tcpKeepAlive", "true");
        all.setProperty("gssEncMode", "disable");
        all.setProperty("preferQueryMode", "simple");
        all.setProperty("assumeMinServerVersion", "12");
        all.setProperty("ApplicationName", "orchestra");
        properties.forEach(all::setProperty);
        all.setProperty("PGDBNAME", database);
        all.setProperty("user", user);
        if (!password.isEmpty()) {
            all.setProperty("password", password);
        }
        return all;
    }

    /** Without the password, and without properties, for one of them may be a secret too. */
    @Override
    public String toString() {
        return user + "@" + database;
    }
}
