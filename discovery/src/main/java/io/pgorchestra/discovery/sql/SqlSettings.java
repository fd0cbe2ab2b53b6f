package io.pgorchestra.discovery.sql;

import io.pgorchestra.discovery.Node;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

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

    private static final Driver DRIVER = new Driver();

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
    Connection connect(Node node) throws SQLException {
        String host = node.host().contains(":") ? "[" + node.host() + "]" : node.host();
        Connection connection =
                DRIVER.connect("jdbc:postgresql://" + host + ":" + node.port() + "/", driverProperties());
        if (connection == null) {
            throw new SQLException("pgjdbc does not take the address " + node.address(), "08001");
        }
        return connection;
    }

    private Properties driverProperties() {
        String wholeSeconds = Long.toString((timeout.toMillis() + 999) / 1_000);
        Properties all = new Properties();
        PGProperty.CONNECT_TIMEOUT.set(all, wholeSeconds);
        PGProperty.SOCKET_TIMEOUT.set(all, wholeSeconds);
        // A login timeout would cost a thread of the driver's own for each connection.
        PGProperty.LOGIN_TIMEOUT.set(all, 0);
        PGProperty.TCP_KEEP_ALIVE.set(all, true);
        PGProperty.GSS_ENC_MODE.set(all, "disable");
        PGProperty.PREFER_QUERY_MODE.set(all, "simple");
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(all, "12");
        PGProperty.APPLICATION_NAME.set(all, "orchestra");
        properties.forEach(all::setProperty);
        PGProperty.PG_DBNAME.set(all, database);
        PGProperty.USER.set(all, user);
        if (!password.isEmpty()) {
            PGProperty.PASSWORD.set(all, password);
        }
        return all;
    }

    /** Without the password, and without properties, for one of them may be a secret too. */
    @Override
    public String toString() {
        return user + "@" + database;
    }
}
