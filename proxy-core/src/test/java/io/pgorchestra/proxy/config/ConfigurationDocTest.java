package io.pgorchestra.proxy.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Holds docs/configuration.md equal to the catalogue. A failure's expected text is what has to stand in the file. */
class ConfigurationDocTest {
    private static final Path DOC = Path.of("..", "docs", "configuration.md");

    @Test
    void settingsTable_equalsTheCatalogue() throws IOException {
        StringBuilder table = new StringBuilder("""
                | setting | default | in pgbouncer.ini | changes | meaning |
                |---|---|---|---|---|
                """);
        for (Setting setting : Setting.values()) {
            String ours = text(setting, Setting.Dialect.ORCHESTRA);
            String pgbouncers = text(setting, Setting.Dialect.PGBOUNCER);
            String change = switch (setting.change()) {
                case LIVE -> "live";
                case RELOAD -> "reload";
                case RESTART -> "restart";
            };
            table.append("| `%s` | %s | %s | %s | %s |\n"
                    .formatted(
                            setting.settingName(),
                            ours,
                            ours.equals(pgbouncers) ? "the same" : pgbouncers,
                            change,
                            setting.meaning()));
        }
        assertSection("settings", table.toString());
    }

    @Test
    void clusterKeys_equalTheCatalogue() throws IOException {
        StringBuilder table = new StringBuilder("| key | default | meaning |\n|---|---|---|\n");
        for (ClusterSetting setting : ClusterSetting.values()) {
            String text = setting.type().fileTextOf(setting.defaultValue());
            table.append("| `%s` | %s | %s |\n"
                    .formatted(setting.settingName(), text.isEmpty() ? "none" : "`" + text + "`", setting.meaning()));
        }
        assertSection("cluster-settings", table.toString());
    }

    @Test
    void databaseKeys_equalTheCatalogue() throws IOException {
        assertSection("database-settings", keys(Overrides.OF_DATABASE));
    }

    @Test
    void userKeys_equalTheCatalogue() throws IOException {
        assertSection("user-settings", keys(Overrides.OF_USER));
    }

    @Test
    void unusedSettings_equalTheCatalogue() throws IOException {
        StringBuilder table = new StringBuilder("| setting | why it has no effect |\n|---|---|\n");
        new TreeMap<>(UnusedSettings.all())
                .forEach((name, reason) -> table.append("| `%s` | %s |\n".formatted(name, reason)));
        assertSection("unused-settings", table.toString());
    }

    private static String keys(Map<String, Setting> overrides) {
        StringBuilder table = new StringBuilder("| key | instead of |\n|---|---|\n");
        new TreeMap<>(overrides)
                .forEach((key, setting) -> table.append("| `%s` | `%s` |\n".formatted(key, setting.settingName())));
        return table.toString();
    }

    private static String text(Setting setting, Setting.Dialect dialect) {
        String text = setting.type().fileTextOf(setting.defaultValue(dialect));
        return text.isEmpty() ? "none" : "`" + text + "`";
    }

    private static void assertSection(String name, String expected) throws IOException {
        String begin = "<!-- " + name + ": begin -->\n";
        String doc = Files.readString(DOC);
        int start = doc.indexOf(begin) + begin.length();
        assertEquals(expected, doc.substring(start, doc.indexOf("<!-- " + name + ": end -->")));
    }
}
