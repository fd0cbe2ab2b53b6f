package io.pgorchestra.lab.cluster;

import io.pgorchestra.lab.FileTree;
import io.pgorchestra.lab.LabException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;

/**
 * A copy of a running node, for a standby to begin from: the
 * <a href="https://www.postgresql.org/docs/current/continuous-archiving.html#BACKUP-LOWLEVEL-BASE-BACKUP">low level backup</a> in SQL,
 * since the binaries lack pg_basebackup. The WAL is not in it: the standby streams that.
 */
final class BaseBackup {

    private static final Path CONTROL_FILE = Path.of("global", "pg_control");

    /** What is of the running server alone; as pg_basebackup has it. */
    private static final Set<String> FILES_LEFT_OUT = Set.of(
            "postmaster.pid",
            "postmaster.opts",
            "standby.signal",
            "recovery.signal",
            "backup_label",
            "backup_label.old",
            "tablespace_map",
            "pg_internal.init",
            "current_logfiles");

    /** Of these the folder is wanted, and nothing in it. */
    private static final Set<String> FOLDERS_EMPTIED = Set.of(
            "pg_wal",
            "pg_replslot",
            "pg_dynshmem",
            "pg_notify",
            "pg_serial",
            "pg_snapshots",
            "pg_stat_tmp",
            "pg_subtrans");

    private BaseBackup() {}

    /** Copies the data directory of the server behind the connection to {@code target}, where nothing is yet. */
    static void take(Connection primary, Path source, Path target) throws SQLException, IOException {
        Path unfinished = target.resolveSibling(target.getFileName() + ".unfinished");
        FileTree.delete(unfinished);
        // A backup belongs to its session: should this one end early, the server forgets the backup.
        try (Statement statement = primary.createStatement()) {
            statement.execute("SELECT pg_backup_start('orchestra lab', fast => true)");
            FileTree.copy(source, unfinished, BaseBackup::isWanted);
            // Last, so that it is not older than any page.
            Files.copy(
                    source.resolve(CONTROL_FILE), unfinished.resolve(CONTROL_FILE), StandardCopyOption.COPY_ATTRIBUTES);
            try (ResultSet end = statement.executeQuery(
                    "SELECT labelfile, spcmapfile FROM pg_backup_stop(wait_for_archive => false)")) {
                end.next();
                if (!end.getString("spcmapfile").isEmpty()) {
                    throw new LabException("The primary has tablespaces; the lab cannot clone those.");
                }
                Files.writeString(unfinished.resolve("backup_label"), end.getString("labelfile"));
            }
        }
        Files.createDirectories(unfinished.resolve("pg_wal/archive_status"));
        Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
    }

    private static boolean isWanted(Path relative) {
        String name = relative.getFileName().toString();
        Path parent = relative.getParent();
        boolean isEmptied = parent != null && FOLDERS_EMPTIED.contains(parent.toString());
        return !isEmptied
                && !FILES_LEFT_OUT.contains(name)
                && !name.startsWith("pgsql_tmp")
                && !relative.equals(CONTROL_FILE);
    }
}
