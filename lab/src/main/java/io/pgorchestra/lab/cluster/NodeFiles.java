package io.pgorchestra.lab.cluster;

import io.pgorchestra.lab.LabException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What the files of a node that is down say about its part in the cluster, and how they are made to say another. */
final class NodeFiles {

    private static final String SIGNAL = "standby.signal";
    private static final String AUTO_CONF = "postgresql.auto.conf";
    private static final Pattern HISTORY = Pattern.compile("([0-9A-F]{8})\\.history");
    private static final int HEX = 16;

    private final Path data;

    NodeFiles(Path data) {
        this.data = data;
    }

    boolean exist() {
        return Files.exists(data.resolve("PG_VERSION"));
    }

    /** Whether the node would start as a standby. */
    boolean sayStandby() {
        return Files.exists(data.resolve(SIGNAL));
    }

    /**
     * The newest timeline that the node knows: its own. The control file would be late after a promotion, while the history file is
     * there before the first write on the new timeline.
     */
    int timeline() {
        try (Stream<Path> files = Files.list(data.resolve("pg_wal"))) {
            return files.map(file -> HISTORY.matcher(file.getFileName().toString()))
                    .filter(Matcher::matches)
                    .mapToInt(matcher -> Integer.parseInt(matcher.group(1), HEX))
                    .max()
                    .orElse(1);
        } catch (IOException e) {
            throw failure("read", e);
        }
    }

    /** Has the node start as a standby. The line lies where ALTER SYSTEM would put it, so that either replaces the other's. */
    void makeStandby(String primaryConninfo) {
        try {
            Path autoConf = data.resolve(AUTO_CONF);
            List<String> lines =
                    new ArrayList<>(Files.exists(autoConf) ? Files.readAllLines(autoConf) : List.<String>of());
            lines.removeIf(line -> line.startsWith("primary_conninfo"));
            lines.add("primary_conninfo = '"
                    + primaryConninfo.replace("\\", "\\\\").replace("'", "''") + "'");
            Files.write(autoConf, lines);
            if (!sayStandby()) {
                Files.createFile(data.resolve(SIGNAL));
            }
        } catch (IOException e) {
            throw failure("write", e);
        }
    }

    /** Nothing may be created or deleted in the directory; what is there, and its subdirectories, may be written to. */
    void lock() {
        allow("r-x------");
    }

    void unlock() {
        allow("rwx------");
    }

    private void allow(String permissions) {
        try {
            if (exist()) {
                Files.setPosixFilePermissions(data, PosixFilePermissions.fromString(permissions));
            }
        } catch (IOException e) {
            throw failure("change what may be done", e);
        }
    }

    private LabException failure(String verb, IOException e) {
        return new LabException("Cannot " + verb + " in " + data + ": " + e.getMessage(), e);
    }
}
