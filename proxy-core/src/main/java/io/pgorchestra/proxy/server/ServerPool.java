package io.pgorchestra.proxy.server;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.util.concurrent.Future;
import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.Route;
import io.pgorchestra.pool.CloseReason;
import io.pgorchestra.pool.Connector;
import io.pgorchestra.pool.Gate;
import io.pgorchestra.pool.Pool;
import io.pgorchestra.pool.PoolKey;
import io.pgorchestra.pool.PoolSettings;
import io.pgorchestra.pool.ServerBudget;
import io.pgorchestra.pool.Slot;
import io.pgorchestra.protocol.message.BackendMessage.ErrorResponse;
import io.pgorchestra.protocol.message.SqlState;
import io.pgorchestra.proxy.net.LoopContext;
import io.pgorchestra.proxy.net.Sockets;
import io.pgorchestra.proxy.net.Transport;
import io.pgorchestra.proxy.session.SessionState;
import io.pgorchestra.proxy.session.SessionStates;
import io.pgorchestra.proxy.standby.Standby;
import io.pgorchestra.proxy.statement.SchemaVersion;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The servers of one (database, user) on one node: the primary's, or a standby's that reads go to. The pool's rules, and the sockets they
 * govern. Bound to one loop.
 */
@SuppressWarnings({
    "FutureReturnValueIgnored", // What comes of a connection, its handler hears.
    "ReferenceEquality" // States are canonical.
})
public final class ServerPool implements Connector<ServerConnection> {

    private static final Logger LOG = LoggerFactory.getLogger(ServerPool.class);

    /** What CREATE DATABASE copies when it names nothing. */
    private static final String DEFAULT_TEMPLATE = "template1";

    private final PoolKey key;
    private final int number;
    private final LoopContext loop;
    private final Transport transport;
    private final Pool<ServerConnection> pool;
    private final Neighbours neighbours;
    private SchemaVersion schema;
    private final Traffic traffic;
    private final Greetings greetings = new Greetings();
    private final SessionStates states;

    /** The pool of the primary's servers, if this one is a standby's: both have the same clients, and count for them together. */
    private final @Nullable ServerPool main;

    /** What the last client's state came to on a standby, so that its next lease finds the same object. */
    private SessionState lastWanted = SessionState.EMPTY;

    private SessionState lastReadingOnly = SessionState.EMPTY;

    /** Servers that have not logged in yet. */
    private final Map<Slot<ServerConnection>, Opening> loggingIn = new HashMap<>();

    /** A connection being made, and the route in force when it began. */
    private record Opening(Channel channel, Route route) {}

    /** Not the route itself: a new configuration may bring another one. */
    private final class RouteGate implements Gate {
        @Override
        public boolean open(long nowNanos) {
            return route.open(nowNanos);
        }

        @Override
        public boolean mayMove() {
            return route.isFenced();
        }
    }

    private ServerTarget target;
    private CurrentRoute route;
    private ServerCredentials credentials = ServerCredentials.NONE;

    public ServerPool(
            PoolKey key,
            int number,
            LoopContext loop,
            Transport transport,
            PoolSettings settings,
            ServerBudget budget,
            ServerTarget target,
            CurrentRoute route,
            Neighbours neighbours) {
        this(key, number, loop, transport, settings, budget, target, route, neighbours, null);
    }

    private ServerPool(
            PoolKey key,
            int number,
            LoopContext loop,
            Transport transport,
            PoolSettings settings,
            ServerBudget budget,
            ServerTarget target,
            CurrentRoute route,
            Neighbours neighbours,
            @Nullable ServerPool main) {
        this.key = key;
        this.number = number;
        this.loop = loop;
        this.transport = transport;
        this.target = target;
        this.route = route;
        this.neighbours = neighbours;
        this.main = main;
        this.traffic = main == null ? new Traffic() : main.traffic;
        this.states = main == null ? new SessionStates() : main.states;
        this.schema = main == null ? neighbours.schemaVersion(route, target.database()) : main.schema;
        this.pool = new Pool<>(key, settingsHere(settings), this, budget, new RouteGate(), loop);
    }

    /** A standby that a login has failed at is unfit until looks show it well; once they do, nobody waits any longer. */
    private PoolSettings settingsHere(PoolSettings settings) {
        return main == null ? settings : settings.withServerLoginRetry(Duration.ZERO);
    }

    /** The servers on a standby for the clients of this pool. */
    public ServerPool onStandby(int itsNumber, ServerBudget budget, CurrentRoute toStandby) {
        return new ServerPool(
                key, itsNumber, loop, transport, pool.settings(), budget, target, toStandby, neighbours, this);
    }

