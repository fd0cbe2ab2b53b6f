package io.pgorchestra.proxy;

import io.pgorchestra.pool.PoolKey;
import io.pgorchestra.pool.ServerBudget;
import io.pgorchestra.proxy.catalog.CurrentFunctions;
import io.pgorchestra.proxy.client.PoolHome;
import io.pgorchestra.proxy.client.ReadPools;
import io.pgorchestra.proxy.client.SessionSettings;
import io.pgorchestra.proxy.config.DatabaseConfig;
import io.pgorchestra.proxy.config.HostPort;
import io.pgorchestra.proxy.config.ProxyConfig;
import io.pgorchestra.proxy.net.Sockets;
import io.pgorchestra.proxy.net.Transport;
import io.pgorchestra.proxy.server.CurrentRoute;
import io.pgorchestra.proxy.server.Neighbours;
import io.pgorchestra.proxy.server.ServerCredentials;
import io.pgorchestra.proxy.server.ServerPool;
import io.pgorchestra.proxy.server.ServerTarget;
import io.pgorchestra.proxy.standby.Standby;
import io.pgorchestra.proxy.statement.SchemaVersion;
import io.pgorchestra.proxy.statement.StatementCatalog;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Which pool lives on which loop, and how the configuration makes one. For all threads, but for what takes a loop. */
final class Pools implements Neighbours {

    private final List<ProxyLoop> loops;
    private final Transport transport;

    /** Says where the primary is, and which standbys are fit; null: the configuration says where everything goes. */
    private final @Nullable Cluster cluster;

    /** The one way to each standby. */
    private final ConcurrentHashMap<Standby, CurrentRoute> toStandbys = new ConcurrentHashMap<>();

    /** By the database's name on its nodes. */
    private final ConcurrentHashMap<String, CurrentFunctions> functions = new ConcurrentHashMap<>();

    /** One route for each address, so that an address that has not changed is seen not to have. */
    private final ConcurrentHashMap<HostPort, CurrentRoute> fixedRoutes = new ConcurrentHashMap<>();

    private final ServerBudget budget = new ServerBudget();
    private final StatementCatalog statements = new StatementCatalog();
    private final ConcurrentHashMap<Schema, SchemaVersion> schemas = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<PoolKey, ProxyLoop> loopOf = new ConcurrentHashMap<>();
    private final AtomicInteger nextLoop = new AtomicInteger();
    private final AtomicInteger nextNumber = new AtomicInteger();
    private final Set<String> paused = ConcurrentHashMap.newKeySet();

    Pools(List<ProxyLoop> loops, Transport transport, @Nullable Cluster cluster) {
        this.loops = loops;
        this.transport = transport;
        this.cluster = cluster;
    }

    /** A pool keeps its loop for life; loops take turns. */
    ProxyLoop loopOf(PoolKey key) {
        return loopOf.computeIfAbsent(
                key, ignored -> loops.get(Math.floorMod(nextLoop.getAndIncrement(), loops.size())));
    }

    ServerBudget budget() {
        return budget;
    }

    /** Databases under PAUSE, so that pools made later are paused too. */
    Set<String> paused() {
        return paused;
    }

    /** The pool, made now if this is its first client. On the loop. */
    PoolHome homeOn(ProxyLoop loop, PoolKey key, ProxyConfig config) {
        PoolHome present = loop.home(key);
        if (present != null) {
            return present;
        }
        DatabaseConfig database = config.database(key.database());
        if (database == null) {
            throw new IllegalStateException("no database " + key.database() + " (expected: admitted clients have one)");
        }
        limit(key, config);
        ServerPool servers = new ServerPool(
                key,
                nextNumber.incrementAndGet(),
                loop.context(),
                transport,
                config.poolSettings(key.database(), key.user()),
                budget,
                target(database, key, config),
                route(database),
                this);
        PoolHome home = new PoolHome(
                servers,
                statements,
                sessionSettings(key, config),
                readPools(servers),
                functions.computeIfAbsent(servers.target().database(), missing -> new CurrentFunctions()));
        if (paused.contains(key.database()) || paused.contains("")) {
            servers.pool().pause();
        }
        loop.add(home);
        return home;
    }

    private @Nullable ReadPools readPools(ServerPool servers) {
        return cluster == null
                ? null
                : new ReadPools(cluster.standbys(), standby -> {
                    ServerPool there = servers.onStandby(
                            nextNumber.incrementAndGet(),
                            budget,
                            toStandbys.computeIfAbsent(standby, CurrentRoute::to));
                    if (servers.pool().paused()) {
                        there.pool().pause();
                    }
                    return there;
                });
    }

