package io.pgorchestra.proxy;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.pgorchestra.pool.CloseReason;
import io.pgorchestra.pool.PoolCounts;
import io.pgorchestra.pool.PoolMode;
import io.pgorchestra.pool.PoolSettings;
import io.pgorchestra.pool.Slot;
import io.pgorchestra.proxy.admin.ClientRow;
import io.pgorchestra.proxy.admin.ClientState;
import io.pgorchestra.proxy.admin.DatabaseRow;
import io.pgorchestra.proxy.admin.Endpoint;
import io.pgorchestra.proxy.admin.EventKind;
import io.pgorchestra.proxy.admin.EventRow;
import io.pgorchestra.proxy.admin.MemoryRow;
import io.pgorchestra.proxy.admin.PoolRow;
import io.pgorchestra.proxy.admin.Replication;
import io.pgorchestra.proxy.admin.ServerRow;
import io.pgorchestra.proxy.admin.ServerState;
import io.pgorchestra.proxy.admin.StatsRow;
import io.pgorchestra.proxy.admin.TrafficTotals;
import io.pgorchestra.proxy.admin.UserRow;
import io.pgorchestra.proxy.client.ClientRegistry;
import io.pgorchestra.proxy.client.ClientSession;
import io.pgorchestra.proxy.client.PoolHome;
import io.pgorchestra.proxy.config.DatabaseConfig;
import io.pgorchestra.proxy.config.ProxyConfig;
import io.pgorchestra.proxy.config.Setting;
import io.pgorchestra.proxy.config.UserConfig;
import io.pgorchestra.proxy.server.Lessee;
import io.pgorchestra.proxy.server.ServerConnection;
import io.pgorchestra.proxy.server.Traffic;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What the console shows of each thing. Each method runs on the loop of what it is given. */
final class ConsoleRows {

    private ConsoleRows() {}

    static ClientRow client(ClientSession session) {
        ServerConnection held = session.heldServer();
        Instant connected = Instant.ofEpochMilli(session.connectedAtMillis());
        return new ClientRow(
                session.id(),
                session.identity().user(),
                session.identity().database(),
                Replication.NONE,
                clientState(session),
                endpoint(session.channel().remoteAddress()),
                endpoint(session.channel().localAddress()),
                connected,
                connected,
                session.waitNanos(),
                false,
                held == null ? 0 : held.id(),
                0,
                "",
                session.applicationName(),
                session.preparedStatements());
    }

    private static ClientState clientState(ClientSession session) {
        return switch (session.phase()) {
            case LOGIN_WAITING, WAITING -> ClientState.WAITING;
            case LOGIN_PREPARING, PREPARING, ACTIVE, STANDING_IN -> ClientState.ACTIVE;
            case IDLE, CLOSED -> ClientState.IDLE;
        };
    }

    static ServerRow server(PoolHome home, Slot<ServerConnection> slot) {
        ServerConnection server = slot.hasServer() ? slot.server() : null;
        Channel channel = server == null ? null : server.channel();
        Lessee lessee = server == null ? null : server.lessee();
        long now = System.nanoTime();
        long ageNanos = slot.connectedAtNanos() == 0 ? 0 : now - slot.connectedAtNanos();
        long sinceNanos = slot.leasedAtNanos() == 0 ? ageNanos : now - slot.leasedAtNanos();
        String application = server == null ? null : server.state().reported().get("application_name");
        return new ServerRow(
                server == null ? 0 : server.id(),
                home.key().user(),
                home.key().database(),
                Replication.NONE,
                serverState(slot, server),
                channel == null ? Endpoint.UNKNOWN : endpoint(channel.remoteAddress()),
                channel == null ? Endpoint.UNKNOWN : endpoint(channel.localAddress()),
                Instant.now().minusNanos(ageNanos),
                Instant.now().minusNanos(sinceNanos),
                0,
                false,
                lessee == null ? 0 : lessee.id(),
                server == null ? 0 : server.key().processId(),
                "",
                application == null ? "" : application,
                server == null ? 0 : server.prepared().size());
    }

    private static ServerState serverState(Slot<ServerConnection> slot, @Nullable ServerConnection server) {
        if (server != null && server.beingCancelled() && server.lessee() == null) {
            return ServerState.BEING_CANCELED;
        }
        return switch (slot.state()) {
            case CONNECTING -> ServerState.NEW;
            case IDLE, CLOSED -> ServerState.IDLE;
            case LEASED -> ServerState.ACTIVE;
            case RESETTING, CHECKING -> ServerState.TESTED;
        };
    }

