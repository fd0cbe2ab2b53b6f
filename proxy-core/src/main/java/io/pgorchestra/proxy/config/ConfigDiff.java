package io.pgorchestra.proxy.config;

import io.pgorchestra.proxy.config.Setting.Change;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;

/**
 * What a {@code RELOAD} changes.
 *
 * @param live what holds from now on
 * @param restart what stays as it was until the process starts again
 * @param applied the configuration to go on with: the new one, with the old values of all that needs a restart
 */
public record ConfigDiff(List<Difference> live, List<Difference> restart, ProxyConfig applied) {
    public ConfigDiff {
        live = List.copyOf(live);
        restart = List.copyOf(restart);
    }

    /**
     * One thing that differs. Texts never hold a secret.
     *
     * @param name a setting, or a path such as {@code databases.app}
     */
    public record Difference(String name, String from, String to) {
        /** {@code NAME: FROM -> TO}. */
        @Override
        public String toString() {
            return name + ": " + from + " -> " + to;
        }
    }

    public static ConfigDiff between(ProxyConfig before, ProxyConfig after) {
        List<Difference> live = new ArrayList<>();
        List<Difference> restart = new ArrayList<>();
        SettingValues values = after.values();
        for (Setting setting : Setting.byName()) {
            if (before.value(setting).equals(after.value(setting))) {
                continue;
            }
            boolean waits = setting.change() == Change.RESTART;
            (waits ? restart : live)
                    .add(new Difference(setting.settingName(), before.fileText(setting), after.fileText(setting)));
            if (waits) {
                values = values.with(setting, before.value(setting));
            }
        }
        addSections(live, "databases", before.databases(), after.databases());
        addSections(live, "users", before.users(), after.users());
        if (!before.userList().equals(after.userList())) {
            live.add(new Difference(
                    "users of auth_file",
                    before.userList().size() + " users",
                    after.userList().size() + " users"));
        }
        ProxyConfig applied = after.withValues(values);
        // The cluster of a pgbouncer.ini is only the sum of its databases, and those change live.
        if (!before.cluster().equals(after.cluster()) && !after.isImported()) {
            restart.add(new Difference(
                    "cluster", before.cluster().toString(), after.cluster().toString()));
            applied = applied.withCluster(before.cluster());
        }
        return new ConfigDiff(live, restart, applied);
    }

    private static void addSections(
            List<Difference> differences, String where, Map<String, ?> before, Map<String, ?> after) {
        TreeSet<String> names = new TreeSet<>(before.keySet());
        names.addAll(after.keySet());
        for (String name : names) {
            if (Objects.equals(before.get(name), after.get(name))) {
                continue;
            }
            String from = before.containsKey(name) ? "as it was" : "none";
            String to = after.containsKey(name) ? (before.containsKey(name) ? "changed" : "added") : "removed";
            differences.add(new Difference(where + "." + name, from, to));
        }
    }
}
