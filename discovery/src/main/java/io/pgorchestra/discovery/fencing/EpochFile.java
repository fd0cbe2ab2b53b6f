package io.pgorchestra.discovery.fencing;

import io.pgorchestra.discovery.Epoch;
import io.pgorchestra.discovery.Incarnation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * An {@link EpochStore} in a small text file, replaced as a whole: a crash at any moment leaves the old content or the new one. Bound to
 * one thread.
 *
 * <pre>
 * orchestra-epoch=1
 * authority=8589934593
 * system_identifier=7268616322854375442
 * token=42
 * timeline=7
 * crc32c=1b2c3d4e
 * </pre>
 */
public final class EpochFile implements EpochStore {

    private static final String FORMAT = "orchestra-epoch=1";
    private static final String CHECKSUM = "crc32c=";
    private static final int MAX_BYTES = 4_096;

    private final Path file;

    public EpochFile(Path file) {
        this.file = file.toAbsolutePath();
    }

    /** Null if there is no such file. Fails if the file is damaged: guessing here would lead back to an old primary. */
    @Override
    public @Nullable Epoch load() {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw damaged("more than " + MAX_BYTES + " bytes");
            }
            return parse(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the last epoch from " + file + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void save(Epoch epoch) {
        Incarnation incarnation = epoch.incarnation();
        if (incarnation.authority().contains("\n")) {
            throw new IllegalArgumentException("authority: \"" + incarnation.authority() + "\" (expected: one line)");
        }
        String content = String.join(
                "\n",
                FORMAT,
                "authority=" + incarnation.authority(),
                "system_identifier=" + incarnation.systemIdentifier(),
                "token=" + epoch.token(),
                "timeline=" + epoch.timeline(),
                "");
        try {
            replace(content + CHECKSUM + checksum(content) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the last epoch to " + file + ": " + e.getMessage(), e);
        }
    }

    private void replace(String content) throws IOException {
        Path next = file.resolveSibling(file.getFileName() + ".next");
        try (FileChannel channel = FileChannel.open(
                next, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        // The new name is on disk only once the folder is.
        try (FileChannel folder = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
            folder.force(true);
        }
    }

    private Epoch parse(String content) {
        int end = content.lastIndexOf(CHECKSUM);
        if (!content.startsWith(FORMAT + "\n") || end < 0) {
            throw damaged("it does not begin with " + FORMAT + ", or has no " + CHECKSUM);
        }
        String covered = content.substring(0, end);
        if (!content.substring(end).equals(CHECKSUM + checksum(covered) + "\n")) {
            throw damaged("the checksum is wrong");
        }
        Map<String, String> values = new HashMap<>();
        for (String line : List.of(covered.split("\n"))) {
            values.put(line.substring(0, line.indexOf('=')), line.substring(line.indexOf('=') + 1));
        }
        try {
            Incarnation incarnation =
                    new Incarnation(value(values, "authority"), Long.parseLong(value(values, "system_identifier")));
            return new Epoch(
                    incarnation, Long.parseLong(value(values, "token")), Integer.parseInt(value(values, "timeline")));
        } catch (NumberFormatException e) {
            throw damaged(String.valueOf(e.getMessage()));
        }
    }

    private String value(Map<String, String> values, String name) {
        String value = values.get(name);
        if (value == null) {
            throw damaged("no " + name);
        }
        return value;
    }

    private static String checksum(String content) {
        CRC32C crc = new CRC32C();
        crc.update(content.getBytes(StandardCharsets.UTF_8));
        return String.format("%08x", crc.getValue());
    }

    private IllegalStateException damaged(String how) {
        return new IllegalStateException(
                "The file of the last epoch, " + file + ", is damaged: " + how
                        + ". Without it an old primary could be taken for the present one. Delete it only if the authority is known to be right.");
    }
}
