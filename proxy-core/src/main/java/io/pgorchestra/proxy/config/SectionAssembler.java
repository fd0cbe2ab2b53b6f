package io.pgorchestra.proxy.config;

import io.pgorchestra.discovery.Node;
import io.pgorchestra.proxy.config.Setting.Dialect;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Makes the cluster, the databases and the users out of their sections. */
final class SectionAssembler {
    private static final HostPort LOCAL = new HostPort("127.0.0.1", 5432);

    private static final Set<String> DATABASE_KEYS = Set.of(
            "dbname",
            "host",
            "port",
            "user",
            "password",
            "connect_query",
            "client_encoding",
            "datestyle",
            "timezone",
            "application_name",
            "load_balance_hosts");

    private final RawConfig raw;
    private final Dialect dialect;
    private final Findings findings;

    SectionAssembler(RawConfig raw, Dialect dialect, Findings findings) {
        this.raw = raw;
        this.dialect = dialect;
        this.findings = findings;
    }

    /** The cluster that the file describes. A pgbouncer.ini describes none: its databases name their nodes. */
    ClusterConfig cluster() {
        if (dialect == Dialect.PGBOUNCER) {
            return ClusterConfig.of(nodesOfDatabases());
        }
        RawConfig.Section section = raw.cluster;
        if (section == null) {
            findings.problem(raw.file, "cluster is missing", "", "cluster: {nodes: [HOST:PORT]}", "add it");
            return ClusterConfig.of(List.of(LOCAL.node()));
        }
        return new ClusterAssembler(findings).assemble(section);
    }

    private List<Node> nodesOfDatabases() {
        Set<Node> nodes = new LinkedHashSet<>();
        raw.databases
                .values()
                .forEach(section -> nodes.add(node(section, new Findings()).node()));
        return List.copyOf(nodes);
    }

    Map<String, DatabaseConfig> databases(ClusterConfig cluster) {
        Map<String, DatabaseConfig> databases = new LinkedHashMap<>();
        raw.databases.forEach((name, section) -> databases.put(name, database(name, section, cluster)));
        if (dialect == Dialect.ORCHESTRA && !raw.namesDatabases) {
            RawConfig.Section any = new RawConfig.Section(raw.file, List.of());
            databases.put(DatabaseConfig.FALLBACK, database(DatabaseConfig.FALLBACK, any, cluster));
        } else if (databases.isEmpty()) {
            findings.note(raw.file, "no databases: only the console can be connected to");
        }
        return databases;
    }

    private DatabaseConfig database(String name, RawConfig.Section section, ClusterConfig cluster) {
        String where = "databases." + name;
        if (ProxyConfig.CONSOLE_DATABASES.contains(name)) {
            findings.problem(section.position(), where, "", "", "this name is the console's: choose another");
        }
        Map<String, String> texts = new LinkedHashMap<>();
        SettingValues overrides = SettingValues.NONE;
        for (RawConfig.Entry entry : section.entries()) {
            Setting setting = Overrides.OF_DATABASE.get(entry.key());
            if (setting != null) {
                overrides = withOverride(overrides, setting, entry, where);
            } else if (isDatabaseKey(entry, where)) {
                texts.put(entry.key(), entry.value());
            }
        }
        HostPort node = dialect == Dialect.PGBOUNCER ? node(section, findings) : firstOf(cluster);
        Map<String, String> startupParameters = new LinkedHashMap<>(texts);
        startupParameters.keySet().retainAll(Set.of("client_encoding", "datestyle", "timezone", "application_name"));
        String itself = name.equals(DatabaseConfig.FALLBACK) ? "" : name;
        return new DatabaseConfig(
                name,
                texts.getOrDefault("dbname", itself),
                node.host(),
                node.port(),
                texts.get("user"),
                texts.get("password"),
                texts.get("connect_query"),
                startupParameters,
                overrides);
    }

    /** Where a database is while nobody tells who is primary. */
    static HostPort firstOf(ClusterConfig cluster) {
        return cluster.nodes().isEmpty() ? LOCAL : HostPort.of(cluster.nodes().get(0));
    }

    private boolean isDatabaseKey(RawConfig.Entry entry, String where) {
        String key = entry.key();
        if (!DATABASE_KEYS.contains(key)) {
            TreeSet<String> known = new TreeSet<>(DATABASE_KEYS);
            known.addAll(Overrides.OF_DATABASE.keySet());
            findings.unknownKey(entry.position(), "unknown key of " + where, key, known);
            return false;
        }
        boolean emptyOrList = entry.value().isEmpty() || entry.list();
        if (emptyOrList) {
            findings.problem(entry.position(), where + "." + key, "", "one value", SettingType.CORRECT_THE_VALUE);
            return false;
        }
        return switch (key) {
            case "load_balance_hosts" -> {
                findings.note(entry.position(), where + "." + key + " has no effect: a database has one host");
                yield false;
            }
            case "host", "port" -> {
                if (dialect == Dialect.ORCHESTRA) {
                    findings.problem(
                            entry.position(),
                            where + "." + key,
                            entry.value(),
                            "",
                            "name the node in cluster.nodes instead");
                }
                yield false;
            }
            default -> true;
        };
    }

    /** Where a database of a pgbouncer.ini is. */
    private HostPort node(RawConfig.Section section, Findings into) {
        String host = "";
        int port = LOCAL.port();
        for (RawConfig.Entry entry : section.entries()) {
            if (entry.key().equals("host")) {
                host = entry.value();
                checkHost(entry, into);
            }
            if (entry.key().equals("port")) {
                Integer value = SettingTypes.wholeNumber(1, HostPort.MAX_PORT).parse(entry.value());
                port = value == null ? port : value;
                if (value == null) {
                    into.problem(
                            entry.position(),
                            "port",
                            entry.value(),
                            "a number from 1 to 65535",
                            SettingType.CORRECT_THE_VALUE);
                }
            }
        }
        if (host.isEmpty()) {
            into.note(section.position(), "no host: " + LOCAL.host() + " is used, as unix sockets are not supported");
            host = LOCAL.host();
        }
        return new HostPort(host, port);
    }

    private static void checkHost(RawConfig.Entry entry, Findings into) {
        String host = entry.value();
        if (host.startsWith("/") || host.startsWith("@")) {
            into.problem(
                    entry.position(), "host", host, "a name or an address", "unix sockets are not supported: use TCP");
        } else if (host.contains(",")) {
            into.problem(
                    entry.position(),
                    "host",
                    host,
                    "one name or address",
                    "several hosts are not supported yet: name the primary");
        }
    }

    UserConfig user(String name, RawConfig.Section section) {
        SettingValues overrides = SettingValues.NONE;
        String where = "users." + name;
        for (RawConfig.Entry entry : section.entries()) {
            Setting setting = Overrides.OF_USER.get(entry.key());
            if (setting == null) {
                findings.unknownKey(
                        entry.position(),
                        "unknown key of " + where,
                        entry.key(),
                        new TreeSet<>(Overrides.OF_USER.keySet()));
            } else {
                overrides = withOverride(overrides, setting, entry, where);
            }
        }
        return new UserConfig(name, overrides);
    }

    private SettingValues withOverride(SettingValues overrides, Setting setting, RawConfig.Entry entry, String where) {
        Object value = ValueReader.read(setting, entry, where + "." + entry.key(), findings);
        return value == null ? overrides : overrides.with(setting, value);
    }
}
