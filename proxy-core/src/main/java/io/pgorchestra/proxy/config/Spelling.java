package io.pgorchestra.proxy.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Guesses what a misspelt key was meant to be. */
final class Spelling {
    /** More slips than this, or than half of the word, and a guess would be a riddle. */
    private static final int MAX_SLIPS = 3;

    private Spelling() {}

    static Optional<String> closest(String word, Collection<String> candidates) {
        int allowed = Math.min(MAX_SLIPS, word.length() / 2);
        return candidates.stream()
                .filter(candidate -> Math.abs(candidate.length() - word.length()) <= allowed)
                .filter(candidate -> slips(word, candidate) <= allowed)
                .min(Comparator.<String>comparingInt(candidate -> slips(word, candidate))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /** The Levenshtein distance. */
    private static int slips(String from, String to) {
        int[] previous = new int[to.length() + 1];
        for (int column = 0; column <= to.length(); column++) {
            previous[column] = column;
        }
        for (int row = 1; row <= from.length(); row++) {
            int[] current = new int[to.length() + 1];
            current[0] = row;
            for (int column = 1; column <= to.length(); column++) {
                int replace = previous[column - 1] + (from.charAt(row - 1) == to.charAt(column - 1) ? 0 : 1);
                current[column] = Math.min(replace, Math.min(previous[column], current[column - 1]) + 1);
            }
            previous = current;
        }
        return previous[to.length()];
    }
}
