package io.pgorchestra.proxy.config;

import java.util.Map;
import java.util.TreeMap;

/** Writes a configuration as an orchestra.yaml with every value that holds, also those nobody wrote. Secrets are left out. */
public final class ConfigPrinter {
    private static final String PLAIN = "[A-Za-z0-9][A-Za-z0-9_.-]*";

    private final StringBuilder yaml = new StringBuilder();

    private ConfigPrinter() {}

    public static String print(ProxyConfig config) {
        ConfigPrinter printer = new ConfigPrinter();
        for (Setting setting : Setting.values()) {
            printer.line("", setting.settingName(), config.fileText(setting));
        }
        printer.cluster(config.cluster());
        printer.databases(config);
        printer.users(config);
        return printer.yaml.toString();
    }

    private void cluster(ClusterConfig cluster) {
        yaml.append("cluster:\n");
        for (ClusterSetting setting : ClusterSetting.values()) {
            if (!setting.secret()) {
                line("  ", setting.settingName(), setting.type().fileTextOf(cluster.value(setting)));
            }
        }
    }

    private void databases(ProxyConfig config) {
        yaml.append("databases:").append(config.databases().isEmpty() ? " {}\n" : "\n");
        new TreeMap<>(config.databases()).forEach((name, database) -> database(config, name, database));
    }

    private void database(ProxyConfig config, String name, DatabaseConfig database) {
        section(name);
        HostPort node = new HostPort(database.host(), database.port());
        if (!config.cluster().nodes().contains(node.node())) {
            yaml.append("    # on ").append(node).append('\n');
        }
        if (!database.dbname().isEmpty()) {
            line("    ", "dbname", database.dbname());
        }
        String user = database.user();
        if (user != null) {
            line("    ", "user", user);
        }
        if (database.password() != null) {
            yaml.append("    # password: not shown\n");
        }
        String connectQuery = database.connectQuery();
        if (connectQuery != null) {
            line("    ", "connect_query", connectQuery);
        }
        new TreeMap<>(database.startupParameters()).forEach((key, value) -> line("    ", key, value));
        overrides(database.overrides(), Overrides.OF_DATABASE);
    }

    private void users(ProxyConfig config) {
        yaml.append("users:").append(config.users().isEmpty() ? " {}\n" : "\n");
        new TreeMap<>(config.users()).forEach((name, user) -> {
            section(name);
            overrides(user.overrides(), Overrides.OF_USER);
        });
    }

    private void overrides(SettingValues overrides, Map<String, Setting> keys) {
        new TreeMap<>(keys).forEach((key, setting) -> {
            Object value = overrides.get(setting);
            boolean oldName = key.equals("reserve_pool");
            if (value != null && !oldName) {
                line("    ", key, setting.type().fileTextOf(value));
            }
        });
    }

    private void section(String name) {
        yaml.append("  ").append(quoted(name)).append(":\n");
    }

    private void line(String indent, String key, String value) {
        yaml.append(indent).append(key).append(": ").append(quoted(value)).append('\n');
    }

    private static String quoted(String text) {
        boolean plain = text.matches(PLAIN) && !text.equalsIgnoreCase("null");
        return plain
                ? text
                : '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }
}
