package io.pgorchestra.proxy.config;

import io.pgorchestra.pool.PoolMode;
import io.pgorchestra.pool.PoolSettings;
import io.pgorchestra.proxy.config.Setting.Change;
import io.pgorchestra.proxy.standby.Consistency;
import io.pgorchestra.proxy.standby.ReadMode;
import io.pgorchestra.proxy.standby.ReadsFallback;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Everything that the operator asked for, at one moment. Immutable: a {@code SET} or {@code RELOAD} makes another one.
 *
 * <p>The getters have the settings' names; their meaning is in {@link Setting} and docs/configuration.md. Those that take a
 * database or a user answer with what holds for them: as in PgBouncer, the user's own value comes before the database's, and
 * both before the global one.
 */
public final class ProxyConfig {
    /** Names of the console; no database is to be had under them. */
    public static final Set<String> CONSOLE_DATABASES = Set.of("pgbouncer", "orchestra");

    /** The text of {@code server_check_query} that stands for a query without text. */
    private static final String EMPTY_QUERY = "<empty>";

    private final SettingValues values;
    private final Setting.Dialect dialect;
    private final Path base;
    private final ClusterConfig cluster;
    private final Map<String, DatabaseConfig> databases;
    private final Map<String, UserConfig> users;
    private final UserList userList;
    private final List<ConfigNote> notes;

    ProxyConfig(
            SettingValues values,
            Setting.Dialect dialect,
            Path base,
            ClusterConfig cluster,
            Map<String, DatabaseConfig> databases,
            Map<String, UserConfig> users,
            UserList userList,
            List<ConfigNote> notes) {
        this.values = values;
        this.dialect = dialect;
        this.base = base;
        this.cluster = cluster;
        this.databases = Map.copyOf(databases);
        this.users = Map.copyOf(users);
        this.userList = userList;
        this.notes = List.copyOf(notes);
    }

    /** This configuration after {@code SET name = text}. */
    public ProxyConfig with(String name, String text) throws SettingRejected {
        Setting setting = Setting.of(name);
        if (setting == null) {
            String advice = Spelling.closest(name, Setting.allNames())
                    .map(guess -> "did you mean " + guess + "?")
                    .orElse("SHOW CONFIG lists all");
            throw new SettingRejected("unknown setting: " + name + "; " + advice);
        }
        String refusal = switch (setting.change()) {
            case LIVE -> "";
            case RELOAD -> "change it in the file and RELOAD";
            case RESTART -> "change it in the file and restart";
        };
        if (!refusal.isEmpty()) {
            throw new SettingRejected(name + " cannot be changed by SET; " + refusal);
        }
        Object value = setting.type().parse(text);
        if (value == null) {
            throw new SettingRejected(name + ": " + text + " (expected: "
                    + setting.type().expected() + "); " + setting.type().adviceOn(text));
        }
        if (setting == Setting.AUTH_TYPE && value != AuthType.TRUST && authFile() == null) {
            throw new SettingRejected(name + ": " + text
                    + " needs an auth_file, or nobody could log in; name one in the file and restart");
        }
        return withValues(values.with(setting, value));
    }

    ProxyConfig withValues(SettingValues changed) {
        return new ProxyConfig(changed, dialect, base, cluster, databases, users, userList, notes);
    }

    /** This configuration on the nodes of another cluster. */
    ProxyConfig withCluster(ClusterConfig other) {
        HostPort node = SectionAssembler.firstOf(other);
        Map<String, DatabaseConfig> moved = new HashMap<>();
        databases.forEach((name, database) -> moved.put(name, database.on(node)));
        return new ProxyConfig(values, dialect, base, other, moved, users, userList, notes);
    }

    /** Whether it came from a pgbouncer.ini, and so has PgBouncer's defaults. */
    public boolean isImported() {
        return dialect == Setting.Dialect.PGBOUNCER;
    }

    /** The rows of {@code SHOW CONFIG}, by name. */
    public List<SettingRow> rows() {
        List<SettingRow> rows = new ArrayList<>();
        for (Setting setting : Setting.byName()) {
            SettingType<?> type = setting.type();
            rows.add(new SettingRow(
                    setting.settingName(),
                    type.consoleTextOf(value(setting)),
                    type.consoleTextOf(setting.defaultValue(dialect)),
                    setting.change() == Change.LIVE));
        }
        return rows;
    }

