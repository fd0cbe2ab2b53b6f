package io.pgorchestra.proxy.config;

import io.pgorchestra.proxy.config.Setting.Dialect;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads a configuration from its files: an orchestra.yaml, or a pgbouncer.ini as it is. Blocks on files. */
public final class ConfigLoader {
    /** Far above any real file; what is larger was named by mistake. */
    static final long MAX_FILE_BYTES = 16L * 1024 * 1024;

    /** Some editors put it first; to the readers it would be part of the first word. */
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private static final String YAML_NAME = "orchestra.yaml";
    private static final String INI_NAME = "pgbouncer.ini";

    private ConfigLoader() {}

    /** The configuration in a file; a pgbouncer.ini is known by its name's ending, or else by its first line. */
    public static ProxyConfig load(Path file) throws ConfigProblems {
        Findings findings = new Findings();
        String text = readFile(file, new Position(file.toString(), 0), findings);
        if (text == null) {
            throw findings.asProblems();
        }
        // A file that could be read is in a directory.
        Path base = Objects.requireNonNull(file.toAbsolutePath().getParent());
        return isIni(file, text)
                ? fromIni(text, file.toString(), base, findings)
                : fromYaml(text, file.toString(), base, findings);
    }

    /** The configuration that the text of an orchestra.yaml in the directory {@code base} would be. */
    public static ProxyConfig loadYaml(String text, Path base) throws ConfigProblems {
        return fromYaml(text, YAML_NAME, base, new Findings());
    }

    /** The configuration that the text of a pgbouncer.ini in the directory {@code base} would be. */
    public static ProxyConfig loadIni(String text, Path base) throws ConfigProblems {
        return fromIni(text, INI_NAME, base, new Findings());
    }

    private static ProxyConfig fromYaml(String text, String file, Path base, Findings findings) throws ConfigProblems {
        RawConfig raw = YamlReader.read(text, file, findings);
        return new ConfigAssembler(raw, Dialect.ORCHESTRA, base, findings).assemble();
    }

    private static ProxyConfig fromIni(String text, String file, Path base, Findings findings) throws ConfigProblems {
        RawConfig raw = IniReader.read(text, file, base, findings);
        return new ConfigAssembler(raw, Dialect.PGBOUNCER, base, findings).assemble();
    }

    private static boolean isIni(Path file, String text) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        if (name.endsWith(".ini")) {
            return true;
        }
        if (name.endsWith(".yaml") || name.endsWith(".yml")) {
            return false;
        }
        return text.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .findFirst()
                .filter(line -> line.startsWith("[") || line.startsWith(";") || line.startsWith("%include"))
                .isPresent();
    }

    /** The text of a file, or null when it cannot be read, which is then a problem at {@code position}. */
    static @Nullable String readFile(Path file, Position position, Findings findings) {
        String reason;
        try {
            if (!Files.isDirectory(file) && Files.size(file) <= MAX_FILE_BYTES) {
                String text = Files.readString(file);
                return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
            }
            reason = Files.isDirectory(file) ? "is a directory" : "has more than " + MAX_FILE_BYTES + " bytes";
        } catch (NoSuchFileException e) {
            reason = "does not exist";
        } catch (CharacterCodingException e) {
            reason = "is not UTF-8";
        } catch (IOException e) {
            reason = "cannot be read (" + e.getMessage() + ")";
        }
        findings.problem(
                position, "file " + file + " " + reason, "", "a readable text file", "correct the name or the file");
        return null;
    }
}
