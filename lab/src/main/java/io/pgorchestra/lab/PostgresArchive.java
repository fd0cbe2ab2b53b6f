package io.pgorchestra.lab;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/** A jar that holds one Postgres installation as a {@code .txz}: a tar file packed with xz. */
final class PostgresArchive {

    private static final int OWNER_MAY_EXECUTE = 0100;

    private PostgresArchive() {}

    /** Unpacks the installation into {@code target}, which is made. */
    static void unpack(Path jar, Path target) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            ZipEntry packed = zip.stream()
                    .filter(entry -> entry.getName().endsWith(".txz"))
                    .findFirst()
                    .orElseThrow(() -> new IOException("no .txz inside"));
            try (InputStream bytes = new BufferedInputStream(zip.getInputStream(packed));
                    TarArchiveInputStream tar = new TarArchiveInputStream(new XZInputStream(bytes))) {
                unpack(tar, target);
            }
        }
    }

    private static void unpack(TarArchiveInputStream tar, Path target) throws IOException {
        Files.createDirectories(target);
        for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
            Path path = inside(target, target.resolve(entry.getName()));
            Path parent = path.getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            if (entry.isDirectory()) {
                Files.createDirectories(path);
            } else if (entry.isSymbolicLink()) {
                inside(target, path.resolveSibling(entry.getLinkName()));
                Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
            } else if (entry.isFile()) {
                Files.copy(tar, path);
                boolean executable = (entry.getMode() & OWNER_MAY_EXECUTE) != 0;
                Files.setPosixFilePermissions(
                        path, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
            } else {
                throw new IOException("unexpected kind of entry: " + entry.getName());
            }
        }
    }

    private static Path inside(Path target, Path path) throws IOException {
        if (!path.normalize().startsWith(target.normalize())) {
            throw new IOException("entry leads out of the archive: " + path);
        }
        return path;
    }
}
