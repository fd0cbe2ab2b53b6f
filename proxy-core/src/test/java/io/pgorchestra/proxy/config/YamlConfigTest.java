package io.pgorchestra.proxy.config;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgorchestra.pool.PoolMode;
import io.pgorchestra.pool.PoolSettings;
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

@SuppressWarnings("StringConcatToTextBlock") // Short YAML reads better in one line.
class YamlConfigTest {
    private static final String SMALL = "auth_type: trust\ncluster: {nodes: [127.0.0.1:5432]}\n";

    @TempDir
    @SuppressWarnings("NullAway.Init") // Set by JUnit.
    Path directory;

    @Test
    void smallestFile_hasOurDefaults() throws ConfigProblems {
        ProxyConfig config = load(SMALL);
        assertEquals(List.of(new HostPort("127.0.0.1", 6432)), config.listen());
        assertEquals(List.of(new HostPort("127.0.0.1", 6433)), config.adminListen());
        assertEquals(List.of(new HostPort("127.0.0.1", 8432)), config.httpListen());
        assertEquals(10_000, config.maxClientConn());
        assertEquals(PoolMode.TRANSACTION, config.poolMode());
        assertEquals(
                new PoolSettings(
                        PoolMode.TRANSACTION,
                        20,
                        0,
                        0,
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(120),
                        Duration.ofSeconds(60),
                        Duration.ofHours(1),
                        Duration.ofMinutes(10),
                        Duration.ofSeconds(15),
                        Duration.ofSeconds(15),
                        Duration.ofSeconds(30),
                        true,
                        false,
                        false),
                config.poolSettings("any", "any"));
        assertEquals("", config.serverCheckQuery());
    }

    @Test
    void everySection_isRead() throws ConfigProblems, IOException {
        Files.writeString(directory.resolve("userlist.txt"), "\"app\" \"secret\"\n");
        ProxyConfig config = load("""
                listen: ["*:6432", "[::1]:6432"]
                admin_listen: off
                auth_type: scram-sha-256
                auth_file: userlist.txt
                admin_users: [dba, root]
                query_wait_timeout: 250ms
                cluster:
                  name: main
                  discovery: static
                  nodes: 10.0.0.7:5433
                databases:
                  "*": {pool_size: 3}
                  app:
                    dbname: app_production
                    user: app
                    password: "hunter2"
                    pool_mode: session
                    pool_size: 40
                    connect_query: "SELECT 'hello'"
                    timezone: UTC
                users:
                  batch: {pool_size: 2, query_timeout: 1h}
                """);
        DatabaseConfig app = requireNonNull(config.database("app"));
        assertEquals("app_production", app.dbname());
        assertEquals("10.0.0.7", app.host());
        assertEquals(5433, app.port());
        assertEquals("hunter2", app.password());
        assertFalse(app.toString().contains("hunter2"));
        assertEquals(Map.of("timezone", "UTC"), app.startupParameters());
        assertEquals(List.of("dba", "root"), config.adminUsers());
        assertEquals(List.of(), config.adminListen());
        assertEquals("secret", config.userList().secret("app"));
        assertEquals("other", requireNonNull(config.database("other")).dbname());
        assertNull(config.database("pgbouncer"));
        assertEquals(40, config.poolSettings("app", "app").maxSize());
        assertEquals(3, config.poolSettings("other", "app").maxSize());
        assertEquals(2, config.poolSettings("app", "batch").maxSize(), "the user's own comes first, as in PgBouncer");
        assertTrue(config.poolSettings("app", "batch").resetOnRelease());
        assertEquals(Duration.ofHours(1), config.queryTimeout("batch"));
        assertEquals(Duration.ZERO, config.queryTimeout("app"));
        assertEquals(Duration.ofMillis(250), config.queryWaitTimeout("app", "app"));
    }

    @Test
    void secretsOfOneDatabase_areAskedForInItsOwnWay() throws ConfigProblems {
        ProxyConfig config = load(SMALL
                + "auth_user: asker\n"
                + "databases: {app: {auth_user: app_asker, auth_dbname: directory}, \"*\": {}}\n");
        assertEquals("app_asker", config.authUser("app"));
        assertEquals("directory", config.authDbname("app"));
        assertEquals("asker", config.authUser("other"));
        assertEquals("other", config.authDbname("other"));
        assertTrue(config.authQuery("app").contains("$1"));
    }

