package io.pgorchestra.proxy.config;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgorchestra.pool.PoolMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@SuppressWarnings("StringConcatToTextBlock") // Short files read better in one line.
class IniConfigTest {
    private static final String SMALL =
            "[pgbouncer]\nlisten_addr = 127.0.0.1\nauth_type = trust\n[databases]\n* = host=127.0.0.1\n";

    @TempDir
    @SuppressWarnings("NullAway.Init") // Set by JUnit.
    Path directory;

    @Test
    void productionFile_isADropIn() throws ConfigProblems, IOException {
        Files.writeString(directory.resolve("userlist.txt"), "\"shop\" \"secret\"\n");
        Files.writeString(directory.resolve("limits.ini"), "default_pool_size = 25\nreserve_pool_size = 5\n");
        Path file = directory.resolve("pgbouncer.ini");
        Files.writeString(file, """
                ;; production pooler
                [databases]
                shop = host=10.1.0.5 port=5432 dbname=shop_production pool_size=50
                # reporting logs in as one user
                'report-2026' = host=10.1.0.6 user=report password='it''s = secret' pool_mode=session \
                connect_query='SET statement_timeout TO 0' application_name=reports
                * = host=10.1.0.5

                [users]
                batch = pool_mode=session max_user_connections=4

                [peers]
                1 = host=/tmp

                [pgbouncer]
                logfile = /var/log/postgresql/pgbouncer.log
                listen_addr = 127.0.0.1, ::1
                listen_port = 6543
                unix_socket_dir = /var/run/postgresql
                auth_type = scram-sha-256
                auth_file = userlist.txt
                admin_users = postgres, dba
                server_reset_query = DISCARD ALL
                server_check_query = select 1
                ignore_startup_parameters = extra_float_digits,search_path
                server_tls_sslmode = prefer
                query_wait_timeout = 1.5
                %include limits.ini
                max_client_conn = 2000
                """);
        ProxyConfig config = ConfigLoader.load(file);
        assertEquals(List.of(new HostPort("127.0.0.1", 6543), new HostPort("::1", 6543)), config.listen());
        assertEquals(List.of(), config.httpListen());
        assertEquals(AuthType.SCRAM_SHA_256, config.authType());
        assertEquals(2000, config.maxClientConn());
        assertEquals(50, config.poolSettings("shop", "shop").maxSize());
        assertEquals(25, config.poolSettings("other", "shop").maxSize());
        assertEquals(5, config.poolSettings("shop", "shop").reserveSize());
        assertEquals(PoolMode.SESSION, config.poolSettings("shop", "batch").mode());
        assertTrue(config.poolSettings("shop", "shop").resetOnRelease());
        assertEquals("select 1", config.serverCheckQuery());
        assertEquals(4, config.maxUserConnections("batch"));
        assertEquals(Duration.ofMillis(1500), config.queryWaitTimeout("shop", "shop"));
        DatabaseConfig report = requireNonNull(config.database("report-2026"));
        assertEquals("it's = secret", report.password());
        assertEquals("report-2026", report.dbname());
        assertEquals("SET statement_timeout TO 0", report.connectQuery());
        assertEquals(Map.of("application_name", "reports"), report.startupParameters());
        assertEquals(
                List.of(new HostPort("10.1.0.5", 5432).node(), new HostPort("10.1.0.6", 5432).node()),
                config.cluster().nodes());
        assertEquals(
                List.of(
                        file + ":12: peer 1 has no effect: one process uses all cores",
                        file + ":15: logfile has no effect: logs go to the standard output",
                        file + ":18: unix_socket_dir has no effect: unix sockets are not served",
                        file + ":25: server_tls_sslmode prefer: servers are connected to without TLS, so far"),
                config.notes().stream().map(ConfigNote::toString).toList());
    }

    @Test
    void smallestFile_hasPgBouncersDefaults() throws ConfigProblems {
        ProxyConfig config = load(SMALL);
        assertEquals(PoolMode.SESSION, config.poolMode());
        assertEquals(100, config.maxClientConn());
        assertEquals(List.of(new HostPort("127.0.0.1", 6432)), config.listen());
        assertTrue(config.isImported());
    }