    /** The value as an orchestra.yaml spells it. */
    public String fileText(Setting setting) {
        return setting.type().fileTextOf(value(setting));
    }

    /** Where the file is that this was read from; other files are named relative to it. */
    public Path base() {
        return base;
    }

    public ClusterConfig cluster() {
        return cluster;
    }

    /** The databases that the file names, with {@code *} where it has that. */
    public Map<String, DatabaseConfig> databases() {
        return databases;
    }

    /** The database that a client means by {@code name}, by its own entry or the fallback; null when there is none. */
    public @Nullable DatabaseConfig database(String name) {
        DatabaseConfig own = databases.get(name);
        if (own != null && !name.equals(DatabaseConfig.FALLBACK)) {
            return own;
        }
        DatabaseConfig fallback = databases.get(DatabaseConfig.FALLBACK);
        return fallback == null || name.isEmpty() || CONSOLE_DATABASES.contains(name) ? null : fallback.named(name);
    }

    /** The users who have settings of their own; who may log in is the {@link #userList}'s to say. */
    public Map<String, UserConfig> users() {
        return users;
    }

    /** Names and secrets, as auth_file had them when this configuration was read. */
    public UserList userList() {
        return userList;
    }

    /** What the owner of the file should know. */
    public List<ConfigNote> notes() {
        return notes;
    }

    /** The limits of one pool. The user is the one that its servers log in as. */
    public PoolSettings poolSettings(String database, String user) {
        PoolMode mode = (PoolMode) effective(Setting.POOL_MODE, database, user);
        boolean resets = mode == PoolMode.SESSION || serverResetQueryAlways();
        return new PoolSettings(
                mode,
                (Integer) effective(Setting.DEFAULT_POOL_SIZE, database, user),
                (Integer) effective(Setting.MIN_POOL_SIZE, database, user),
                (Integer) effective(Setting.RESERVE_POOL_SIZE, database, user),
                reservePoolTimeout(),
                queryWaitTimeout(database, user),
                failoverHoldTimeout(),
                (Duration) effectiveUnlessZero(Setting.SERVER_LIFETIME, database, user),
                serverIdleTimeout(),
                serverConnectTimeout(),
                serverLoginRetry(),
                serverCheckDelay(),
                !text(Setting.SERVER_CHECK_QUERY).isEmpty(),
                resets && !serverResetQuery().isEmpty(),
                serverRoundRobin());
    }

    public ReadMode reads(String database, String user) {
        return (ReadMode) effective(Setting.READS, database, user);
    }

    public Consistency consistency(String database, String user) {
        return (Consistency) effective(Setting.CONSISTENCY, database, user);
    }

    public ReadsFallback readsFallback(String database, String user) {
        return (ReadsFallback) effective(Setting.READS_FALLBACK, database, user);
    }

    public Duration queryWaitTimeout(String database, String user) {
        return (Duration) effective(Setting.QUERY_WAIT_TIMEOUT, database, user);
    }

    public int maxDbConnections(String database) {
        return (Integer) effectiveUnlessZero(Setting.MAX_DB_CONNECTIONS, database, "");
    }

    public int maxDbClientConnections(String database) {
        return (Integer) effectiveUnlessZero(Setting.MAX_DB_CLIENT_CONNECTIONS, database, "");
    }

    public int maxUserConnections(String user) {
        return (Integer) effectiveUnlessZero(Setting.MAX_USER_CONNECTIONS, "", user);
    }

    public int maxUserClientConnections(String user) {
        return (Integer) effectiveUnlessZero(Setting.MAX_USER_CLIENT_CONNECTIONS, "", user);
    }

    public Duration queryTimeout(String user) {
        return (Duration) effectiveUnlessZero(Setting.QUERY_TIMEOUT, "", user);
    }

    public Duration transactionTimeout(String user) {
        return (Duration) effectiveUnlessZero(Setting.TRANSACTION_TIMEOUT, "", user);
    }

    public Duration idleTransactionTimeout(String user) {
        return (Duration) effectiveUnlessZero(Setting.IDLE_TRANSACTION_TIMEOUT, "", user);
    }

    public Duration clientIdleTimeout(String user) {
        return (Duration) effectiveUnlessZero(Setting.CLIENT_IDLE_TIMEOUT, "", user);
    }

