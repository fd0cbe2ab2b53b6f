package io.pgorchestra.lab.classify;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/** A line of the classifier's corpus, as far as it matters to who runs it. The format is told at its head. */
record CorpusStatement(String verdict, boolean mayRun, int since, boolean standardConformingStrings, String sql) {

    private static final String FOLDER = "/io/pgorchestra/proxy/classify/";

    static List<CorpusStatement> all() {
        return text("corpus.txt")
                .lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(CorpusStatement::parse)
                .toList();
    }

    /** What they are about. */
    static String schema() {
        return text("schema.sql");
    }

    private static String text(String name) {
        try (InputStream resource = CorpusStatement.class.getResourceAsStream(FOLDER + name)) {
            return new String(Objects.requireNonNull(resource, name).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static CorpusStatement parse(String line) {
        int bar = line.indexOf(" |");
        List<String> words = List.of(line.substring(0, bar).split(" "));
        int since = words.stream()
                .filter(word -> word.startsWith("since="))
                .mapToInt(word -> Integer.parseInt(word.substring("since=".length())))
                .findAny()
                .orElse(0);
        String sql = line.substring(Math.min(line.length(), bar + 3)).replace('¶', '\n');
        return new CorpusStatement(
                words.get(0) + " " + words.get(1), !words.contains("norun"), since, !words.contains("off"), sql);
    }
}