    @Test
    void databaseWithoutHost_isTakenAsLocalAndNoted() throws ConfigProblems {
        ProxyConfig config = load(SMALL + "app =\n");
        assertEquals("127.0.0.1", requireNonNull(config.database("app")).host());
        assertEquals(
                "pgbouncer.ini:6: no host: 127.0.0.1 is used, as unix sockets are not supported",
                config.notes().get(0).toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            quoteCharacter = '~',
            value = {
                "app = host=h port=x!6: port: x (expected: a number from 1 to 65535); correct the value",
                "app = host=/tmp!6: host: /tmp (expected: a name or an address); unix sockets are not supported: use TCP",
                "app = host=a,b!6: host: a,b (expected: one name or address); several hosts are not supported yet: name the primary",
                "app = host=h dbnam=x!6: unknown key of databases.app: dbnam; did you mean dbname?",
                "app = host=h password='x!6: broken connection string after host (expected: key=value key='quoted value'); correct the line; a quote within quotes is doubled",
                "app = hunter2!6: broken connection string after = (expected: key=value key='quoted value'); correct the line; a quote within quotes is doubled",
                "app host=hunter2!6: broken line (expected: KEY = VALUE, [section] or a comment); correct the line",
                "[pgbuoncer]!6: unknown section: pgbuoncer; did you mean pgbouncer?",
                "%include gone.ini!6: file gone.ini does not exist (expected: a readable text file); correct the name or the file",
            })
    void wrongLine_isReportedWithItsNumber(String line, String message) {
        assertEquals(List.of("pgbouncer.ini:" + message), problems(SMALL + line + "\n"));
    }

    /** Nobody says that they are copies of each other, and a database must not be sought on the host of another. */
    @Test
    void databasesOnSeveralHosts_areNoCluster() throws ConfigProblems, IOException {
        Path file = directory.resolve("pgbouncer.ini");
        Files.writeString(file, SMALL + "app = host=10.1.0.6\n");

        ProxyConfig config = ConfigLoader.load(file);

        assertFalse(config.cluster().isWatched());
    }

    @Test
    void wrongSettings_areReportedTogether() {
        assertEquals(
                List.of(
                        "pgbouncer.ini:3: auth_type: hba (expected: trust, plain, md5 or scram-sha-256); "
                                + "\"hba\" is not supported yet: choose another",
                        "pgbouncer.ini:4: listen_port: http (expected: a number from 0 to 65535); correct the value",
                        "pgbouncer.ini:5: disable_pqexec: 1 (expected: 0); refusing simple queries is not supported yet"),
                problems("[pgbouncer]\nlisten_addr = *\nauth_type = hba\nlisten_port = http\ndisable_pqexec = 1\n"));
    }

    @Test
    void withoutUserList_nobodyCouldLogIn() {
        assertEquals(
                List.of("pgbouncer.ini: auth_file is missing: with auth_type md5 nobody could log in; "
                        + "name a file of users in PgBouncer's format, such as userlist.txt"),
                problems("[pgbouncer]\nlisten_addr = *\n"));
    }

    @Test
    void withoutListenAddress_nothingCouldBeServed() {
        assertEquals(
                List.of("pgbouncer.ini: listen_addr (expected: an address, as unix sockets are not served); "
                        + "add listen_addr = 127.0.0.1 to section pgbouncer"),
                problems("[pgbouncer]\nauth_type = trust\n"));
    }

    @Test
    void fileThatIncludesItself_isStopped() throws IOException {
        Files.writeString(directory.resolve("loop.ini"), "%include loop.ini\n");
        List<String> problems = problems(SMALL + "%include loop.ini\n");
        assertEquals(
                List.of(directory.resolve("loop.ini")
                        + ":1: %include: loop.ini (expected: at most 10 levels); does a file include itself?"),
                problems);
    }

    @Test
    void secrets_appearInNoMessage() {
        String all =
                String.join("\n", problems(SMALL + "a = host=h password=hunter2 x\nb = password='hunter2\nhunter2\n"));
        assertFalse(all.contains("hunter2"), all);
    }

    private ProxyConfig load(String ini) throws ConfigProblems {
        return ConfigLoader.loadIni(ini, directory);
    }

    private List<String> problems(String ini) {
        return assertThrows(ConfigProblems.class, () -> load(ini)).problems().stream()
                .map(ConfigProblem::toString)
                .toList();
    }
}