    /** Tells this pool from all others. */
    int number() {
        return number;
    }

    public PoolKey key() {
        return key;
    }

    public LoopContext loop() {
        return loop;
    }

    public Pool<ServerConnection> pool() {
        return pool;
    }

    public Traffic traffic() {
        return traffic;
    }

    public Greetings greetings() {
        return greetings;
    }

    public SessionStates states() {
        return states;
    }

    public ServerTarget target() {
        return target;
    }

    public CurrentRoute route() {
        return route;
    }

    public Traffic.Totals totals() {
        return traffic.totals(pool.leasesGranted(), pool.waitNanosTotal());
    }

    /** The configuration has changed. Open servers go on; a new address is used from the next connect on. */
    public void apply(PoolSettings settings, ServerTarget newTarget, CurrentRoute newRoute) {
        boolean moved = newRoute != route
                || !newTarget.database().equals(target.database())
                || !newTarget.parameters().equals(target.parameters());
        target = newTarget;
        route = newRoute;
        schema = main == null ? neighbours.schemaVersion(newRoute, newTarget.database()) : main.schema;
        pool.apply(settingsHere(settings));
        if (moved) {
            reconnect();
        }
    }

    /** What was learnt at logins is no longer so: idle servers are closed now, leased ones when they are free. */
    public void reconnect() {
        greetings.clear();
        pool.reconnect();
    }

    /** Of the database that its servers are connected to. */
    public SchemaVersion schema() {
        return schema;
    }

    /** A client is about to send a command that wants nobody connected to a database. */
    public void databaseCommandSent(String sql) {
        neighbours.databaseCommandSent(main == null ? route : main.route, sql);
    }

    /** Whether a command on databases may mean the one of this pool: better once too often, as that costs only a login. */
    public boolean mayBeMeant(String databaseCommand) {
        String text = databaseCommand.replace("\"\"", "\"").toLowerCase(Locale.ROOT);
        return target.database().equals(DEFAULT_TEMPLATE)
                || text.contains(target.database().toLowerCase(Locale.ROOT));
    }

    void loginsOutdated() {
        neighbours.loginsOutdated(main == null ? route : main.route);
    }

    /** What the next server logs in with: the newest client's word. */
    public void credentials(ServerCredentials newCredentials) {
        credentials = newCredentials;
    }

    ServerCredentials credentials() {
        return main == null ? credentials : main.credentials;
    }

    /** The state in which a server of this pool serves a client with that one. */
    SessionState stateHere(SessionState wanted) {
        if (route.standby() == null) {
            return wanted;
        }
        if (wanted != lastWanted) {
            lastWanted = wanted;
            lastReadingOnly = states.canonical(wanted.readingOnly());
        }
        return lastReadingOnly;
    }

    String resetQuery() {
        return target.resetQuery().isEmpty() ? "DISCARD ALL" : target.resetQuery();
    }

    String checkQuery() {
        return target.checkQuery();
    }

    /** Time-driven work; called a few times a second. */
    public void tick() {
        pool.tick();
        long limitNanos = target.cancelWaitTimeout().toNanos();
        long now = loop.nanos();
        pool.forEachSlot(slot -> {
            if (slot.hasServer()) {
                slot.server().tick(now, limitNanos);
            }
        });
    }

    // --- the route ---

    /** The route has changed: those who wait may be served now. */
    public void routeChanged() {
        pool.gateChanged();
    }

    /** Closes every server with an older tag, whoever holds it, and without a word to it. */
    public void cut(long sequence) {
        if (!route.isFenced()) {
            return;
        }
        greetings.clear();
        pool.forEachSlot(slot -> {
            Opening opening = loggingIn.get(slot);
            long tag = opening != null
                    ? opening.route().sequence()
                    : slot.hasServer() ? slot.server().sequence() : 0;
            if (tag < sequence) {
                pool.discard(slot, CloseReason.FENCED);
            }
        });
    }

    /** Whether no transaction is open on a server of this tag. */
    public boolean drained(long sequence) {
        boolean[] drained = {true};
        pool.forEachSlot(slot -> {
            if (slot.hasServer()
                    && slot.server().sequence() == sequence
                    && !slot.server().quiet()) {
                drained[0] = false;
            }
        });
        return drained[0];
    }

    // --- Connector ---

