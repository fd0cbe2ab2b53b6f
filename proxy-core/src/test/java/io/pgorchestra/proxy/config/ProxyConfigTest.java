package io.pgorchestra.proxy.config;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@SuppressWarnings("StringConcatToTextBlock") // Short YAML reads better in one line.
class ProxyConfigTest {
    private static final String YAML = "auth_type: trust\ncluster: {nodes: [127.0.0.1:5432]}\n";

    @Test
    void with_liveSetting_changesOnlyTheCopy() throws Exception {
        ProxyConfig before = load("");
        ProxyConfig after = before.with("default_pool_size", "40");
        assertEquals(20, before.defaultPoolSize());
        assertEquals(40, after.defaultPoolSize());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            value = {
                "default_pol_size!1!unknown setting: default_pol_size; did you mean default_pool_size?",
                "zzz!1!unknown setting: zzz; SHOW CONFIG lists all",
                "event_loops!1!event_loops cannot be changed by SET; change it in the file and restart",
                "auth_file!x!auth_file cannot be changed by SET; change it in the file and RELOAD",
                "query_timeout!soon!query_timeout: soon (expected: seconds, or a time such as 5ms, 120s, 2min or 1h); correct the value",
                "auth_type!md5!auth_type: md5 needs an auth_file, or nobody could log in; name one in the file and restart",
            })
    void with_wrongWords_saysWhy(String name, String value, String message) throws ConfigProblems {
        ProxyConfig config = load("");
        assertEquals(
                message,
                assertThrows(SettingRejected.class, () -> config.with(name, value))
                        .getMessage());
    }

    @Test
    void rows_spellValuesAsPgBouncersConsoleDoes() throws ConfigProblems {
        List<SettingRow> rows =
                load("query_wait_timeout: 2min\nlog_connections: off\n").rows();
        assertTrue(rows.contains(new SettingRow("query_wait_timeout", "120", "120", true)), rows.toString());
        assertTrue(rows.contains(new SettingRow("log_connections", "0", "1", true)));
        assertTrue(rows.contains(new SettingRow("max_client_conn", "10000", "10000", true)));
        assertTrue(rows.contains(new SettingRow("event_loops", "0", "0", false)));
        assertEquals(
                rows.stream().map(SettingRow::key).sorted().toList(),
                rows.stream().map(SettingRow::key).toList());
    }

    @Test
    void diff_keepsWhatNeedsARestart() throws ConfigProblems {
        ProxyConfig before = load("listen: 127.0.0.1:6432\ndatabases: {a: {}, b: {}}\n");
        ProxyConfig after = ConfigLoader.loadYaml(
                "auth_type: trust\ncluster: {nodes: [127.0.0.1:5433]}\nlisten: 127.0.0.1:7000\n"
                        + "default_pool_size: 7\ndatabases: {a: {pool_size: 1}, c: {}}\n",
                Path.of("."));
        ConfigDiff diff = ConfigDiff.between(before, after);
        assertEquals(
                List.of(
                        "listen: 127.0.0.1:6432 -> 127.0.0.1:7000",
                        "cluster: main [127.0.0.1:5432] -> main [127.0.0.1:5433]"),
                diff.restart().stream().map(ConfigDiff.Difference::toString).toList());
        assertEquals("default_pool_size: 20 -> 7", diff.live().get(0).toString());
        assertTrue(diff.live().contains(new ConfigDiff.Difference("databases.b", "as it was", "removed")));
        assertTrue(diff.live().contains(new ConfigDiff.Difference("databases.c", "none", "added")));
        assertEquals(7, diff.applied().defaultPoolSize());
        assertEquals(before.listen(), diff.applied().listen());
        assertEquals(5432, requireNonNull(diff.applied().database("a")).port());
    }

    @Test
    void diff_ofEqualConfigurations_isEmpty() throws ConfigProblems {
        ConfigDiff diff =
                ConfigDiff.between(load("users: {u: {pool_size: 1}}\n"), load("users: {u: {pool_size: 1}}\n"));
        assertEquals(List.of(), diff.live());
        assertEquals(List.of(), diff.restart());
    }

    private static ProxyConfig load(String more) throws ConfigProblems {
        return ConfigLoader.loadYaml(YAML + more, Path.of("."));
    }
}
