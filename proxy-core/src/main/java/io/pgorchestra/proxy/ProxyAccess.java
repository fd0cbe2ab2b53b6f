package io.pgorchestra.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.pgorchestra.pool.PoolKey;
import io.pgorchestra.protocol.message.SqlState;
import io.pgorchestra.proxy.admin.AdminConsole;
import io.pgorchestra.proxy.admin.AdminRole;
import io.pgorchestra.proxy.client.AuthMethod;
import io.pgorchestra.proxy.client.ClientAccess;
import io.pgorchestra.proxy.client.ClientIdentity;
import io.pgorchestra.proxy.client.ClientRegistry;
import io.pgorchestra.proxy.client.ClientSession;
import io.pgorchestra.proxy.client.ConsoleHandler;
import io.pgorchestra.proxy.client.LoginHandler;
import io.pgorchestra.proxy.client.PoolHome;
import io.pgorchestra.proxy.client.SecretAnswer;
import io.pgorchestra.proxy.config.DatabaseConfig;
import io.pgorchestra.proxy.config.ProxyConfig;
import io.pgorchestra.proxy.failure.ClientCloseReason;
import io.pgorchestra.proxy.failure.Failure;
import io.pgorchestra.proxy.server.ServerCredentials;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Who may come in by one port, and where they go: to the loop of their pool, or to the console. For all threads. */
final class ProxyAccess implements ClientAccess {

    private final Supplier<ProxyConfig> config;
    private final Pools pools;
    private final SecretLookup lookup;
    private final ClientRegistry registry;
    private final AdminConsole console;
    private final boolean consoleOnly;
    private final Set<String> disabled = ConcurrentHashMap.newKeySet();

    /** @param consoleOnly whether this is the console's own port, where the database's name does not matter */
    ProxyAccess(
            Supplier<ProxyConfig> config,
            Pools pools,
            ClientRegistry registry,
            AdminConsole console,
            boolean consoleOnly) {
        this.config = config;
        this.pools = pools;
        this.lookup = new SecretLookup(pools);
        this.registry = registry;
        this.console = console;
        this.consoleOnly = consoleOnly;
    }

    /** Databases under DISABLE. */
    Set<String> disabled() {
        return disabled;
    }

    @Override
    public AuthMethod authMethod() {
        return switch (config.get().authType()) {
            case TRUST -> AuthMethod.TRUST;
            case PLAIN -> AuthMethod.PLAIN;
            case MD5 -> AuthMethod.MD5;
            case SCRAM_SHA_256 -> AuthMethod.SCRAM_SHA_256;
        };
    }

    @Override
    public @Nullable String secretOf(String user) {
        return config.get().userList().secret(user);
    }

    @Override
    public boolean looksUp(ClientIdentity identity) {
        return !isConsole(identity) && lookup.applies(config.get(), identity.database());
    }

    @Override
    public void lookUp(ClientIdentity identity, SecretAnswer answer) {
        lookup.ask(config.get(), identity.database(), identity.user(), answer);
    }

    @Override
    public boolean trusts(@Nullable String secret) {
        return config.get().authFile() == null || secret != null;
    }

    @Override
    public int scramIterations() {
        return config.get().scramIterations();
    }

    @Override
    public int maxClientConnections() {
        return config.get().maxClientConn();
    }

    @Override
    public long clientLoginTimeoutNanos() {
        return config.get().clientLoginTimeout().toNanos();
    }

    @Override
    public ClientRegistry registry() {
        return registry;
    }

    @Override
    public boolean isConsole(ClientIdentity identity) {
        return consoleOnly || AdminConsole.DATABASES.contains(identity.database());
    }

    @Override
    public @Nullable Failure admit(ClientIdentity identity) {
        if (isConsole(identity)) {
            return role(identity.user()) == null ? notForConsole(identity.user()) : null;
        }
        ProxyConfig current = config.get();
        String database = identity.database();
        if (current.database(database) == null) {
            return Failure.noSuchDatabase(database);
        }
        if (disabled.contains(database)) {
            return Failure.databaseDisabled(database);
        }
        int databaseLimit = current.maxDbClientConnections(database);
        if (!registry.enterDatabase(database, databaseLimit)) {
            return Failure.tooManyClientsOf(
                    "database \"" + database + "\"", "max_db_client_connections", databaseLimit);
        }
        int userLimit = current.maxUserClientConnections(identity.user());
        if (!registry.enterUser(identity.user(), userLimit)) {
            registry.leaveDatabase(database);
            return Failure.tooManyClientsOf(
                    "user \"" + identity.user() + "\"", "max_user_client_connections", userLimit);
        }
        return null;
    }

    private static Failure notForConsole(String user) {
        return new Failure(
                SqlState.INSUFFICIENT_PRIVILEGE,
                "user \"" + user + "\" may not use the console",
                "Name it in admin_users or stats_users.",
                ClientCloseReason.LOGIN_FAILED);
    }

    private @Nullable AdminRole role(String user) {
        if (config.get().adminUsers().contains(user)) {
            return AdminRole.ADMIN;
        }
        return config.get().statsUsers().contains(user) ? AdminRole.STATS : null;
    }

    @Override
    public void enter(ClientIdentity identity, ServerCredentials credentials, Channel channel) {
        if (isConsole(identity)) {
            AdminRole role = role(identity.user());
            ConsoleHandler handler =
                    new ConsoleHandler(console, identity, role == null ? AdminRole.STATS : role, registry);
            channel.pipeline().addLast(handler);
            handler.begin(channel);
            channel.pipeline().remove(LoginHandler.class);
            return;
        }
        PoolKey key = new PoolKey(identity.database(), identity.user());
        ProxyLoop home = pools.loopOf(key);
        if (channel.eventLoop() == home.context().eventLoop()) {
            begin(identity, credentials, channel, home, key);
            return;
        }
        // All of a pool's clients live on its loop: the channel moves there, and what it has sent meanwhile moves
        // along.
        channel.config().setAutoRead(false);
        channel.deregister()
                .addListener(gone -> home.context()
                        .eventLoop()
                        .register(channel)
                        .addListener(come -> home.context().execute(() -> {
                            begin(identity, credentials, channel, home, key);
                            channel.config().setAutoRead(true);
                        })));
    }

    private void begin(
            ClientIdentity identity, ServerCredentials credentials, Channel channel, ProxyLoop home, PoolKey key) {
        ProxyConfig current = config.get();
        DatabaseConfig database = current.database(key.database());
        if (!channel.isActive() || database == null) {
            registry.leaveDatabase(key.database());
            registry.leaveUser(key.user());
            ChannelFuture unused = channel.close();
            return;
        }
        PoolHome pool = pools.homeOn(home, key, current);
        pool.servers().credentials(Pools.credentials(database, current, credentials));
        ClientSession session = new ClientSession(pool, home.clients(), identity, channel, current.maxPacketSize());
        channel.pipeline().addLast(session);
        session.begin();
        channel.pipeline().remove(LoginHandler.class);
        home.context().flushDirty();
    }
}
