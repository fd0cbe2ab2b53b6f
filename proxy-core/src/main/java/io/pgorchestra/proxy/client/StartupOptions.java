package io.pgorchestra.proxy.client;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The startup parameter {@code options}: command-line switches of a backend, of which those that set a parameter are understood.
 * See <a href="https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNECT-OPTIONS">options</a>.
 */
final class StartupOptions {

    private StartupOptions() {}

    /**
     * {@code -c name=value}, {@code -cname=value} and {@code --name=value}, with backslash before a blank that belongs to a value.
     *
     * @throws IllegalArgumentException for any other switch
     */
    static Map<String, String> parse(String options) {
        Map<String, String> parameters = new LinkedHashMap<>();
        List<String> words = words(options);
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            String assignment;
            if (word.equals("-c") && i + 1 < words.size()) {
                i++;
                assignment = words.get(i);
            } else if (word.startsWith("-c") && word.length() > 2) {
                assignment = word.substring(2);
            } else if (word.startsWith("--") && word.length() > 2) {
                assignment = word.substring(2);
            } else {
                throw unknown(word);
            }
            int equals = assignment.indexOf('=');
            if (equals < 1) {
                throw unknown(word);
            }
            parameters.put(assignment.substring(0, equals).replace('-', '_'), assignment.substring(equals + 1));
        }
        return parameters;
    }

    private static IllegalArgumentException unknown(String word) {
        return new IllegalArgumentException(
                "startup parameter options: " + word + " (expected: -c name=value or --name=value)");
    }

    private static List<String> words(String options) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean escaped = false;
        boolean inWord = false;
        for (int i = 0; i < options.length(); i++) {
            char c = options.charAt(i);
            if (!escaped && c == '\\') {
                escaped = true;
                inWord = true;
            } else if (!escaped && Character.isWhitespace(c)) {
                if (inWord) {
                    words.add(word.toString());
                    word.setLength(0);
                    inWord = false;
                }
            } else {
                word.append(c);
                escaped = false;
                inWord = true;
            }
        }
        if (inWord) {
            words.add(word.toString());
        }
        return words;
    }
}
