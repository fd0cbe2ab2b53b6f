package io.pgorchestra.proxy.config;

import io.pgorchestra.proxy.config.Setting.Dialect;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Makes a configuration out of what a reader found in a file, or says all that is wrong with it. */
final class ConfigAssembler {
    private final RawConfig raw;
    private final Dialect dialect;
    private final Path base;
    private final Findings findings;
    private final Map<Setting, Position> positions = new HashMap<>();
    private final Set<Setting> refused = EnumSet.noneOf(Setting.class);

    ConfigAssembler(RawConfig raw, Dialect dialect, Path base, Findings findings) {
        this.raw = raw;
        this.dialect = dialect;
        this.base = base;
        this.findings = findings;
    }

    ProxyConfig assemble() throws ConfigProblems {
        if (findings.hasProblems() && raw.settings.isEmpty() && raw.databases.isEmpty()) {
            throw findings.asProblems(); // Nothing was read; what is missing would only be noise.
        }
        SettingValues values = readSettings();
        SectionAssembler sections = new SectionAssembler(raw, dialect, findings);
        ClusterConfig cluster = sections.cluster();
        Map<String, DatabaseConfig> databases = sections.databases(cluster);
        Map<String, UserConfig> users = new LinkedHashMap<>();
        raw.users.forEach((name, section) -> users.put(name, sections.user(name, section)));
        ProxyConfig withoutSecrets =
                new ProxyConfig(values, dialect, base, cluster, databases, users, UserList.EMPTY, findings.notes());
        UserList userList = readUserList(withoutSecrets);
        if (findings.hasProblems()) {
            throw findings.asProblems();
        }
        return new ProxyConfig(values, dialect, base, cluster, databases, users, userList, findings.notes());
    }

    private SettingValues readSettings() {
        SettingValues values = SettingValues.defaults(dialect);
        for (RawConfig.Entry entry : raw.settings) {
            Setting setting = Setting.of(entry.key());
            if (setting == null) {
                readOther(entry);
                continue;
            }
            Object value = ValueReader.read(setting, entry, entry.key(), findings);
            if (value == null) {
                refused.add(setting);
            } else {
                values = values.with(setting, value);
            }
            if (positions.put(setting, entry.position()) != null) {
                findings.note(entry.position(), entry.key() + " stands here again: the last line counts");
            }
            if (setting == Setting.SERVER_TLS_SSLMODE && "prefer".equals(value)) {
                findings.note(
                        entry.position(), "server_tls_sslmode prefer: servers are connected to without TLS, so far");
            }
        }
        if (dialect == Dialect.PGBOUNCER && !positions.containsKey(Setting.LISTEN)) {
            findings.problem(
                    raw.file,
                    "listen_addr",
                    "",
                    "an address, as unix sockets are not served",
                    "add listen_addr = 127.0.0.1 to section pgbouncer");
        }
        return values;
    }

    /** A key that is no setting of ours. */
    private void readOther(RawConfig.Entry entry) {
        String key = entry.key();
        String unused = UnusedSettings.all().get(key);
        if (unused != null) {
            findings.note(entry.position(), key + " has no effect: " + unused);
            return;
        }
        switch (key) {
            case "disable_pqexec" -> {
                if (!entry.value().equals("0")) {
                    findings.problem(
                            entry.position(), key, entry.value(), "0", "refusing simple queries is not supported yet");
                }
            }
            case "listen_addr", "listen_port" ->
                findings.problem(entry.position(), key, entry.value(), "", "write listen: HOST:PORT instead");
            default -> {
                TreeSet<String> known = new TreeSet<>(Setting.allNames());
                known.addAll(UnusedSettings.all().keySet());
                known.addAll(List.of("databases", "users", "cluster"));
                findings.unknownKey(entry.position(), "unknown setting", key, known);
            }
        }
    }

    private UserList readUserList(ProxyConfig config) {
        Path file = config.authFile();
        if (file != null) {
            Position named = positions.getOrDefault(Setting.AUTH_FILE, raw.file);
            String text = ConfigLoader.readFile(file, named, findings);
            return text == null ? UserList.EMPTY : UserList.parse(text, file.toString(), findings);
        }
        if (config.authType() != AuthType.TRUST && !refused.contains(Setting.AUTH_TYPE)) {
            findings.problem(
                    positions.getOrDefault(Setting.AUTH_TYPE, raw.file),
                    "auth_file is missing: with auth_type " + config.fileText(Setting.AUTH_TYPE)
                            + " nobody could log in",
                    "",
                    "",
                    "name a file of users in PgBouncer's format, such as userlist.txt");
        }
        return UserList.EMPTY;
    }
}
