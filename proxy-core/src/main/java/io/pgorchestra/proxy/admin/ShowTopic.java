package io.pgorchestra.proxy.admin;

import static io.pgorchestra.proxy.admin.Column.int4;
import static io.pgorchestra.proxy.admin.Column.int8;
import static io.pgorchestra.proxy.admin.Column.numeric;
import static io.pgorchestra.proxy.admin.Column.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** What SHOW can show, with the columns of each topic: PgBouncer's, name for name and in order; CLUSTER, NODES and EPOCHS are ours. */
enum ShowTopic {
    ACTIVE_SOCKETS(debugSocketColumns()),
    CLIENTS(socketColumns()),
    CLUSTER(List.of(
            text("name"),
            text("discovery"),
            text("state"),
            text("primary"),
            text("address"),
            int8("epoch"),
            int4("timeline"),
            int8("lease_ms"))),
    CONFIG(List.of(text("key"), text("value"), text("default"), text("changeable"))),
    DATABASES(databaseColumns()),
    DNS_HOSTS(List.of(text("hostname"), int8("ttl"), text("addrs"))),
    DNS_ZONES(List.of(text("zonename"), int8("serial"), int4("count"))),
    EPOCHS(List.of(text("time"), text("event"), int8("epoch"), int4("timeline"), text("detail"))),
    FDS(List.of()),
    HELP(List.of()),
    LISTS(List.of(text("list"), int4("items"))),
    MEM(List.of(text("name"), int4("size"), int8("used"), int8("free"), int8("memtotal"))),
    NODES(List.of(
            text("name"),
            text("host"),
            int4("port"),
            text("role"),
            int4("timeline"),
            text("lsn"),
            text("replayed_lsn"),
            int8("lag_bytes"),
            int8("lag_ms"),
            text("reads"),
            text("upstream"),
            int8("age_ms"),
            text("trouble"))),
    PEERS(List.of(int4("peer_id"), text("host"), int4("port"), int4("pool_size"))),
    PEER_POOLS(List.of(
            int4("peer_id"),
            int4("cl_active_cancel_req"),
            int4("cl_waiting_cancel_req"),
            int4("sv_active_cancel"),
            int4("sv_login"))),
    POOLS(poolColumns()),
    SERVERS(socketColumns()),
    SOCKETS(debugSocketColumns()),
    STATE(List.of(text("key"), text("value"))),
    STATS(statsColumns()),
    STATS_AVERAGES(statsAveragesColumns()),
    STATS_TOTALS(statsTotalsColumns()),
    TOTALS(List.of(text("name"), numeric("value"))),
    USERS(userColumns()),
    VERSION(List.of(text("version")));

    @SuppressWarnings("ImmutableEnumChecker") // Made by List.of and its kin.
    private final List<Column> columns;

    ShowTopic(List<Column> columns) {
        this.columns = columns;
    }

    List<Column> columns() {
        return columns;
    }

    /** Whether it answers with rows; HELP is a notice, and FDS a refusal. */
    boolean hasRows() {
        return !columns.isEmpty();
    }

    /** The word after SHOW, in lower case. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    private static List<Column> socketColumns() {
        return List.of(
                text("type"),
                text("user"),
                text("database"),
                text("replication"),
                text("state"),
                text("addr"),
                int4("port"),
                text("local_addr"),
                int4("local_port"),
                text("connect_time"),
                text("request_time"),
                int4("wait"),
                int4("wait_us"),
                int4("close_needed"),
                text("ptr"),
                text("link"),
                int4("remote_pid"),
                text("tls"),
                text("application_name"),
                int4("prepared_statements"),
                // int4 in PgBouncer: at a thousand logins per second that overflows in under a month.
                int8("id"));
    }

    private static List<Column> debugSocketColumns() {
        List<Column> columns = new ArrayList<>(socketColumns());
        for (String name :
                List.of("recv_pos", "pkt_pos", "pkt_remain", "send_pos", "send_remain", "pkt_avail", "send_avail")) {
            columns.add(int4(name));
        }
        return List.copyOf(columns);
    }

    private static List<Column> poolColumns() {
        return List.of(
                text("database"),
                text("user"),
                int4("cl_active"),
                int4("cl_waiting"),
                int4("cl_active_cancel_req"),
                int4("cl_waiting_cancel_req"),
                int4("sv_active"),
                int4("sv_active_cancel"),
                int4("sv_being_canceled"),
                int4("sv_idle"),
                int4("sv_used"),
                int4("sv_tested"),
                int4("sv_login"),
                int4("maxwait"),
                int4("maxwait_us"),
                text("pool_mode"),
                text("load_balance_hosts"));
    }

    private static List<Column> databaseColumns() {
        return List.of(
                text("name"),
                text("host"),
                int4("port"),
                text("database"),
                text("force_user"),
                int4("pool_size"),
                int4("min_pool_size"),
                int4("reserve_pool_size"),
                int4("server_lifetime"),
                text("pool_mode"),
                text("load_balance_hosts"),
                int4("max_connections"),
                int4("current_connections"),
                int4("max_client_connections"),
                int4("current_client_connections"),
                int4("paused"),
                int4("disabled"));
    }

    private static List<Column> userColumns() {
        return List.of(
                text("name"),
                text("pool_size"),
                text("reserve_pool_size"),
                text("pool_mode"),
                int4("max_user_connections"),
                int4("current_connections"),
                int4("max_user_client_connections"),
                int4("current_client_connections"));
    }

    private static List<Column> statsColumns() {
        Stream<String> names = Stream.of(
                "total_server_assignment_count",
                "total_xact_count",
                "total_query_count",
                "total_received",
                "total_sent",
                "total_xact_time",
                "total_query_time",
                "total_wait_time",
                "total_client_parse_count",
                "total_server_parse_count",
                "total_bind_count",
                "total_client_login_count",
                "avg_server_assignment_count",
                "avg_xact_count",
                "avg_query_count",
                "avg_recv",
                "avg_sent",
                "avg_xact_time",
                "avg_query_time",
                "avg_wait_time",
                "avg_client_parse_count",
                "avg_server_parse_count",
                "avg_bind_count",
                "avg_client_login_count");
        return perDatabase(names);
    }

    private static List<Column> statsTotalsColumns() {
        return perDatabase(Stream.concat(
                statsTimesAndCounts(),
                Stream.of("client_parse_count", "server_parse_count", "bind_count", "client_login_count")));
    }

    private static List<Column> statsAveragesColumns() {
        // Only the last four carry the prefix, in PgBouncer too.
        return perDatabase(Stream.concat(
                statsTimesAndCounts(),
                Stream.of(
                        "avg_client_parse_count",
                        "avg_server_parse_count",
                        "avg_bind_count",
                        "avg_client_login_count")));
    }

    private static Stream<String> statsTimesAndCounts() {
        return Stream.of(
                "server_assignment_count",
                "xact_count",
                "query_count",
                "bytes_received",
                "bytes_sent",
                "xact_time",
                "query_time",
                "wait_time");
    }

    private static List<Column> perDatabase(Stream<String> measures) {
        return Stream.concat(Stream.of(text("database")), measures.map(Column::numeric))
                .toList();
    }
}
