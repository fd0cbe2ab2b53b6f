package io.pgorchestra.discovery.fencing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgorchestra.discovery.Epoch;
import io.pgorchestra.discovery.Incarnation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EpochFileTest {

    private static final Epoch EPOCH = new Epoch(new Incarnation("8589934593", 7268616322854375442L), 42, 7);

    @TempDir
    Path folder;

    @Test
    void load_ofMissingFile_isNull() {
        assertNull(new EpochFile(folder.resolve("epoch")).load());
    }

    @Test
    void load_afterSave_isTheSame() {
        for (Epoch epoch : List.of(EPOCH, new Epoch(new Incarnation("", 0), 0, 0), EPOCH.withTimeline(8))) {
            new EpochFile(folder.resolve("epoch")).save(epoch);

            assertEquals(epoch, new EpochFile(folder.resolve("epoch")).load());
        }
    }

    @Test
    void save_leavesNothingBesideTheFile() throws IOException {
        new EpochFile(folder.resolve("epoch")).save(EPOCH);

        try (var files = Files.list(folder)) {
            assertEquals(List.of(folder.resolve("epoch")), files.toList());
        }
    }

    @Test
    void load_besideTheRestOfACrashedSave_isTheOldEpoch() throws IOException {
        new EpochFile(folder.resolve("epoch")).save(EPOCH);
        Files.writeString(folder.resolve("epoch.next"), "orchestra-ep");

        assertEquals(EPOCH, new EpochFile(folder.resolve("epoch")).load());
    }

    @Test
    void load_ofFileCutOrChangedAnywhere_refuses() throws IOException {
        Path file = folder.resolve("epoch");
        new EpochFile(file).save(EPOCH);
        byte[] whole = Files.readAllBytes(file);
        for (int i = 0; i < whole.length; i++) {
            Files.write(file, Arrays.copyOf(whole, i));
            assertThrows(IllegalStateException.class, () -> new EpochFile(file).load(), "cut");

            byte[] flipped = whole.clone();
            flipped[i] ^= 1;
            Files.write(file, flipped);
            assertThrows(IllegalStateException.class, () -> new EpochFile(file).load(), "changed");
        }
    }

    @Test
    void load_ofDamagedFile_saysWhichFileAndWhatToDo() throws IOException {
        Path file = folder.resolve("epoch");
        Files.writeString(file, "");

        IllegalStateException failure = assertThrows(IllegalStateException.class, () -> new EpochFile(file).load());

        String text = String.valueOf(failure.getMessage());
        assertTrue(text.contains(file.toString()) && text.contains("Delete it only if"), text);
    }

    @Test
    void save_intoMissingFolder_saysWhichFile() {
        Path file = folder.resolve("none/epoch");

        UncheckedIOException failure = assertThrows(UncheckedIOException.class, () -> new EpochFile(file).save(EPOCH));

        assertTrue(String.valueOf(failure.getMessage()).contains(file.toString()), failure.getMessage());
    }
}
