package io.pgorchestra.lab;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** A folder that belongs to one lab or one node at a time: a kept one, or a temporary one that goes with its owner. */
public final class LabFolder implements AutoCloseable {

    private final Path path;
    private final boolean temporary;
    private final FileChannel lock;

    private LabFolder(Path path, boolean temporary, ServerIdentity identity) throws IOException {
        this.path = path;
        this.temporary = temporary;
        identity.openForPassage(path);
        lock = lock(path);
    }

    /** Takes the folder, which is made if it is not there; fails if somebody else has it. Null stands for a temporary one. */
    public static LabFolder take(@Nullable Path kept, String temporaryPrefix) {
        return take(kept, temporaryPrefix, ServerIdentity.find());
    }

    static LabFolder take(@Nullable Path kept, String temporaryPrefix, ServerIdentity identity) {
        try {
            if (kept == null) {
                return new LabFolder(Files.createTempDirectory(temporaryPrefix), true, identity);
            }
            return new LabFolder(Files.createDirectories(kept.toAbsolutePath().normalize()), false, identity);
        } catch (IOException e) {
            throw new LabException("Cannot make the folder " + (kept == null ? "" : kept) + ": " + e.getMessage(), e);
        }
    }

    private static FileChannel lock(Path directory) throws IOException {
        FileChannel channel =
                FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            channel.close();
            throw new LabException(inUse(directory), e);
        }
        channel.close();
        throw new LabException(inUse(directory));
    }

    private static String inUse(Path directory) {
        return directory + " is in use by another node that runs now. Stop that, or choose another folder.";
    }

    public Path path() {
        return path;
    }

    public boolean isTemporary() {
        return temporary;
    }

    /** What is to be deleted should this JVM die; null for nothing. */
    @Nullable
    Path doomed() {
        return temporary ? path : null;
    }

    /** Gives the folder back, and deletes it if it is temporary. */
    @Override
    public void close() {
        try {
            lock.close();
            if (temporary) {
                FileTree.delete(path);
            }
        } catch (IOException e) {
            throw new LabException("Cannot delete " + path + ": " + e.getMessage(), e);
        }
    }
}
