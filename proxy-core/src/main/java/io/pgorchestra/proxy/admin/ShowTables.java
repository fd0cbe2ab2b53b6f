package io.pgorchestra.proxy.admin;

import static io.pgorchestra.proxy.admin.ResultTable.row;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Renders snapshots of the proxy as the rows that PgBouncer would show. */
final class ShowTables {
    private static final DateTimeFormatter TIMESTAMP = DateTimeFormatter.ofPattern(
                    "yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final long NANOS_PER_MICRO = 1_000L;
    // Ids of clients and of servers may be counted apart; what ptr and link show must still be distinct.
    private static final long CLIENT_PTR_BASE = 0x10_0000_0000L;
    private static final long SERVER_PTR_BASE = 0x20_0000_0000L;

    private final AdminTarget target;
    private final StatsAverages averages;
    private final LongSupplier nanoTime;

    ShowTables(AdminTarget target, StatsAverages averages, LongSupplier nanoTime) {
        this.target = target;
        this.averages = averages;
        this.nanoTime = nanoTime;
    }

    /** The rows of a topic that has rows. */
    CompletionStage<ResultTable> show(ShowTopic topic) {
        return rowsOf(topic).thenApply(rows -> new ResultTable(topic.columns(), rows));
    }

    private CompletionStage<List<List<@Nullable Object>>> rowsOf(ShowTopic topic) {
        return switch (topic) {
            case ACTIVE_SOCKETS -> sockets(true);
            case CLIENTS -> each(target.clients(), ShowTables::client);
            case CLUSTER -> each(target.cluster(), ShowTables::cluster);
            case CONFIG -> each(target.settings(), ShowTables::setting);
            case DATABASES -> each(target.databases(), ShowTables::database);
            // No resolver of our own, and no peers: one process answers for all cores.
            case DNS_HOSTS, DNS_ZONES, PEERS, PEER_POOLS -> CompletableFuture.completedFuture(List.of());
            case EPOCHS -> each(target.epochs(), ShowTables::epoch);
            case FDS, HELP -> throw new IllegalArgumentException(topic + " has no rows");
            case LISTS -> target.lists().thenApply(ShowTables::lists);
            case MEM -> each(target.memory(), ShowTables::memory);
            case NODES -> each(target.nodes(), ShowTables::node);
            case POOLS -> each(target.pools(), ShowTables::pool);
            case SERVERS -> each(target.servers(), ShowTables::server);
            case SOCKETS -> sockets(false);
            case STATE -> CompletableFuture.completedFuture(state(target.state()));
            case STATS -> each(target.stats(), this::stats);
            case STATS_AVERAGES -> each(target.stats(), stats -> measures(stats.database(), average(stats)));
            case STATS_TOTALS -> each(target.stats(), stats -> measures(stats.database(), stats.totals()));
            case TOTALS -> target.stats().thenApply(this::totals);
            case USERS -> each(target.users(), ShowTables::user);
            case VERSION -> CompletableFuture.completedFuture(List.of(row(target.version())));
        };
    }

    private static <T> CompletionStage<List<List<@Nullable Object>>> each(
            CompletionStage<List<T>> snapshot, Function<T, List<@Nullable Object>> render) {
        return snapshot.thenApply(items -> {
            List<List<@Nullable Object>> rows = new ArrayList<>(items.size());
            for (T item : items) {
                rows.add(render.apply(item));
            }
            return rows;
        });
    }

    private static List<@Nullable Object> client(ClientRow client) {
        return client(client, client.state().text());
    }

    private static List<@Nullable Object> client(ClientRow client, String state) {
        return row(
                "C",
                client.user(),
                client.database(),
                client.replication().text(),
                state,
                client.remote().address(),
                client.remote().port(),
                client.local().address(),
                client.local().port(),
                timestamp(client.connectTime()),
                timestamp(client.requestTime()),
                client.waitNanos() / NANOS_PER_SECOND,
                microsWithinSecond(client.waitNanos()),
                flag(client.closeNeeded()),
                pointer(CLIENT_PTR_BASE, client.id()),
                client.linkId() == 0 ? "" : pointer(SERVER_PTR_BASE, client.linkId()),
                client.remotePid(),
                client.tls(),
                client.applicationName(),
                client.preparedStatements(),
                client.id());
    }

    private static List<@Nullable Object> server(ServerRow server) {
        return server(server, server.state().text());
    }

    private static List<@Nullable Object> server(ServerRow server, String state) {
        return row(
                "S",
                server.user(),
                server.database(),
                server.replication().text(),
                state,
                server.remote().address(),
                server.remote().port(),
                server.local().address(),
                server.local().port(),
                timestamp(server.connectTime()),
                timestamp(server.requestTime()),
                server.waitNanos() / NANOS_PER_SECOND,
                microsWithinSecond(server.waitNanos()),
                flag(server.closeNeeded()),
                pointer(SERVER_PTR_BASE, server.id()),
                server.linkId() == 0 ? "" : pointer(CLIENT_PTR_BASE, server.linkId()),
                server.remotePid(),
                server.tls(),
                server.applicationName(),
                server.preparedStatements(),
                server.id());
    }

    private CompletionStage<List<List<@Nullable Object>>> sockets(boolean activeOnly) {
        return target.clients().thenCombine(target.servers(), (clients, servers) -> {
            List<List<@Nullable Object>> rows = new ArrayList<>();
            for (ClientRow client : clients) {
                if (!activeOnly || client.state() != ClientState.IDLE) {
                    rows.add(withBufferPositions(
                            client(client, "cl_" + client.state().text())));
                }
            }
            for (ServerRow server : servers) {
                if (!activeOnly || server.state() != ServerState.IDLE) {
                    rows.add(withBufferPositions(server(server, socketState(server.state()))));
                }
            }
            return rows;
        });
    }

    private static String socketState(ServerState state) {
        return state == ServerState.NEW ? "sv_login" : "sv_" + state.text();
    }

    /** The seven positions in PgBouncer's packet buffer, which has no counterpart here. */
    private static List<@Nullable Object> withBufferPositions(List<@Nullable Object> socket) {
        List<@Nullable Object> cells = new ArrayList<>(socket);
        while (cells.size() < ShowTopic.SOCKETS.columns().size()) {
            cells.add(0L);
        }
        return cells;
    }

    private static List<@Nullable Object> pool(PoolRow pool) {
        return row(
                pool.database(),
                pool.user(),
                pool.clientsActive(),
                pool.clientsWaiting(),
                pool.clientsActiveCancelRequests(),
                pool.clientsWaitingCancelRequests(),
                pool.serversActive(),
                pool.serversActiveCancel(),
                pool.serversBeingCanceled(),
                pool.serversIdle(),
                pool.serversUsed(),
                pool.serversTested(),
                pool.serversLogin(),
                pool.maxWaitNanos() / NANOS_PER_SECOND,
                microsWithinSecond(pool.maxWaitNanos()),
                pool.poolMode().name().toLowerCase(Locale.ROOT),
                nullIfEmpty(pool.loadBalanceHosts()));
    }

    private static List<@Nullable Object> database(DatabaseRow database) {
        return row(
                database.name(),
                nullIfEmpty(database.host()),
                database.port(),
                database.database(),
                nullIfEmpty(database.forceUser()),
                database.poolSize(),
                database.minPoolSize(),
                database.reservePoolSize(),
                database.serverLifetimeSeconds(),
                nullIfEmpty(database.poolMode()),
                nullIfEmpty(database.loadBalanceHosts()),
                database.maxConnections(),
                database.currentConnections(),
                database.maxClientConnections(),
                database.currentClientConnections(),
                flag(database.paused()),
                flag(database.disabled()));
    }

    private static List<@Nullable Object> user(UserRow user) {
        return row(
                user.name(),
                user.poolSize() == UserRow.INHERITED ? "" : Integer.toString(user.poolSize()),
                user.reservePoolSize() == UserRow.INHERITED ? "" : Integer.toString(user.reservePoolSize()),
                nullIfEmpty(user.poolMode()),
                user.maxUserConnections(),
                user.currentConnections(),
                user.maxUserClientConnections(),
                user.currentClientConnections());
    }

    private static List<List<@Nullable Object>> lists(ListsRow lists) {
        return List.of(
                row("databases", lists.databases()),
                row("users", lists.users()),
                row("peers", 0),
                row("pools", lists.pools()),
                row("peer_pools", 0),
                row("free_clients", lists.freeClients()),
                row("used_clients", lists.usedClients()),
                row("login_clients", lists.loginClients()),
                row("free_servers", lists.freeServers()),
                row("used_servers", lists.usedServers()),
                row("dns_names", 0),
                row("dns_zones", 0),
                row("dns_queries", 0),
                row("dns_pending", 0));
    }

    private static List<@Nullable Object> cluster(ClusterRow cluster) {
        return row(
                cluster.name(),
                cluster.discovery(),
                cluster.state(),
                nullIfEmpty(cluster.primary()),
                nullIfEmpty(cluster.address()),
                cluster.token(),
                cluster.timeline(),
                cluster.leaseMillis() < 0 ? null : cluster.leaseMillis());
    }

    private static List<@Nullable Object> node(NodeRow node) {
        return row(
                node.name(),
                node.host(),
                node.port(),
                node.role(),
                node.timeline(),
                lsn(node.lsn()),
                lsn(node.replayedLsn()),
                node.lagBytes() < 0 ? null : node.lagBytes(),
                node.lagMillis() < 0 ? null : node.lagMillis(),
                node.reads(),
                nullIfEmpty(node.upstream()),
                node.ageMillis(),
                nullIfEmpty(node.trouble()));
    }

    private static List<@Nullable Object> epoch(EpochRow epoch) {
        return row(timestamp(epoch.at()), epoch.event(), epoch.token(), epoch.timeline(), epoch.detail());
    }

    /** As Postgres writes a {@code pg_lsn}; null where nothing is known. */
    private static @Nullable String lsn(long position) {
        return position == 0 ? null : String.format("%X/%X", position >>> Integer.SIZE, position & 0xffff_ffffL);
    }

    private static List<@Nullable Object> setting(SettingRow setting) {
        return row(setting.key(), setting.value(), setting.defaultValue(), yesOrNo(setting.changeable()));
    }

    private static List<@Nullable Object> memory(MemoryRow memory) {
        return row(memory.name(), memory.itemBytes(), memory.used(), memory.free(), memory.totalBytes());
    }

    private static List<List<@Nullable Object>> state(ProxyState state) {
        return List.of(
                row("active", yesOrNo(state == ProxyState.ACTIVE)),
                row("paused", yesOrNo(state == ProxyState.PAUSED)),
                row("suspended", yesOrNo(state == ProxyState.SUSPENDED)));
    }

    private List<@Nullable Object> stats(StatsRow stats) {
        List<@Nullable Object> cells = new ArrayList<>(measures(stats.database(), stats.totals()));
        List<@Nullable Object> average = measures(stats.database(), average(stats));
        cells.addAll(average.subList(1, average.size()));
        return cells;
    }

    private TrafficTotals average(StatsRow stats) {
        return averages.averageOf(stats, nanoTime.getAsLong());
    }

    private static List<@Nullable Object> measures(String database, TrafficTotals totals) {
        return row(
                database,
                totals.serverAssignments(),
                totals.transactions(),
                totals.queries(),
                totals.bytesReceived(),
                totals.bytesSent(),
                totals.transactionMicros(),
                totals.queryMicros(),
                totals.waitMicros(),
                totals.clientParses(),
                totals.serverParses(),
                totals.binds(),
                totals.clientLogins());
    }

    private List<List<@Nullable Object>> totals(List<StatsRow> stats) {
        TrafficTotals sum = stats.stream().map(StatsRow::totals).reduce(TrafficTotals.ZERO, TrafficTotals::plus);
        List<List<@Nullable Object>> rows = new ArrayList<>(totalRows("total_", sum));
        rows.addAll(totalRows("avg_", averages.averageOfAll(stats, nanoTime.getAsLong())));
        return rows;
    }

    private static List<List<@Nullable Object>> totalRows(String prefix, TrafficTotals totals) {
        return List.of(
                row(prefix + "server_assignment_count", totals.serverAssignments()),
                row(prefix + "xact_count", totals.transactions()),
                row(prefix + "query_count", totals.queries()),
                row(prefix + "client_bytes", totals.bytesReceived()),
                row(prefix + "server_bytes", totals.bytesSent()),
                row(prefix + "xact_time", totals.transactionMicros()),
                row(prefix + "query_time", totals.queryMicros()),
                row(prefix + "wait_time", totals.waitMicros()),
                row(prefix + "ps_client_parse_count", totals.clientParses()),
                row(prefix + "ps_server_parse_count", totals.serverParses()),
                row(prefix + "ps_bind_count", totals.binds()),
                row(prefix + "client_login_count", totals.clientLogins()));
    }

    private static String timestamp(Instant instant) {
        return TIMESTAMP.format(instant);
    }

    private static long microsWithinSecond(long nanos) {
        return nanos % NANOS_PER_SECOND / NANOS_PER_MICRO;
    }

    private static String pointer(long base, long id) {
        return "0x" + Long.toHexString(base + id);
    }

    private static int flag(boolean value) {
        return value ? 1 : 0;
    }

    private static String yesOrNo(boolean value) {
        return value ? "yes" : "no";
    }

    private static @Nullable String nullIfEmpty(String text) {
        return text.isEmpty() ? null : text;
    }
}
