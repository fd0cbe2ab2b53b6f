package io.pgorchestra.proxy.config;

import static io.pgorchestra.proxy.config.Setting.Change.LIVE;
import static io.pgorchestra.proxy.config.Setting.Change.RELOAD;
import static io.pgorchestra.proxy.config.Setting.Change.RESTART;
import static io.pgorchestra.proxy.config.SettingTypes.addresses;
import static io.pgorchestra.proxy.config.SettingTypes.constant;
import static io.pgorchestra.proxy.config.SettingTypes.duration;
import static io.pgorchestra.proxy.config.SettingTypes.flag;
import static io.pgorchestra.proxy.config.SettingTypes.milliseconds;
import static io.pgorchestra.proxy.config.SettingTypes.names;
import static io.pgorchestra.proxy.config.SettingTypes.size;
import static io.pgorchestra.proxy.config.SettingTypes.text;
import static io.pgorchestra.proxy.config.SettingTypes.wholeNumber;
import static io.pgorchestra.proxy.config.SettingTypes.word;

import io.pgorchestra.pool.PoolMode;
import io.pgorchestra.proxy.standby.Consistency;
import io.pgorchestra.proxy.standby.ReadMode;
import io.pgorchestra.proxy.standby.ReadsFallback;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Every global setting: its name, kind, defaults, and when a change of it takes effect. The one table behind the file
 * readers, {@code SHOW CONFIG}, {@code SET} and docs/configuration.md. Where PgBouncer has the setting, the name and the
 * meaning are PgBouncer's; where its default differs from ours, the second text is PgBouncer's and holds for an imported
 * pgbouncer.ini.
 */
@SuppressWarnings("ImmutableEnumChecker") // The values that SettingTypes makes are immutable, each kind of them.
public enum Setting {
    LISTEN(
            addresses(false),
            "127.0.0.1:6432",
            RESTART,
            "where clients connect; pgbouncer.ini: `listen_addr`, `listen_port`"),
    ADMIN_LISTEN(
            addresses(true),
            "127.0.0.1:6433",
            "off",
            RESTART,
            "where the console listens besides database `pgbouncer`"),
    HTTP_LISTEN(
            addresses(true), "127.0.0.1:8432", "off", RESTART, "where metrics, health checks and the status page are"),
    LISTEN_BACKLOG(wholeNumber(1), "128", RESTART, "connections the kernel queues before they are accepted"),
    MAX_CLIENT_CONN(wholeNumber(1), "10000", "100", LIVE, "clients in all; the next one is refused with 53300"),

    AUTH_TYPE(
            constant(AuthType.class, '-', Unsupported.AUTH_TYPES),
            "scram-sha-256",
            "md5",
            LIVE,
            "how clients prove who they are"),
    AUTH_FILE(
            text(), "", RELOAD, "file of users and secrets in PgBouncer's format, relative to the configuration file"),
    AUTH_USER(
            text(),
            "",
            LIVE,
            "user as whom the node is asked for the secrets of users who are not in `auth_file`; none: it is not asked"),
    AUTH_QUERY(
            text(),
            "SELECT rolname, CASE WHEN rolvaliduntil < pg_catalog.now() THEN NULL ELSE rolpassword END"
                    + " FROM pg_catalog.pg_authid WHERE rolname=$1 AND rolcanlogin",
            LIVE,
            "the question: `$1` is the user's name, the answer's second column the secret"),
    AUTH_DBNAME(text(), "", LIVE, "database in which `auth_query` runs; none: the one that the client asks for"),
    ADMIN_USERS(names(), "", LIVE, "users who may run every console command"),
    STATS_USERS(names(), "", LIVE, "users who may only look: the console's SHOW commands"),
    SCRAM_ITERATIONS(wholeNumber(1), "4096", LIVE, "iterations of SCRAM secrets computed here from clear passwords"),