    /** With the servers on standbys. */
    static PoolRow pool(PoolHome home) {
        PoolCounts counts = PoolCounts.sum(home.allServers().stream()
                .map(servers -> servers.pool().counts())
                .toList());
        return new PoolRow(
                home.key().database(),
                home.key().user(),
                home.clients() - counts.waiting(),
                counts.waiting(),
                0,
                0,
                counts.active(),
                0,
                0,
                counts.idle(),
                0,
                counts.tested(),
                counts.login(),
                counts.maxWaitNanos(),
                home.settings().mode(),
                "");
    }

    static StatsRow stats(PoolHome home) {
        Traffic.Totals totals = home.servers().totals();
        return new StatsRow(
                home.key().database(),
                new TrafficTotals(
                        totals.assignments(),
                        totals.transactions(),
                        totals.queries(),
                        totals.receivedBytes(),
                        totals.sentBytes(),
                        totals.transactionNanos() / 1000,
                        totals.queryNanos() / 1000,
                        totals.waitNanos() / 1000,
                        totals.clientParses(),
                        totals.serverParses(),
                        totals.binds(),
                        totals.logins()));
    }

    static List<EventRow> events(PoolHome home) {
        List<EventRow> rows = new ArrayList<>();
        home.readCounts()
                .snapshot()
                .forEach((event, reasons) -> reasons.forEach((reason, count) -> rows.add(
                        new EventRow(EventKind.valueOf(event.name()), home.key().database(), reason, count))));
        for (CloseReason reason : CloseReason.values()) {
            long count = home.allServers().stream()
                    .mapToLong(servers -> servers.pool().totals().closes(reason))
                    .sum();
            if (count > 0) {
                rows.add(new EventRow(EventKind.SERVER_CLOSED, home.key().database(), reason.label(), count));
            }
        }
        return rows;
    }

    static DatabaseRow database(
            String name, ProxyConfig config, Pools pools, ClientRegistry registry, boolean disabled) {
        DatabaseConfig database = config.database(name);
        PoolSettings settings = config.poolSettings(name, "");
        PoolMode ownMode = database == null ? null : database.poolMode();
        String user = database == null ? null : database.user();
        return new DatabaseRow(
                name,
                database == null ? "" : database.host(),
                database == null ? 0 : database.port(),
                database == null ? "" : database.dbname(),
                user == null ? "" : user,
                settings.maxSize(),
                settings.minSize(),
                settings.reserveSize(),
                (int) settings.serverLifetime().toSeconds(),
                text(ownMode),
                "",
                config.maxDbConnections(name),
                pools.budget().databaseConnections(name),
                config.maxDbClientConnections(name),
                registry.ofDatabase(name),
                pools.paused().contains(name) || pools.paused().contains(""),
                disabled);
    }

    static UserRow user(String name, ProxyConfig config, Pools pools, ClientRegistry registry) {
        UserConfig user = config.users().get(name);
        return new UserRow(
                name,
                own(user, Setting.DEFAULT_POOL_SIZE),
                own(user, Setting.RESERVE_POOL_SIZE),
                text(user == null ? null : user.poolMode()),
                config.maxUserConnections(name),
                pools.budget().userConnections(name),
                config.maxUserClientConnections(name),
                registry.ofUser(name));
    }

    private static int own(@Nullable UserConfig user, Setting setting) {
        return user != null && user.overrides().get(setting) instanceof Integer value ? value : UserRow.INHERITED;
    }

    private static String text(@Nullable PoolMode mode) {
        return mode == null ? "" : mode.name().toLowerCase(Locale.ROOT);
    }

    static List<MemoryRow> memory() {
        Runtime runtime = Runtime.getRuntime();
        long direct = PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
        return List.of(
                new MemoryRow(
                        "heap",
                        1,
                        runtime.totalMemory() - runtime.freeMemory(),
                        runtime.freeMemory(),
                        runtime.totalMemory()),
                new MemoryRow("buffers", 1, direct, 0, direct));
    }

    private static Endpoint endpoint(@Nullable SocketAddress address) {
        return address instanceof InetSocketAddress inet && inet.getAddress() != null
                ? new Endpoint(inet.getAddress().getHostAddress(), inet.getPort())
                : Endpoint.UNKNOWN;
    }
}
