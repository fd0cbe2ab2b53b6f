package io.pgorchestra.proxy.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads a pgbouncer.ini by PgBouncer's rules: sections in brackets, {@code KEY = VALUE} to the end of the line, comments that
 * start with {@code ;} or {@code #} as the first character of a line, {@code %include FILE}, and connection strings as values
 * of databases, users and peers.
 */
final class IniReader {
    /** PgBouncer's own limit. */
    private static final int MAX_INCLUDE_DEPTH = 10;

    private static final Pattern LINE =
            Pattern.compile("(?:'([^']+)'|\"((?:[^\"]|\"\")+)\"|([A-Za-z0-9_.*-]+))[ \\t]*=[ \\t]*(.*)");
    private static final Pattern PAIR =
            Pattern.compile("\\s*([^=\\s']+)\\s*=\\s*(?:'((?:[^']|'')+)'(?=\\s|$)|([^'\\s]\\S*))\\s*");
    private static final Set<String> SECTIONS = Set.of("databases", "users", "peers", "pgbouncer");
    private static final String DEFAULT_PORT = "6432";

    private final Findings findings;
    private final RawConfig config;
    private final Path base;

    private RawConfig.@Nullable Entry listenAddress;
    private RawConfig.@Nullable Entry listenPort;

    /** The section that lines belong to; empty before the first. It goes on in and after an included file. */
    private String section = "";

    private IniReader(Position file, Path base, Findings findings) {
        this.findings = findings;
        this.base = base;
        config = new RawConfig(file);
    }

    static RawConfig read(String text, String file, Path base, Findings findings) {
        IniReader reader = new IniReader(new Position(file, 0), base, findings);
        reader.config.namesDatabases = true;
        reader.readText(text, file, 0);
        reader.addListen();
        return reader.config;
    }

    private void readText(String text, String file, int depth) {
        int number = 0;
        for (String line : text.split("\n", -1)) {
            number++;
            readLine(line.strip(), new Position(file, number), depth);
        }
    }

    private void readLine(String line, Position position, int depth) {
        if (line.isEmpty() || line.startsWith(";") || line.startsWith("#")) {
            return;
        }
        if (line.matches("%include\\s.*")) {
            include(line.substring("%include".length()).strip(), position, depth);
            return;
        }
        if (line.startsWith("[")) {
            openSection(line, position);
            return;
        }
        Matcher matcher = LINE.matcher(line);
        if (!matcher.matches()) {
            // The line itself stays unsaid: it may hold a password.
            findings.problem(position, "broken line", "", "KEY = VALUE, [section] or a comment", "correct the line");
            return;
        }
        readPair(key(matcher), matcher.group(4), position);
    }

    private static String key(Matcher matcher) {
        if (matcher.group(1) != null) {
            return matcher.group(1);
        }
        return matcher.group(2) != null ? matcher.group(2).replace("\"\"", "\"") : matcher.group(3);
    }

    private void include(String name, Position position, int depth) {
        if (depth >= MAX_INCLUDE_DEPTH) {
            findings.problem(
                    position,
                    "%include",
                    name,
                    "at most " + MAX_INCLUDE_DEPTH + " levels",
                    "does a file include itself?");
            return;
        }
        Path beside = base.resolve(name);
        // PgBouncer looks from the directory that it was started in; a file beside the main one is what is mostly
        // meant.
        Path file = Files.exists(beside) ? beside : Path.of(name);
        String text = ConfigLoader.readFile(file, position, findings);
        if (text != null) {
            readText(text, file.toString(), depth + 1);
        }
    }

    private void openSection(String line, Position position) {
        int end = line.indexOf(']');
        section = end < 0 ? line.substring(1) : line.substring(1, end);
        if (end < 0 || !SECTIONS.contains(section)) {
            findings.unknownKey(position, "unknown section", section, SECTIONS);
        }
    }

    private void readPair(String key, String value, Position position) {
        switch (section) {
            case "pgbouncer" -> readSetting(new RawConfig.Entry(key, value, false, position));
            case "databases" -> readNamed(config.databases, key, value, position);
            case "users" -> readNamed(config.users, key, value, position);
            case "peers" -> findings.note(position, "peer " + key + " has no effect: one process uses all cores");
            case "" ->
                findings.problem(position, "line before any section", key, "[pgbouncer] above it", "add the section");
            default -> {
                // An unknown section has been reported where it opened.
            }
        }
    }

    private void readSetting(RawConfig.Entry entry) {
        switch (entry.key()) {
            case "listen_addr" -> listenAddress = entry;
            case "listen_port" -> listenPort = entry;
            default -> config.settings.add(entry);
        }
    }

    private void readNamed(Map<String, RawConfig.Section> sections, String name, String value, Position position) {
        List<RawConfig.Entry> entries = readConnectionString(value, position);
        if (sections.put(name, new RawConfig.Section(position, entries)) != null) {
            findings.note(position, section + "." + name + " stands here again: the last line counts");
        }
    }

    /** {@code key=value key='it''s'}. */
    private List<RawConfig.Entry> readConnectionString(String text, Position position) {
        List<RawConfig.Entry> entries = new ArrayList<>();
        Matcher pair = PAIR.matcher(text);
        int index = 0;
        while (index < text.length()) {
            if (!pair.region(index, text.length()).lookingAt()) {
                findings.problem(
                        position,
                        "broken connection string after " + (entries.isEmpty() ? "=" : lastKey(entries)),
                        "",
                        "key=value key='quoted value'",
                        "correct the line; a quote within quotes is doubled");
                return entries;
            }
            String value = pair.group(2) != null ? pair.group(2).replace("''", "'") : pair.group(3);
            entries.add(new RawConfig.Entry(pair.group(1), value, false, position));
            index = pair.end();
        }
        return entries;
    }

    private static String lastKey(List<RawConfig.Entry> entries) {
        return entries.get(entries.size() - 1).key();
    }

    /** Turns listen_addr and listen_port into our one setting. */
    private void addListen() {
        RawConfig.Entry address = listenAddress;
        RawConfig.Entry port = listenPort;
        if (address == null || address.value().isBlank()) {
            return; // The assembler reports a missing address.
        }
        String portText = port == null ? DEFAULT_PORT : port.value();
        if (port != null && SettingTypes.wholeNumber(0, HostPort.MAX_PORT).parse(portText) == null) {
            findings.problem(
                    port.position(),
                    "listen_port",
                    portText,
                    "a number from 0 to 65535",
                    SettingType.CORRECT_THE_VALUE);
            portText = DEFAULT_PORT;
        }
        List<String> addresses = new ArrayList<>();
        for (String host : SettingTypes.split(address.value())) {
            addresses.add((host.contains(":") ? "[" + host + "]" : host) + ":" + portText);
        }
        config.settings.add(new RawConfig.Entry("listen", String.join(", ", addresses), false, address.position()));
    }
}
