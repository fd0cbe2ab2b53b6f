package io.pgorchestra.proxy.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ShowTablesTest {
    private static final String SOCKET_COLUMNS = "type user database replication state addr port local_addr local_port"
            + " connect_time request_time wait wait_us close_needed ptr link remote_pid tls application_name"
            + " prepared_statements id";
    private static final String BUFFER_COLUMNS =
            " recv_pos pkt_pos pkt_remain send_pos send_remain pkt_avail send_avail";
    private static final String CLIENT =
            "C|web|app|none|%s|10.0.0.7|50123|10.0.0.1|6432|2026-11-23 12:00:00 UTC|2026-11-23 12:00:05 UTC"
                    + "|1|500000|0|0x100000002a|0x2000000007|0||psql|2|42";
    private static final String SERVER =
            "S|web|app|none|%s|10.0.0.2|5432|10.0.0.1|40001|2026-11-23 12:00:00 UTC|2026-11-23 12:00:05 UTC"
                    + "|0|0|1|0x2000000007||4711|||1|7";
    private static final String MEASURES = "server_assignment_count xact_count query_count bytes_received bytes_sent"
            + " xact_time query_time wait_time ";

    static Stream<Arguments> topics() {
        return Stream.of(
                Arguments.of("CLIENTS", SOCKET_COLUMNS, List.of(CLIENT.formatted("active"))),
                Arguments.of("SERVERS", SOCKET_COLUMNS, List.of(SERVER.formatted("idle"))),
                Arguments.of(
                        "SOCKETS",
                        SOCKET_COLUMNS + BUFFER_COLUMNS,
                        List.of(
                                CLIENT.formatted("cl_active") + "|0|0|0|0|0|0|0",
                                SERVER.formatted("sv_idle") + "|0|0|0|0|0|0|0")),
                Arguments.of(
                        "ACTIVE_SOCKETS",
                        SOCKET_COLUMNS + BUFFER_COLUMNS,
                        List.of(CLIENT.formatted("cl_active") + "|0|0|0|0|0|0|0")),
                Arguments.of(
                        "POOLS",
                        "database user cl_active cl_waiting cl_active_cancel_req cl_waiting_cancel_req sv_active"
                                + " sv_active_cancel sv_being_canceled sv_idle sv_used sv_tested sv_login maxwait"
                                + " maxwait_us pool_mode load_balance_hosts",
                        List.of("app|web|1|2|3|4|5|6|7|8|9|10|11|2|3|transaction|NULL")),
                Arguments.of(
                        "DATABASES",
                        "name host port database force_user pool_size min_pool_size reserve_pool_size server_lifetime"
                                + " pool_mode load_balance_hosts max_connections current_connections"
                                + " max_client_connections current_client_connections paused disabled",
                        List.of("app|10.0.0.2|5432|appdb|NULL|20|0|5|3600|NULL|NULL|100|8|0|3|0|1")),
                Arguments.of(
                        "USERS",
                        "name pool_size reserve_pool_size pool_mode max_user_connections current_connections"
                                + " max_user_client_connections current_client_connections",
                        List.of("web|30||session|50|8|0|3")),
                Arguments.of(
                        "LISTS",
                        "list items",
                        List.of(
                                "databases|1",
                                "users|2",
                                "peers|0",
                                "pools|3",
                                "peer_pools|0",
                                "free_clients|97",
                                "used_clients|4",
                                "login_clients|1",
                                "free_servers|5",
                                "used_servers|6",
                                "dns_names|0",
                                "dns_zones|0",
                                "dns_queries|0",
                                "dns_pending|0")),
                Arguments.of(
                        "CONFIG",
                        "key value default changeable",
                        List.of("default_pool_size|40|20|yes", "listen_port|6432|6432|no")),
                Arguments.of("MEM", "name size used free memtotal", List.of("direct|16384|3|5|131072")),
                Arguments.of("STATE", "key value", List.of("active|yes", "paused|no", "suspended|no")),
                Arguments.of("VERSION", "version", List.of("Orchestra 0.1.0")),
                Arguments.of("DNS_HOSTS", "hostname ttl addrs", List.of()),
                Arguments.of("DNS_ZONES", "zonename serial count", List.of()),
                Arguments.of("PEERS", "peer_id host port pool_size", List.of()),
                Arguments.of(
                        "PEER_POOLS",
                        "peer_id cl_active_cancel_req cl_waiting_cancel_req sv_active_cancel sv_login",
                        List.of()),
                Arguments.of(
                        "STATS_TOTALS",
                        "database " + MEASURES + "client_parse_count server_parse_count bind_count client_login_count",
                        List.of("app|1|2|3|4|5|6|7|8|9|10|11|12")),
                Arguments.of(
                        "STATS_AVERAGES",
                        "database " + MEASURES
                                + "avg_client_parse_count avg_server_parse_count avg_bind_count avg_client_login_count",
                        List.of("app|0|0|0|0|0|3|2|8|0|0|1|1")),
                Arguments.of(
                        "STATS",
                        "database total_server_assignment_count total_xact_count total_query_count total_received"
                                + " total_sent total_xact_time total_query_time total_wait_time"
                                + " total_client_parse_count total_server_parse_count total_bind_count"
                                + " total_client_login_count avg_server_assignment_count avg_xact_count"
                                + " avg_query_count avg_recv avg_sent avg_xact_time avg_query_time avg_wait_time"
                                + " avg_client_parse_count avg_server_parse_count avg_bind_count"
                                + " avg_client_login_count",
                        List.of("app|1|2|3|4|5|6|7|8|9|10|11|12|0|0|0|0|0|3|2|8|0|0|1|1")));
    }

    @ParameterizedTest
    @MethodSource("topics")
    void show_everyTopic_hasPgBouncersColumnsAndRows(String topic, String columns, List<String> rows) {
        ConsoleClient client = ConsoleClient.admin();
        client.advanceSeconds(11);

        List<String> answer = client.query("SHOW " + topic);

        String header = answer.get(0).replaceFirst("^columns ", "").replaceAll(":[0-9]+", "");
        assertEquals(columns, header.replace('|', ' '));
        assertEquals(rows.stream().map(row -> "row " + row).toList(), answer.subList(1, answer.size() - 2));
        assertEquals(List.of("SHOW", "ready I"), answer.subList(answer.size() - 2, answer.size()));
    }

    @Test
    void show_typesOfColumns_arePgBouncers() {
        ConsoleClient client = ConsoleClient.admin();

        String lists = client.query("SHOW LISTS").get(0);
        String totals = client.query("SHOW TOTALS").get(0);
        String databases = client.query("SHOW DATABASES").get(0);

        assertEquals("columns list:25|items:23", lists);
        assertEquals("columns name:25|value:1700", totals);
        assertEquals(
                "columns name:25|host:25|port:23|database:25|force_user:25|pool_size:23|min_pool_size:23"
                        + "|reserve_pool_size:23|server_lifetime:23|pool_mode:25|load_balance_hosts:25"
                        + "|max_connections:23|current_connections:23|max_client_connections:23"
                        + "|current_client_connections:23|paused:23|disabled:23",
                databases);
    }

    @Test
    void show_totals_sumsDatabasesUnderPgBouncersNames() {
        ConsoleClient client = ConsoleClient.admin();
        client.target.databases = List.of("app", "shop");

        List<String> answer = client.query("SHOW TOTALS");

        assertEquals(24 + 3, answer.size());
        assertEquals("row total_server_assignment_count|2", answer.get(1));
        assertEquals("row total_client_bytes|8", answer.get(4));
        assertEquals("row total_ps_client_parse_count|18", answer.get(9));
        assertEquals("row total_client_login_count|24", answer.get(12));
        assertEquals("row avg_server_assignment_count|0", answer.get(13));
        assertEquals("row avg_client_login_count|0", answer.get(24));
    }

    @Test
    void show_statePaused_saysSo() {
        ConsoleClient client = ConsoleClient.admin();
        client.target.state = ProxyState.PAUSED;

        List<String> answer = client.query("SHOW STATE");

        assertEquals(List.of("row active|no", "row paused|yes", "row suspended|no"), answer.subList(1, 4));
    }

    @Test
    void show_averagesAfterTwoPeriods_coverOnlyThem() {
        ConsoleClient client = ConsoleClient.admin();
        client.target.totals = new TrafficTotals(100, 100, 100, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        client.advanceSeconds(60);
        client.rollAverages();
        client.advanceSeconds(60);
        client.rollAverages();
        client.target.totals = new TrafficTotals(100, 700, 100, 0, 0, 1_200, 0, 0, 0, 0, 0, 0);

        List<String> answer = client.query("SHOW STATS_AVERAGES");

        // 600 transactions in the 60 seconds since the first roll, of 2 microseconds each.
        assertEquals("row app|0|10|0|0|0|2|0|0|0|0|0|0", answer.get(1));
    }
}
