package io.pgorchestra.lab.cluster;

import io.pgorchestra.lab.LabException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The nodes whose data a folder keeps from an earlier run, and who of them was the primary. */
final class KeptNodes {

    private static final String PREFIX = "pg";

    private final Path folder;

    KeptNodes(Path folder) {
        this.folder = folder;
    }

    /** The name of a node; {@code number} counts from 1. */
    static String name(int number) {
        return PREFIX + number;
    }

    static int number(String name) {
        return Integer.parseInt(name.substring(PREFIX.length()));
    }

    /** Names for so many nodes, the last primary among them. */
    List<String> names(int count) {
        List<String> names = new ArrayList<>(
                IntStream.rangeClosed(1, count).mapToObj(KeptNodes::name).toList());
        String primary = lastPrimary();
        if (!primary.isEmpty() && !names.contains(primary)) {
            names.set(count - 1, primary);
        }
        return names;
    }

    /**
     * Who was the primary: of those that would start as one, that of the newest timeline, since an older one has been replaced by a
     * promotion. Empty if nobody would.
     */
    String lastPrimary() {
        return withData().stream()
                .filter(name -> !files(name).sayStandby())
                .max(Comparator.comparingInt((String name) -> files(name).timeline())
                        .thenComparing(
                                Comparator.comparingInt(KeptNodes::number).reversed()))
                .orElse("");
    }

    boolean isEmpty() {
        return withData().isEmpty();
    }

    private List<String> withData() {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(entry -> entry.getFileName().toString())
                    .filter(name -> name.matches(PREFIX + "[1-9][0-9]?"))
                    .filter(name -> files(name).exist())
                    .toList();
        } catch (IOException e) {
            throw new LabException("Cannot list " + folder + ": " + e.getMessage(), e);
        }
    }

    private NodeFiles files(String name) {
        return new NodeFiles(folder.resolve(name).resolve("data"));
    }
}