    @Override
    public void open(Slot<ServerConnection> slot) {
        ServerStartup startup = (ServerStartup) slot.startup();
        Route from = route.route();
        Node node = Objects.requireNonNull(from.primary(), "a pool opens servers while its gate is open only");
        Bootstrap bootstrap = bootstrap().handler(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline().addLast(new ServerLogin(ServerPool.this, slot, startup, from));
            }
        });
        ChannelFuture connecting = bootstrap.connect(node.host(), node.port());
        loggingIn.put(slot, new Opening(connecting.channel(), from));
        connecting.addListener(future -> connectDone(slot, node, future));
    }

    private void connectDone(Slot<ServerConnection> slot, Node node, Future<?> connecting) {
        if (!connecting.isSuccess() && loggingIn.remove(slot) != null) {
            Throwable cause = connecting.cause();
            LOG.warn("server connect failed pool={} address={} cause=\"{}\"", key, node.address(), cause.getMessage());
            failed(cause.getMessage());
            pool.connectFailed(slot, new ServerUnreachable(node.address(), String.valueOf(cause.getMessage())));
            turnAwayIfStandby();
            loop.flushDirty();
        }
    }

    private Bootstrap bootstrap() {
        Bootstrap bootstrap = new Bootstrap().group(loop.eventLoop()).channel(transport.socketChannel());
        Sockets.configure(bootstrap, transport, target.sockets());
        return bootstrap;
    }

    void loggedIn(Slot<ServerConnection> slot, ServerConnection server) {
        if (loggingIn.remove(slot) != null) {
            if (server.sequence() != route.route().sequence() && route.isFenced()) {
                pool.connected(slot, server);
                pool.discard(slot, CloseReason.FENCED);
                return;
            }
            LOG.debug("server opened pool={} pid={}", key, server.key().processId());
            pool.connected(slot, server);
        }
    }

    void loginFailed(Slot<ServerConnection> slot, Object cause) {
        if (loggingIn.remove(slot) != null) {
            LOG.warn("server login failed pool={} cause=\"{}\"", key, cause);
            failed(cause);
            if (route.standby() != null || !(cause instanceof ErrorResponse error) || passing(error)) {
                // What a standby refuses, as a database that it has not replayed yet, another node may well have.
                pool.connectFailed(slot, cause);
            } else if (slot.startup().equals(ServerStartup.SHARED)) {
                pool.loginFailed(slot, cause);
            } else {
                // It may be the client's own startup parameters that the node will not have.
                pool.startupRefused(slot, cause);
            }
            turnAwayIfStandby();
        }
    }

    private void failed(@Nullable Object cause) {
        Standby standby = route.standby();
        if (standby != null) {
            standby.doubted(String.valueOf(cause));
        }
        route.suspect();
    }

    private void turnAwayIfStandby() {
        if (route.standby() != null) {
            turnAway();
        }
    }

    /** Whoever waits for this standby shall ask for another server. */
    public void turnAway() {
        pool.turnAway();
    }

    /** A node that is starting, stopping or full may take the next login: waiting clients go on waiting. */
    private static boolean passing(ErrorResponse error) {
        return error.fields().is(SqlState.CANNOT_CONNECT_NOW) || error.fields().is(SqlState.TOO_MANY_CONNECTIONS);
    }

    @Override
    public void reset(Slot<ServerConnection> slot) {
        slot.server().reset();
    }

    @Override
    public void check(Slot<ServerConnection> slot) {
        slot.server().check();
    }

    @Override
    public void close(Slot<ServerConnection> slot, CloseReason reason) {
        Opening unfinished = loggingIn.remove(slot);
        if (unfinished != null) {
            unfinished.channel().close();
            return;
        }
        ServerConnection server = slot.hasServer() ? slot.server() : null;
        if (server != null) {
            LOG.debug(
                    "server closed reason={} pool={} pid={}",
                    reason,
                    key,
                    server.key().processId());
            server.close(reason);
        }
    }

    // --- cancel ---

    /** Asks the node to cancel what this server is doing now. The server is not leased anew until that request is over. */
    public void cancelQuery(ServerConnection server) {
        cancelQuery(server, () -> {});
    }

    /** As above; {@code done} runs when the node has been told, or could not be. */
    public void cancelQuery(ServerConnection server, Runnable done) {
        server.cancelBegins();
        Bootstrap bootstrap = bootstrap().handler(new CancelConnection(server.key(), () -> {
            server.cancelEnded();
            done.run();
            loop.flushDirty();
        }));
        bootstrap.connect(server.node().host(), server.node().port());
    }
}