    /** The SQL of a check; without text for an empty query. Whether servers are checked at all, {@link #poolSettings} says. */
    public String serverCheckQuery() {
        String query = text(Setting.SERVER_CHECK_QUERY);
        return query.equals(EMPTY_QUERY) ? "" : query;
    }

    /** Who asks the node for secrets that auth_file does not have; empty for nobody. */
    public String authUser(String database) {
        return (String) effective(Setting.AUTH_USER, database, "");
    }

    public String authQuery(String database) {
        return (String) effective(Setting.AUTH_QUERY, database, "");
    }

    /** Where {@link #authQuery} runs for clients of this database. */
    public String authDbname(String database) {
        String own = (String) effective(Setting.AUTH_DBNAME, database, "");
        return own.isEmpty() ? database : own;
    }

    public AuthType authType() {
        return (AuthType) value(Setting.AUTH_TYPE);
    }

    public PoolMode poolMode() {
        return (PoolMode) value(Setting.POOL_MODE);
    }

    /** Where {@code auth_file} is; null when there is none. */
    public @Nullable Path authFile() {
        String file = text(Setting.AUTH_FILE);
        return file.isEmpty() ? null : base.resolve(file);
    }

    public List<HostPort> listen() {
        return addresses(Setting.LISTEN);
    }

    /** Empty when the console has no port of its own. */
    public List<HostPort> adminListen() {
        return addresses(Setting.ADMIN_LISTEN);
    }

    /** Empty when there is no HTTP. */
    public List<HostPort> httpListen() {
        return addresses(Setting.HTTP_LISTEN);
    }

    public int maxClientConn() {
        return number(Setting.MAX_CLIENT_CONN);
    }

    public int maxDbConnections() {
        return number(Setting.MAX_DB_CONNECTIONS);
    }

    public int maxUserConnections() {
        return number(Setting.MAX_USER_CONNECTIONS);
    }

    public int maxDbClientConnections() {
        return number(Setting.MAX_DB_CLIENT_CONNECTIONS);
    }

    public int maxUserClientConnections() {
        return number(Setting.MAX_USER_CLIENT_CONNECTIONS);
    }

    public int defaultPoolSize() {
        return number(Setting.DEFAULT_POOL_SIZE);
    }

    public int minPoolSize() {
        return number(Setting.MIN_POOL_SIZE);
    }

    public int reservePoolSize() {
        return number(Setting.RESERVE_POOL_SIZE);
    }

    public Duration reservePoolTimeout() {
        return time(Setting.RESERVE_POOL_TIMEOUT);
    }

    public Duration failoverHoldTimeout() {
        return time(Setting.FAILOVER_HOLD_TIMEOUT);
    }

    public Duration queryWaitTimeout() {
        return time(Setting.QUERY_WAIT_TIMEOUT);
    }

    public Duration queryWaitNotify() {
        return time(Setting.QUERY_WAIT_NOTIFY);
    }

    public Duration serverLifetime() {
        return time(Setting.SERVER_LIFETIME);
    }

    public Duration serverIdleTimeout() {
        return time(Setting.SERVER_IDLE_TIMEOUT);
    }

    public Duration serverConnectTimeout() {
        return time(Setting.SERVER_CONNECT_TIMEOUT);
    }

    public Duration serverLoginRetry() {
        return time(Setting.SERVER_LOGIN_RETRY);
    }

    public Duration clientLoginTimeout() {
        return time(Setting.CLIENT_LOGIN_TIMEOUT);
    }

    public Duration clientIdleTimeout() {
        return time(Setting.CLIENT_IDLE_TIMEOUT);
    }

    public Duration idleTransactionTimeout() {
        return time(Setting.IDLE_TRANSACTION_TIMEOUT);
    }

    public Duration transactionTimeout() {
        return time(Setting.TRANSACTION_TIMEOUT);
    }

    public Duration queryTimeout() {
        return time(Setting.QUERY_TIMEOUT);
    }

    public Duration cancelWaitTimeout() {
        return time(Setting.CANCEL_WAIT_TIMEOUT);
    }

    public String serverResetQuery() {
        return text(Setting.SERVER_RESET_QUERY);
    }

    public boolean serverResetQueryAlways() {
        return flag(Setting.SERVER_RESET_QUERY_ALWAYS);
    }