    /** Of each database that clients have used; by the database's name on its nodes. */
    Map<String, CurrentFunctions> functions() {
        return functions;
    }

    /** Brings the pools of this loop to a new configuration. On the loop. */
    void apply(ProxyLoop loop, ProxyConfig config) {
        for (PoolHome home : List.copyOf(loop.homes())) {
            PoolKey key = home.key();
            DatabaseConfig database = config.database(key.database());
            if (database == null) {
                home.allServers().forEach(servers -> servers.pool().reconnect());
                continue;
            }
            limit(key, config);
            for (ServerPool servers : home.allServers()) {
                servers.apply(
                        config.poolSettings(key.database(), key.user()),
                        target(database, key, config),
                        servers == home.servers() ? route(database) : servers.route());
            }
            home.apply(sessionSettings(key, config));
        }
    }

    @Override
    public void databaseCommandSent(CurrentRoute route, String sql) {
        reconnect(servers -> servers.route() == route && servers.mayBeMeant(sql));
    }

    @Override
    public SchemaVersion schemaVersion(CurrentRoute route, String database) {
        return schemas.computeIfAbsent(new Schema(route, database), missing -> new SchemaVersion());
    }

    /** A database on its nodes. */
    private record Schema(CurrentRoute route, String database) {}

    @Override
    public void loginsOutdated(CurrentRoute route) {
        reconnect(servers -> servers.route() == route);
    }

    private void reconnect(Predicate<ServerPool> which) {
        for (ProxyLoop loop : loops) {
            loop.context()
                    .execute(() -> loop.homes().stream()
                            .filter(home -> which.test(home.servers()))
                            .forEach(home -> home.allServers().forEach(ServerPool::reconnect)));
        }
    }

    private void limit(PoolKey key, ProxyConfig config) {
        budget.limitDatabase(key.database(), config.maxDbConnections(key.database()));
        budget.limitUser(key.user(), config.maxUserConnections(key.user()));
    }

    /** What servers of this database log in with: the configuration's word, else the client's. */
    static ServerCredentials credentials(DatabaseConfig database, ProxyConfig config, ServerCredentials clients) {
        String password = database.password();
        if (password != null) {
            return new ServerCredentials(password, null, null);
        }
        String forcedUser = database.user();
        @Nullable String secret = forcedUser == null ? null : config.userList().secret(forcedUser);
        return secret == null ? clients : new ServerCredentials(secret, null, null);
    }

    private CurrentRoute route(DatabaseConfig database) {
        if (cluster != null) {
            return cluster.route();
        }
        return fixedRoutes.computeIfAbsent(
                new HostPort(database.host(), database.port()), address -> CurrentRoute.fixed(address.node()));
    }

    private static ServerTarget target(DatabaseConfig database, PoolKey key, ProxyConfig config) {
        String forcedUser = database.user();
        String connectQuery = database.connectQuery();
        return new ServerTarget(
                database.dbname(),
                forcedUser == null ? key.user() : forcedUser,
                database.startupParameters(),
                connectQuery == null ? "" : connectQuery,
                config.serverResetQuery(),
                config.serverCheckQuery(),
                config.maxPreparedStatements(),
                config.cancelWaitTimeout(),
                sockets(config));
    }

    static Sockets.Settings sockets(ProxyConfig config) {
        return new Sockets.Settings(
                config.tcpKeepalive(),
                (int) config.tcpKeepidle().toSeconds(),
                (int) config.tcpKeepintvl().toSeconds(),
                config.tcpKeepcnt(),
                (int) config.tcpUserTimeout().toMillis());
    }

    private static SessionSettings sessionSettings(PoolKey key, ProxyConfig config) {
        return new SessionSettings(
                config.poolSettings(key.database(), key.user()).mode(),
                config.maxPreparedStatements(),
                config.clientIdleTimeout(key.user()).toNanos(),
                config.idleTransactionTimeout(key.user()).toNanos(),
                config.transactionTimeout(key.user()).toNanos(),
                config.queryTimeout(key.user()).toNanos(),
                config.reads(key.database(), key.user()),
                config.consistency(key.database(), key.user()),
                config.readsFallback(key.database(), key.user()));
    }
}