    POOL_MODE(
            constant(PoolMode.class, '_', Map.of()),
            "transaction",
            "session",
            LIVE,
            "for how long a client keeps its server"),
    DEFAULT_POOL_SIZE(wholeNumber(1), "20", LIVE, "servers of one pool: one database and one user"),
    MIN_POOL_SIZE(wholeNumber(0), "0", LIVE, "servers kept open in a pool that is in use"),
    RESERVE_POOL_SIZE(
            wholeNumber(0),
            "0",
            LIVE,
            "further servers of a pool whose clients have waited for `reserve_pool_timeout`"),
    RESERVE_POOL_TIMEOUT(duration(), "5", LIVE, "wait after which the reserve is opened; 0: never"),
    MAX_DB_CONNECTIONS(wholeNumber(0), "0", LIVE, "servers of one database over all its pools; 0: no limit"),
    MAX_USER_CONNECTIONS(wholeNumber(0), "0", LIVE, "servers of one user over all its pools; 0: no limit"),
    MAX_DB_CLIENT_CONNECTIONS(wholeNumber(0), "0", LIVE, "clients of one database; 0: no limit"),
    MAX_USER_CLIENT_CONNECTIONS(wholeNumber(0), "0", LIVE, "clients of one user; 0: no limit"),
    SERVER_ROUND_ROBIN(flag(), "0", LIVE, "hand out the longest idle server instead of the last used"),
    MAX_PREPARED_STATEMENTS(
            wholeNumber(0),
            "200",
            LIVE,
            "prepared statements kept on one server; 0: not followed outside session mode"),
    READS(
            constant(ReadMode.class, '_', Map.of()),
            "primary",
            LIVE,
            "where statements that only read go: `primary`, `standby` (the whole session, which only reads) or `auto` (what provably only reads goes to a standby)"),
    CONSISTENCY(
            constant(Consistency.class, '_', Map.of()),
            "session",
            LIVE,
            "how new what is read must be: `eventual`, `session` (at least as new as the session's own writes) or `primary`"),
    READS_FALLBACK(
            constant(ReadsFallback.class, '_', Map.of()),
            "primary",
            LIVE,
            "when no standby is fit for a read: `primary` answers, `hold` the client, or `error` (57P03)"),

    SERVER_RESET_QUERY(text(), "DISCARD ALL", LIVE, "sent to a server when its client leaves, in session mode"),
    SERVER_RESET_QUERY_ALWAYS(flag(), "0", LIVE, "send `server_reset_query` in every mode"),
    SERVER_CHECK_QUERY(
            text(),
            "<empty>",
            LIVE,
            "checks a server idle for `server_check_delay`; `<empty>`: an empty query; no text: no check"),
    SERVER_CHECK_DELAY(duration(), "30", LIVE, "idle time after which a server is checked before use"),
    SERVER_LIFETIME(duration(), "3600", LIVE, "age at which an idle server is closed; 0: after its first use"),
    SERVER_IDLE_TIMEOUT(duration(), "600", LIVE, "idle time after which a server is closed; 0: never"),
    SERVER_CONNECT_TIMEOUT(duration(), "15", LIVE, "limit of connecting and logging in to a server"),
    SERVER_LOGIN_RETRY(duration(), "15", LIVE, "pause after a failed connect or login"),
    SERVER_TLS_SSLMODE(
            word(Unsupported.TLS, "disable", "prefer"),
            "disable",
            "prefer",
            RESTART,
            "TLS towards servers; so far none: `prefer` connects in plain"),

    QUERY_WAIT_TIMEOUT(duration(), "120", LIVE, "how long a client may wait for a server; 0: no limit"),
    FAILOVER_HOLD_TIMEOUT(
            duration(),
            "60",
            LIVE,
            "how long a client may wait for a primary while none is known; then its query fails with 57P03; 0: no limit"),
    QUERY_WAIT_NOTIFY(duration(), "5", LIVE, "wait after which the client gets a notice; 0: never"),
    QUERY_TIMEOUT(duration(), "0", LIVE, "limit of one query; 0: none"),
    TRANSACTION_TIMEOUT(duration(), "0", LIVE, "limit of one transaction; 0: none"),
    IDLE_TRANSACTION_TIMEOUT(duration(), "0", LIVE, "limit of idling in a transaction; 0: none"),
    CLIENT_IDLE_TIMEOUT(duration(), "0", LIVE, "limit of idling outside a transaction; 0: none"),
    CLIENT_LOGIN_TIMEOUT(duration(), "60", LIVE, "limit of a client's login; 0: none"),
    CANCEL_WAIT_TIMEOUT(duration(), "10", LIVE, "how long a cancel request may wait for a connection; 0: no limit"),
    CLIENT_TLS_SSLMODE(word(Unsupported.TLS, "disable"), "disable", RESTART, "TLS towards clients; so far none"),
    IGNORE_STARTUP_PARAMETERS(names(), "", LIVE, "startup parameters dropped instead of passed on to the server"),
    TRACK_EXTRA_PARAMETERS(
            names(),
            "IntervalStyle",
            RESTART,
            "further parameters followed per client; all that a client sets are, anyhow"),
    APPLICATION_NAME_ADD_HOST(flag(), "0", LIVE, "append the client's address to its `application_name`"),
    MAX_PACKET_SIZE(size(1024), "2147483647", LIVE, "longest message that is let through"),
    PKT_BUF(size(512), "4096", RESTART, "accepted for PgBouncer's sake; buffers find their own size"),