    public Duration serverCheckDelay() {
        return time(Setting.SERVER_CHECK_DELAY);
    }

    public boolean serverRoundRobin() {
        return flag(Setting.SERVER_ROUND_ROBIN);
    }

    public int maxPreparedStatements() {
        return number(Setting.MAX_PREPARED_STATEMENTS);
    }

    public int maxPacketSize() {
        return number(Setting.MAX_PACKET_SIZE);
    }

    public int pktBuf() {
        return number(Setting.PKT_BUF);
    }

    public List<String> ignoreStartupParameters() {
        return names(Setting.IGNORE_STARTUP_PARAMETERS);
    }

    public List<String> trackExtraParameters() {
        return names(Setting.TRACK_EXTRA_PARAMETERS);
    }

    public boolean applicationNameAddHost() {
        return flag(Setting.APPLICATION_NAME_ADD_HOST);
    }

    public boolean tcpKeepalive() {
        return flag(Setting.TCP_KEEPALIVE);
    }

    public int tcpKeepcnt() {
        return number(Setting.TCP_KEEPCNT);
    }

    public Duration tcpKeepidle() {
        return time(Setting.TCP_KEEPIDLE);
    }

    public Duration tcpKeepintvl() {
        return time(Setting.TCP_KEEPINTVL);
    }

    public Duration tcpUserTimeout() {
        return time(Setting.TCP_USER_TIMEOUT);
    }

    public int tcpDeferAccept() {
        return number(Setting.TCP_DEFER_ACCEPT);
    }

    public int listenBacklog() {
        return number(Setting.LISTEN_BACKLOG);
    }

    public boolean logConnections() {
        return flag(Setting.LOG_CONNECTIONS);
    }

    public boolean logDisconnections() {
        return flag(Setting.LOG_DISCONNECTIONS);
    }

    public boolean logPoolerErrors() {
        return flag(Setting.LOG_POOLER_ERRORS);
    }

    public Duration statsPeriod() {
        return time(Setting.STATS_PERIOD);
    }

    public int scramIterations() {
        return number(Setting.SCRAM_ITERATIONS);
    }

    public Duration shutdownTimeout() {
        return time(Setting.SHUTDOWN_TIMEOUT);
    }

    public int eventLoops() {
        return number(Setting.EVENT_LOOPS);
    }

    public String transport() {
        return text(Setting.TRANSPORT);
    }

    public List<String> adminUsers() {
        return names(Setting.ADMIN_USERS);
    }

    public List<String> statsUsers() {
        return names(Setting.STATS_USERS);
    }

    SettingValues values() {
        return values;
    }

    Object value(Setting setting) {
        return Objects.requireNonNull(values.get(setting), setting::settingName);
    }

    private Object effective(Setting setting, String database, String user) {
        Object own = ownValue(setting, database, user);
        return own == null ? value(setting) : own;
    }

    /** For limits of which PgBouncer takes a zero override for none. */
    private Object effectiveUnlessZero(Setting setting, String database, String user) {
        Object own = ownValue(setting, database, user);
        return own == null || own.equals(0) || own.equals(Duration.ZERO) ? value(setting) : own;
    }

    private @Nullable Object ownValue(Setting setting, String database, String user) {
        UserConfig userConfig = users.get(user);
        Object own = userConfig == null ? null : userConfig.overrides().get(setting);
        if (own != null) {
            return own;
        }
        DatabaseConfig databaseConfig = databases.get(database);
        if (databaseConfig == null) {
            databaseConfig = databases.get(DatabaseConfig.FALLBACK);
        }
        return databaseConfig == null ? null : databaseConfig.overrides().get(setting);
    }

    private int number(Setting setting) {
        return (Integer) value(setting);
    }

    private boolean flag(Setting setting) {
        return (Boolean) value(setting);
    }

    private Duration time(Setting setting) {
        return (Duration) value(setting);
    }

    private String text(Setting setting) {
        return (String) value(setting);
    }

    @SuppressWarnings("unchecked") // Made by SettingTypes.names.
    private List<String> names(Setting setting) {
        return (List<String>) value(setting);
    }

    @SuppressWarnings("unchecked") // Made by SettingTypes.addresses.
    private List<HostPort> addresses(Setting setting) {
        return (List<HostPort>) value(setting);
    }
}
