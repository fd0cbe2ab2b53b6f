package io.pgorchestra.lab.transparency;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgorchestra.lab.AuthenticationMethod;
import io.pgorchestra.lab.EmbeddedPostgres;
import io.pgorchestra.lab.PostgresUnderTest;
import io.pgorchestra.lab.ProxyUnderTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Users and databases that come, go and change while the proxy runs: a login through it finds what one without it would. */
@Timeout(90)
class LoginsIT {

    private static final String SUPERUSER_PASSWORD = "conductor";
    private static final String WRONG_PASSWORD = "28P01";

    @TempDir
    static Path directory;

    private static EmbeddedPostgres node;
    private ProxyUnderTest proxy;

    @BeforeAll
    static void startNode() throws IOException {
        node = EmbeddedPostgres.start(
                PostgresUnderTest.newest().options().withAuthentication(AuthenticationMethod.MD5, SUPERUSER_PASSWORD));
        Files.writeString(
                directory.resolve("userlist.txt"),
                "\"" + EmbeddedPostgres.SUPERUSER + "\" \"" + SUPERUSER_PASSWORD + "\"\n");
    }

    @AfterAll
    static void stopNode() {
        node.close();
    }

    private void startProxy(String mode, String... settings) {
        String[] all = new String[settings.length + 4];
        all[0] = "pool_mode: " + mode;
        all[1] = "auth_type: md5";
        all[2] = "auth_file: " + directory.resolve("userlist.txt");
        all[3] = "auth_user: " + EmbeddedPostgres.SUPERUSER;
        System.arraycopy(settings, 0, all, 4, settings.length);
        proxy = ProxyUnderTest.start(node.port(), all);
    }

    @AfterEach
    void stopProxy() throws SQLException {
        proxy.close();
        try (Connection direct = node.connect()) {
            run(
                    direct,
                    "DROP DATABASE IF EXISTS rehearsal",
                    "DROP DATABASE IF EXISTS performance",
                    "DROP ROLE IF EXISTS soloist");
        }
    }

    private Connection superuser() throws SQLException {
        return connect("postgres", EmbeddedPostgres.SUPERUSER, SUPERUSER_PASSWORD);
    }

    private Connection connect(String database, String user, String password) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        properties.setProperty("sslmode", "disable");
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + proxy.port() + "/" + database, properties);
    }

    private static void run(Connection connection, String... commands) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String command : commands) {
                statement.execute(command);
            }
        }
    }

    private static String ask(Connection connection, String question) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(question)) {
            assertTrue(rows.next(), "a row");
            return rows.getString(1);
        }
    }

    private String stateOfFailedLogin(String database, String user, String password) {
        return assertThrows(
                        SQLException.class,
                        () -> connect(database, user, password).close())
                .getSQLState();
    }

    @ParameterizedTest
    @ValueSource(strings = {"session", "transaction"})
    void userMadeMeanwhile_logsInWithItsPasswordAndNoOther(String mode) throws SQLException {
        startProxy(mode);
        try (Connection superuser = superuser()) {
            assertEquals(WRONG_PASSWORD, stateOfFailedLogin("postgres", "soloist", "violin"));

            run(superuser, "CREATE ROLE soloist LOGIN PASSWORD 'violin'");

            try (Connection soloist = connect("postgres", "soloist", "violin")) {
                assertEquals("soloist", ask(soloist, "SELECT current_user"));
            }
            assertEquals(WRONG_PASSWORD, stateOfFailedLogin("postgres", "soloist", "viola"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"md5", "scram-sha-256"})
    void passwordChangedMeanwhile_theNewOneCounts(String encryption) throws SQLException {
        startProxy("session");
        try (Connection superuser = superuser()) {
            run(
                    superuser,
                    "SET password_encryption = '" + encryption + "'",
                    "CREATE ROLE soloist LOGIN PASSWORD 'violin'");
            connect("postgres", "soloist", "violin").close();

            run(superuser, "ALTER ROLE soloist PASSWORD 'cello'");

            assertEquals(WRONG_PASSWORD, stateOfFailedLogin("postgres", "soloist", "violin"));
            try (Connection soloist = connect("postgres", "soloist", "cello")) {
                assertEquals("soloist", ask(soloist, "SELECT current_user"));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"session", "transaction"})
    void roleDroppedAndMadeAnew_isNotServedByAServerOfTheOldOne(String mode) throws SQLException {
        startProxy(mode);
        try (Connection superuser = superuser()) {
            for (int time = 0; time < 3; time++) {
                run(superuser, "CREATE ROLE soloist LOGIN PASSWORD 'violin'");
                try (Connection soloist = connect("postgres", "soloist", "violin")) {
                    // With a role of another OID this is "invalid role OID".
                    assertEquals("soloist", ask(soloist, "SELECT current_user"));
                }
                run(superuser, "DROP ROLE soloist");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"session", "transaction"})
    void alterDatabaseAndRoleSet_areSeenByTheNextLogin(String mode) throws SQLException {
        startProxy(mode);
        try (Connection superuser = superuser()) {
            run(superuser, "CREATE ROLE soloist LOGIN PASSWORD 'violin'", "CREATE DATABASE rehearsal");
            for (String memory : new String[] {"5MB", "6MB"}) {
                run(superuser, "ALTER DATABASE rehearsal SET work_mem = '" + memory + "'");
                try (Connection soloist = connect("rehearsal", "soloist", "violin")) {
                    assertEquals(memory, ask(soloist, "SHOW work_mem"));
                }
            }
            run(superuser, "ALTER ROLE soloist SET IntervalStyle = 'iso_8601'");
            try (Connection soloist = connect("rehearsal", "soloist", "violin")) {
                assertEquals("iso_8601", ask(soloist, "SHOW IntervalStyle"));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"session", "transaction"})
    void databaseWithIdleServers_isDroppedRenamedAndCopied(String mode) throws SQLException {
        startProxy(mode);
        try (Connection superuser = superuser()) {
            run(superuser, "CREATE ROLE soloist LOGIN PASSWORD 'violin'", "CREATE DATABASE rehearsal");
            connect("rehearsal", "soloist", "violin").close();

            run(superuser, "ALTER DATABASE rehearsal RENAME TO performance");
            assertEquals("3D000", stateOfFailedLogin("rehearsal", "soloist", "violin"));
            connect("performance", "soloist", "violin").close();

            run(superuser, "/* as an encore */ create database \"rehearsal\" template Performance");
            connect("performance", "soloist", "violin").close();

            run(superuser, "DROP DATABASE performance");
            assertEquals("3D000", stateOfFailedLogin("performance", "soloist", "violin"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"session", "transaction"})
    void queryForSecretsThatFails_isTheProxysOwnTrouble(String mode) throws SQLException {
        startProxy(mode, "auth_query: SELECT usename, passwd FROM nowhere WHERE usename = $1");
        SQLException failure = assertThrows(
                SQLException.class,
                () -> connect("postgres", "soloist", "violin").close());

        assertEquals("08006", failure.getSQLState());
        assertTrue(String.valueOf(failure.getMessage()).contains("cannot be looked up"), failure::getMessage);
        try (Connection superuser = superuser()) {
            assertEquals("1", ask(superuser, "SELECT 1"));
        }
    }
}