    TCP_DEFER_ACCEPT(
            wholeNumber(0),
            "1",
            RESTART,
            "seconds in which a client must send something to be accepted at all; 0: off"),
    TCP_KEEPALIVE(flag(), "1", LIVE, "keepalive probes on clients and servers; new connections"),
    TCP_KEEPCNT(wholeNumber(0), "0", LIVE, "probes lost before the peer is dead; 0: the system's"),
    TCP_KEEPIDLE(duration(), "0", LIVE, "silence before the first probe; 0: the system's"),
    TCP_KEEPINTVL(duration(), "0", LIVE, "time between probes; 0: the system's"),
    TCP_USER_TIMEOUT(
            milliseconds(),
            "0",
            LIVE,
            "time for which sent bytes may stay unacknowledged; a plain number is milliseconds; 0: the system's"),

    LOG_CONNECTIONS(flag(), "1", LIVE, "log each login"),
    LOG_DISCONNECTIONS(flag(), "1", LIVE, "log each end of a connection with its reason"),
    LOG_POOLER_ERRORS(flag(), "1", LIVE, "log each error that the proxy itself sends to a client"),
    STATS_PERIOD(duration(), "60", LIVE, "period of the averages in SHOW STATS"),

    SHUTDOWN_TIMEOUT(
            duration(), "60", LIVE, "how long a shutdown waits for clients before it closes them; 0: no limit"),
    EVENT_LOOPS(wholeNumber(0, 1024), "0", RESTART, "threads that carry traffic; 0: one for every two processors"),
    TRANSPORT(
            word(Map.of(), "auto", "io_uring", "epoll", "nio"),
            "auto",
            RESTART,
            "how bytes reach the kernel; auto: the best there is");

    /** When a new value takes effect. */
    public enum Change {
        /** At once, by {@code SET} or {@code RELOAD}. */
        LIVE,
        /** By {@code RELOAD}, because files are read again. */
        RELOAD,
        /** When the process starts again. */
        RESTART
    }

    /** Where a configuration came from, and thereby whose defaults it has. */
    enum Dialect {
        ORCHESTRA,
        PGBOUNCER
    }

    /** Values that PgBouncer knows, or that are planned, and that are refused for now. */
    private static final class Unsupported {
        static final Map<String, String> AUTH_TYPES = notYet("cert", "hba", "any", "ldap", "pam");
        static final Map<String, String> TLS = notYet("allow", "prefer", "require", "verify-ca", "verify-full");

        private static Map<String, String> notYet(String... values) {
            return Stream.of(values)
                    .collect(Collectors.toUnmodifiableMap(
                            Function.identity(), value -> "\"" + value + "\" is not supported yet: choose another"));
        }
    }

    private static final Map<String, Setting> BY_NAME =
            Stream.of(values()).collect(Collectors.toUnmodifiableMap(Setting::settingName, Function.identity()));

    private final SettingType<?> type;
    private final Object defaultValue;
    private final Object pgbouncerDefaultValue;
    private final Change change;
    private final String meaning;

    Setting(SettingType<?> type, String defaultText, Change change, String meaning) {
        this(type, defaultText, defaultText, change, meaning);
    }

    Setting(SettingType<?> type, String defaultText, String pgbouncerDefaultText, Change change, String meaning) {
        this.type = type;
        this.defaultValue = require(type, defaultText);
        this.pgbouncerDefaultValue = require(type, pgbouncerDefaultText);
        this.change = change;
        this.meaning = meaning;
    }

    private static Object require(SettingType<?> type, String text) {
        Object value = type.parse(text);
        if (value == null) {
            throw new IllegalArgumentException("default: " + text + " (expected: " + type.expected() + ")");
        }
        return value;
    }

    /** The setting of that name, or null when there is none. */
    public static @Nullable Setting of(String name) {
        return BY_NAME.get(name);
    }

    static Set<String> allNames() {
        return BY_NAME.keySet();
    }

    /** All of them, as {@code SHOW CONFIG} sorts them. */
    static List<Setting> byName() {
        return Stream.of(values())
                .sorted(Comparator.comparing(Setting::settingName))
                .toList();
    }

    /** The name in files and on the console. */
    public String settingName() {
        return name().toLowerCase(Locale.ROOT);
    }

    public Change change() {
        return change;
    }

    /** What it does, in Markdown. */
    public String meaning() {
        return meaning;
    }

    SettingType<?> type() {
        return type;
    }

    Object defaultValue(Dialect dialect) {
        return switch (dialect) {
            case ORCHESTRA -> defaultValue;
            case PGBOUNCER -> pgbouncerDefaultValue;
        };
    }
}
