package io.pgorchestra.proxy.config;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads an orchestra.yaml, token by token so that every word keeps its line. */
final class YamlReader {
    private static final Pattern LINE = Pattern.compile("^ in .*, line (\\d{1,9}), column", Pattern.MULTILINE);

    private static final String REMOVE_ONE = "remove one of the two";

    private final String file;
    private final Findings findings;
    private final RawConfig config;
    private final YAMLParser parser;

    private YamlReader(String text, String file, Findings findings) throws IOException {
        this.file = file;
        this.findings = findings;
        config = new RawConfig(new Position(file, 0));
        parser = new YAMLFactory().createParser(text);
    }

    static RawConfig read(String text, String file, Findings findings) {
        try {
            YamlReader reader = new YamlReader(text, file, findings);
            reader.readDocument();
            return reader.config;
        } catch (JsonProcessingException e) {
            findings.problem(
                    new Position(file, line(e)),
                    "not YAML",
                    reason(e),
                    "",
                    "correct the syntax; quote texts that start with * or {");
            return new RawConfig(new Position(file, 0));
        } catch (IOException e) {
            throw new UncheckedIOException("reading from a string", e);
        }
    }

    /** What the parser was about, and what it found; quotations of the text are indented. */
    private static String reason(JsonProcessingException e) {
        String reason = e.getOriginalMessage()
                .lines()
                .filter(line -> !line.isBlank() && !line.startsWith(" "))
                .collect(Collectors.joining(", "));
        return reason.isEmpty() ? "unreadable" : reason;
    }

    /** Where it found that: the last place it names. */
    private static int line(JsonProcessingException e) {
        JsonLocation location = e.getLocation();
        int line = location == null ? 0 : location.getLineNr();
        Matcher named = LINE.matcher(e.getOriginalMessage());
        while (named.find()) {
            line = Integer.parseInt(named.group(1));
        }
        return line;
    }

    private void readDocument() throws IOException {
        JsonToken token = parser.nextToken();
        if (token == null || token == JsonToken.VALUE_NULL) {
            return; // Empty: what is missing is reported by the assembler.
        }
        if (token != JsonToken.START_OBJECT) {
            findings.problem(here(), "not a configuration", "", "lines of KEY: VALUE", "see docs/configuration.md");
            return;
        }
        Set<String> seen = new HashSet<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String key = parser.currentName();
            Position position = here();
            boolean repeated = !seen.add(key);
            if (repeated) {
                findings.problem(position, "repeated key", key, "", REMOVE_ONE);
            }
            parser.nextToken();
            if (repeated) {
                parser.skipChildren();
                continue;
            }
            readTopLevel(key, position);
        }
        if (parser.nextToken() != null) {
            findings.problem(here(), "a second document", "", "one document", "remove what follows ---");
        }
    }

    private void readTopLevel(String key, Position position) throws IOException {
        switch (key) {
            case "databases" -> {
                config.namesDatabases = true;
                readNamed(key, config.databases);
            }
            case "users" -> readNamed(key, config.users);
            case "cluster" -> config.cluster = new RawConfig.Section(position, readEntries(key));
            default -> {
                RawConfig.Entry entry = readEntry("", key, position);
                if (entry != null) {
                    config.settings.add(entry);
                }
            }
        }
    }

    /** {@code NAME: {KEY: VALUE}} lines. */
    private void readNamed(String where, Map<String, RawConfig.Section> sections) throws IOException {
        if (!atMapping(where)) {
            return;
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            Position position = here();
            parser.nextToken();
            RawConfig.Section section = new RawConfig.Section(position, readEntries(where + "." + name));
            if (sections.putIfAbsent(name, section) != null) {
                findings.problem(position, "repeated key", where + "." + name, "", REMOVE_ONE);
            }
        }
    }

    private List<RawConfig.Entry> readEntries(String where) throws IOException {
        List<RawConfig.Entry> entries = new ArrayList<>();
        if (!atMapping(where)) {
            return entries;
        }
        Set<String> seen = new HashSet<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String key = parser.currentName();
            Position position = here();
            parser.nextToken();
            RawConfig.Entry entry = readEntry(where + ".", key, position);
            if (!seen.add(key)) {
                findings.problem(position, "repeated key", where + "." + key, "", REMOVE_ONE);
            } else if (entry != null) {
                entries.add(entry);
            }
        }
        return entries;
    }

    /** Whether the current token opens a mapping. Nothing at all is an empty one. */
    private boolean atMapping(String where) throws IOException {
        if (parser.currentToken() == JsonToken.START_OBJECT) {
            return true;
        }
        if (parser.currentToken() != JsonToken.VALUE_NULL) {
            findings.problem(here(), where, "", "lines of KEY: VALUE under it", "see docs/configuration.md");
            parser.skipChildren();
        }
        return false;
    }

    private RawConfig.@Nullable Entry readEntry(String prefix, String key, Position position) throws IOException {
        JsonToken token = parser.currentToken();
        if (token == JsonToken.START_ARRAY) {
            String items = readItems(prefix + key);
            return items == null ? null : new RawConfig.Entry(key, items, true, position);
        }
        if (token == JsonToken.START_OBJECT) {
            findings.problem(position, prefix + key, "", "a plain value", "remove what is nested under it");
            parser.skipChildren();
            return null;
        }
        if (token == JsonToken.VALUE_NULL || parser.isCurrentAlias()) {
            findings.problem(position, prefix + key, "", "a value", "write one, or remove the line");
            return null;
        }
        return new RawConfig.Entry(key, parser.getText(), false, position);
    }

    private @Nullable String readItems(String where) throws IOException {
        List<String> items = new ArrayList<>();
        boolean plain = true;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken().isScalarValue()) {
                items.add(parser.getText());
                continue;
            }
            plain = false;
            findings.problem(here(), where, "", "a list of plain values", "remove what is nested in it");
            parser.skipChildren();
        }
        return plain ? String.join(", ", items) : null;
    }

    private Position here() {
        return new Position(file, parser.currentTokenLocation().getLineNr());
    }
}
