package io.pgorchestra.proxy.classify;

import io.pgorchestra.proxy.classify.Classification.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** A line of corpus.txt: a statement and what it is to be taken for. */
record CorpusCase(
        Kind kind,
        String reason,
        Set<SessionEffect> effects,
        Hint hint,
        boolean standardConformingStrings,
        String sql) {

    static List<CorpusCase> all() {
        try (InputStream resource = CorpusCase.class.getResourceAsStream("corpus.txt")) {
            String text = new String(Objects.requireNonNull(resource).readAllBytes(), StandardCharsets.UTF_8);
            return text.lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(CorpusCase::parse)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static CorpusCase parse(String line) {
        int bar = line.indexOf(" |");
        List<String> words = new ArrayList<>(List.of(line.substring(0, bar).split(" ")));
        Kind kind = Kind.valueOf(words.remove(0));
        String reason = words.remove(0);
        Set<SessionEffect> effects = EnumSet.noneOf(SessionEffect.class);
        Hint hint = Hint.NONE;
        for (String word : words) {
            if (word.startsWith("+")) {
                effects.add(SessionEffect.valueOf(word.substring(1)));
            } else if (word.startsWith("@")) {
                hint = Hint.valueOf(word.substring(1));
            }
        }
        String sql = line.substring(Math.min(line.length(), bar + 3)).replace('¶', '\n');
        return new CorpusCase(kind, reason, effects, hint, !words.contains("off"), sql);
    }

    @Override
    public String toString() {
        return sql;
    }
}
