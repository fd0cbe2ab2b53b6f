package io.pgorchestra.proxy.admin;

import java.util.Collection;
import java.util.Locale;

/** Finds the word that was probably meant. */
final class Spelling {
    private static final int MAX_DISTANCE = 2;
    // Far longer than any word of the console; it bounds the work a client can cause.
    private static final int MAX_LENGTH = 64;

    private Spelling() {}

    /** A hint that names the closest known word, or an empty string if none is close. */
    static String hint(String word, Collection<String> known) {
        if (word.isEmpty() || word.length() > MAX_LENGTH) {
            return "";
        }
        String sought = word.toLowerCase(Locale.ROOT);
        String best = "";
        int bestDistance = MAX_DISTANCE + 1;
        for (String candidate : known) {
            int distance = distance(sought, candidate.toLowerCase(Locale.ROOT));
            // A short word is within two changes of almost anything.
            if (distance < bestDistance && distance * 2 < sought.length()) {
                best = candidate;
                bestDistance = distance;
            }
        }
        return best.isEmpty() ? "" : "Did you mean " + best + "?";
    }

    /** The text, cut to a length fit for an error message. */
    static String shortened(String text) {
        return text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH) + "...";
    }

    /** Levenshtein's distance. */
    private static int distance(String a, String b) {
        int[] previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] current = new int[b.length() + 1];
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substitution = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(substitution, 1 + Math.min(previous[j], current[j - 1]));
            }
            previous = current;
        }
        return previous[b.length()];
    }
}
