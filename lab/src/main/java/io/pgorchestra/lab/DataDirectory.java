package io.pgorchestra.lab;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The data directory of a node ({@code PGDATA}): how it is made, configured, and what its server tells in it. */
final class DataDirectory {

    static final String SUPERUSER = "postgres";

    /** Included at the end of postgresql.conf, and written anew at every start. */
    private static final String SETTINGS_FILE = "orchestra.conf";

    private static final Duration INITDB_TIMEOUT = Duration.ofMinutes(3);

    /** The line of postmaster.pid that pg_ctl, too, waits for; see {@code LOCK_FILE_LINE_PM_STATUS} in Postgres. */
    private static final int STATUS_LINE = 7;

    // Where ControlFileData in src/include/catalog/pg_control.h has state and checkPoint, since Postgres 11.
    private static final int CONTROL_STATE = 16;
    private static final int CONTROL_CHECKPOINT = 32;
    /** {@code DB_SHUTDOWNED} of {@code DBState}. */
    private static final int CONTROL_SHUT_DOWN = 1;

    private final Path path;

    DataDirectory(Path path) {
        this.path = path;
    }

    Path path() {
        return path;
    }

    boolean exists() {
        return Files.exists(path.resolve("PG_VERSION"));
    }

    /** Refuses a directory that another major version has made. */
    void requireMajor(PostgresVersion version) throws IOException {
        String major = Files.readString(path.resolve("PG_VERSION")).strip();
        if (!major.equals(Integer.toString(version.major()))) {
            throw new LabException(path + " was made by Postgres " + major + ", this is " + version
                    + ". Choose a version of that major, or another folder.");
        }
    }

    /** Runs initdb beside the final place, and moves the result there when it is complete. */
    void create(Path installation, ServerIdentity identity, PostgresOptions options, Path log, @Nullable Path doomed)
            throws IOException {
        Path unfinished = path.resolveSibling(path.getFileName() + ".unfinished");
        Path passwordFile = path.resolveSibling("password");
        FileTree.delete(unfinished);
        List<String> initdb = new ArrayList<>(List.of(
                installation.resolve("bin/initdb").toString(),
                "--pgdata=" + unfinished,
                "--username=" + SUPERUSER,
                "--auth=" + options.authentication().hbaName(),
                "--encoding=UTF8",
                "--no-locale",
                "--no-sync",
                "--no-instructions"));
        if (!options.password().isEmpty()) {
            Files.writeString(passwordFile, options.password() + "\n", StandardCharsets.UTF_8);
            initdb.add("--pwfile=" + passwordFile);
        }
        Path node = path.resolveSibling("");
        identity.takeOver(node);
        try {
            SupervisedProcess process = SupervisedProcess.start(identity.command(initdb), node, log, doomed);
            if (!process.awaitExit(INITDB_TIMEOUT)) {
                process.killTree();
                throw new LabException("initdb for " + path + " took over " + INITDB_TIMEOUT.toSeconds() + " s.");
            }
            if (process.exitCode() != 0) {
                throw new LabException("initdb for " + path + " failed: " + LogTail.of(log));
            }
        } finally {
            Files.deleteIfExists(passwordFile);
        }
        Files.writeString(
                unfinished.resolve("postgresql.conf"),
                "\ninclude_if_exists = '" + SETTINGS_FILE + "'\n",
                StandardOpenOption.APPEND);
        Files.move(unfinished, path, StandardCopyOption.ATOMIC_MOVE);
    }

    void configure(ServerIdentity identity, int port, Map<String, String> settings, List<String> hbaLines)
            throws IOException {
        Map<String, String> all = new TreeMap<>(settings);
        all.putIfAbsent("listen_addresses", "127.0.0.1");
        // TCP alone: a socket file in a shared folder can clash, and in a deep one its path is too long.
        all.putIfAbsent("unix_socket_directories", "");
        all.putIfAbsent("max_connections", "200");
        all.put("port", Integer.toString(port));
        StringBuilder text =
                new StringBuilder("# Written at every start; what is set here is overridden by ALTER SYSTEM.\n");
        all.forEach((name, value) -> text.append(name)
                .append(" = '")
                .append(value.replace("\\", "\\\\").replace("'", "''"))
                .append("'\n"));
        Files.writeString(path.resolve(SETTINGS_FILE), text);
        if (!hbaLines.isEmpty()) {
            Files.writeString(path.resolve("pg_hba.conf"), String.join("\n", hbaLines) + "\n");
        }
        identity.takeOver(path.resolveSibling(""));
    }

    /** The port that the last run was configured with; 0 if there was none. */
    int lastPort() {
        try {
            for (String line : Files.readAllLines(path.resolve(SETTINGS_FILE))) {
                if (line.startsWith("port = '")) {
                    return Integer.parseInt(line.substring("port = '".length(), line.length() - 1));
                }
            }
        } catch (IOException e) {
            // Never configured.
        }
        return 0;
    }

    /** Where the checkpoint of the last shutdown begins; 0 if the last run did not end in order. */
    long shutdownPosition() {
        try {
            ByteBuffer control = ByteBuffer.wrap(Files.readAllBytes(path.resolve("global/pg_control")))
                    .order(ByteOrder.nativeOrder());
            return control.getInt(CONTROL_STATE) == CONTROL_SHUT_DOWN ? control.getLong(CONTROL_CHECKPOINT) : 0;
        } catch (IOException e) {
            throw new LabException("Cannot read the control file in " + path + ": " + e.getMessage(), e);
        }
    }

    /** True when the server of this process id says that it takes connections. */
    boolean isReady(long postmasterPid) {
        try {
            List<String> lines = Files.readAllLines(path.resolve("postmaster.pid"), StandardCharsets.UTF_8);
            return lines.size() > STATUS_LINE
                    && lines.get(0).strip().equals(Long.toString(postmasterPid))
                    && lines.get(STATUS_LINE).strip().equals("ready");
        } catch (IOException e) {
            // Not there yet.
            return false;
        }
    }
}