    @Test
    void withoutFallback_unknownDatabase_isNull() throws ConfigProblems {
        assertNull(load(SMALL + "databases: {app: {}}\n").database("other"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            value = {
                "default_pool_size: many!3: default_pool_size: many (expected: a whole number >= 1); correct the value",
                "default_pool_size: [1]!3: default_pool_size: [1] (expected: a whole number >= 1); correct the value",
                "defualt_pool_size: 5!3: unknown setting: defualt_pool_size; did you mean default_pool_size?",
                "frobnicate: 5!3: unknown setting: frobnicate; correct or remove it",
                "query_timeout: 5m!3: query_timeout: 5m (expected: seconds, or a time such as 5ms, 120s, 2min or 1h); correct the value",
                "log_connections: maybe!3: log_connections: maybe (expected: on or off); correct the value",
                "pool_mode: transactional!3: pool_mode: transactional (expected: session, transaction or statement); correct the value",
                "client_tls_sslmode: require!3: client_tls_sslmode: require (expected: disable); \"require\" is not supported yet: choose another",
                "reads: both!3: reads: both (expected: primary, standby or auto); correct the value",
                "listen: 6432!3: listen: 6432 (expected: HOST:PORT, or several separated by commas); correct the value",
                "listen_port: 6432!3: listen_port: 6432; write listen: HOST:PORT instead",
                "pool_mode:!3: pool_mode (expected: a value); write one, or remove the line",
                "pool_mode: {a: b}!3: pool_mode (expected: a plain value); remove what is nested under it",
                "auth_type: md5!3: repeated key: auth_type; remove one of the two",
                "auth_file: gone.txt!3: file DIR/gone.txt does not exist (expected: a readable text file); correct the name or the file",
                "databases: 5!3: databases (expected: lines of KEY: VALUE under it); see docs/configuration.md",
                "databases: {app: {pool_sise: 5}}!3: unknown key of databases.app: pool_sise; did you mean pool_size?",
                "databases: {app: {pool_size: 0}}!3: databases.app.pool_size: 0 (expected: a whole number >= 1); correct the value",
                "databases: {app: {host: h}}!3: databases.app.host: h; name the node in cluster.nodes instead",
                "databases: {pgbouncer: {}}!3: databases.pgbouncer; this name is the console's: choose another",
                "users: {u: {min_pool_size: 1}}!3: unknown key of users.u: min_pool_size; correct or remove it",
                "users: {u: {pool_mode: none}}!3: users.u.pool_mode: none (expected: session, transaction or statement); correct the value",
            })
    void wrongLine_isReportedWithItsNumber(String line, String message) {
        assertEquals(
                List.of("orchestra.yaml:" + message.replace("DIR", directory.toString())),
                problems(SMALL + line + "\n"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            value = {
                "{nodes: []}!cluster.nodes (expected: HOST:PORT of each node); name them",
                "{nodes: [localhost]}!cluster.nodes: localhost (expected: HOST:PORT or NAME=HOST:PORT, each once); correct the value",
                "{nodes: ['a:1', 'a:1']}!cluster.nodes: a:1, a:1 (expected: HOST:PORT or NAME=HOST:PORT, each once); correct the value",
                "{nodes: ['a:1'], discovery: znode}!cluster.zookeeper (expected: HOST:PORT of each ZooKeeper server); name them",
                "{nodes: ['a:1'], discovery: dns}!cluster.discovery: dns (expected: static, znode or patroni); correct the value",
                "{nodes: ['a:1'], conductor: on}!cluster.conductor: on (expected: discovery: znode); with patroni it is Patroni that conducts, with static nobody can",
                "{zookeeper: 'z:1', discovery: znode, conductor: on}!cluster.nodes (expected: NAME=HOST:PORT of each node); the conductor must know them",
                "{nodes: ['a:1'], zookeeper: 'z:1', discovery: znode, conductor: on, synchronous: quorum, on_discovery_loss: witness}!cluster.on_discovery_loss: witness (expected: hold or serve, where the conductor keeps synchronous standbys); a process without ZooKeeper would go on until it sees the next primary, which may lack what another standby acknowledged",
                "{nodes: ['a:1'], nmae: x}!unknown key of cluster: nmae; did you mean name?",
            })
    void wrongCluster_isReported(String cluster, String message) {
        assertEquals(List.of("orchestra.yaml:2: " + message), problems("auth_type: trust\ncluster: " + cluster + "\n"));
    }

    @Test
    void severalProblems_areReportedTogether() {
        assertEquals(
                List.of(
                        "orchestra.yaml:1: auth_type: cert (expected: trust, plain, md5 or scram-sha-256); "
                                + "\"cert\" is not supported yet: choose another",
                        "orchestra.yaml:2: min_pool_size: -1 (expected: a whole number >= 0); correct the value",
                        "orchestra.yaml: cluster is missing (expected: cluster: {nodes: [HOST:PORT]}); add it"),
                problems("auth_type: cert\nmin_pool_size: -1\n"));
    }

    @Test
    void brokenYaml_isReportedWithItsLine() {
        List<String> problems = problems("auth_type: trust\nlisten: *:6432\n");
        assertEquals(1, problems.size());
        assertTrue(problems.get(0).startsWith("orchestra.yaml:2: not YAML: "), problems.get(0));
    }

    /** It said "while scanning for the next token", and where that had begun. */
    @Test
    void tabInTheIndentation_isNamedWithItsLine() {
        List<String> problems = problems("auth_type: trust\ncluster:\n\tnodes: [a:1]\n");
        assertEquals(1, problems.size());
        assertTrue(problems.get(0).startsWith("orchestra.yaml:3: not YAML: "), problems.get(0));
        assertTrue(problems.get(0).contains("TAB"), problems.get(0));
    }

    @Test
    void unusedSettingOfPgBouncer_isNoted() throws ConfigProblems {
        assertEquals(
                "orchestra.yaml:3: logfile has no effect: logs go to the standard output",
                load(SMALL + "logfile: /var/log/x\n").notes().get(0).toString());
    }

    @Test
    void printed_isReadBackEqual() throws ConfigProblems {
        ProxyConfig config = load(SMALL + "server_reset_query: \"\"\nquery_timeout: 1.5\nadmin_users: [a, b]\n"
                + "databases: {\"*\": {}, app: {dbname: \"null\", user: 'o\"x', connect_query: 'a: b', reserve_pool: 2}}\n"
                + "users: {batch: {query_timeout: 5ms}}\n");
        ProxyConfig again = load(ConfigPrinter.print(config));
        assertEquals(config.values(), again.values());
        assertEquals(config.databases(), again.databases());
        assertEquals(config.users(), again.users());
        assertEquals(config.cluster(), again.cluster());
    }

    private ProxyConfig load(String yaml) throws ConfigProblems {
        return ConfigLoader.loadYaml(yaml, directory);
    }

    private List<String> problems(String yaml) {
        return assertThrows(ConfigProblems.class, () -> load(yaml)).problems().stream()
                .map(ConfigProblem::toString)
                .toList();
    }
}
