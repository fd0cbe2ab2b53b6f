package io.pgorchestra.lab.transparency;

import io.pgorchestra.protocol.message.WireText;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The words of one line of a {@link Script}, plain or quoted, read one after the other; {@link #rewound} starts over. */
final class Words {

    /** A quoted word is bytes; a plain one, which may hold a quoted part as in {@code options="-c a=b"}, is text. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record Word(String text, byte @Nullable [] quoted) {

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Word word && text.equals(word.text);
        }

        @Override
        public int hashCode() {
            return text.hashCode();
        }
    }

    private final String place;
    private final List<Word> words;
    private int next;

    private Words(String place, List<Word> words) {
        this.place = place;
        this.words = words;
    }

    static Words of(String place, String line) {
        return new Words(place, new Reader(place, line).words());
    }

    /** The same words behind the first one, the verb, not read yet. */
    Words rewound() {
        Words again = new Words(place, words);
        again.next = 1;
        return again;
    }

    boolean hasNext() {
        return next < words.size();
    }

    String next() {
        if (!hasNext()) {
            throw wrong("one more word");
        }
        return words.get(next++).text();
    }

    int nextInt() {
        String word = next();
        try {
            return Integer.parseInt(word);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(place + ": " + word + " (expected: a number)", e);
        }
    }

    /** The bytes of a quoted word, or null for the word null. */
    byte @Nullable [] nextValue() {
        Word word = words.get(next);
        next();
        if (word.quoted() != null) {
            return word.quoted();
        }
        if (word.text().equals("null")) {
            return null;
        }
        throw wrong("a quoted text or null, not " + word.text());
    }

    byte[] nextBytes() {
        return Objects.requireNonNull(nextValue(), place);
    }

    /** Format codes, if the next word is {@code name=0,1,...}; none otherwise. */
    List<Integer> nextFormats(String name) {
        if (!hasNext() || !words.get(next).text().startsWith(name + "=")) {
            return List.of();
        }
        String codes = next().substring(name.length() + 1);
        List<Integer> formats = new ArrayList<>();
        for (String code : codes.split(",", -1)) {
            formats.add(Integer.parseInt(code));
        }
        return formats;
    }

    boolean nextIsValue() {
        return hasNext()
                && (words.get(next).quoted() != null || words.get(next).text().equals("null"));
    }

    IllegalArgumentException wrong(String expected) {
        return new IllegalArgumentException(place + " (expected: " + expected + ")");
    }

    /** Takes a line apart. */
    private static final class Reader {

        private final String place;
        private final String line;
        private int at;

        Reader(String place, String line) {
            this.place = place;
            this.line = line;
        }

        List<Word> words() {
            List<Word> words = new ArrayList<>();
            while (at < line.length()) {
                if (line.charAt(at) == ' ') {
                    at++;
                } else if (line.charAt(at) == '"') {
                    byte[] bytes = repeated(quoted());
                    words.add(new Word(WireText.decode(bytes), bytes));
                } else {
                    words.add(new Word(plain(), null));
                }
            }
            return words;
        }

        private String plain() {
            StringBuilder word = new StringBuilder();
            while (at < line.length() && line.charAt(at) != ' ') {
                if (line.charAt(at) == '"') {
                    word.append(WireText.decode(repeated(quoted())));
                } else {
                    word.append(line.charAt(at));
                    at++;
                }
            }
            return word.toString();
        }

        private byte[] quoted() {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            at++;
            while (at < line.length() && line.charAt(at) != '"') {
                if (line.charAt(at) == '\\') {
                    bytes.write(escaped());
                } else {
                    int codePoint = line.codePointAt(at);
                    bytes.writeBytes(Character.toString(codePoint).getBytes(StandardCharsets.UTF_8));
                    at += Character.charCount(codePoint);
                }
            }
            if (at == line.length()) {
                throw new IllegalArgumentException(place + ": a text without its end (expected: \")");
            }
            at++;
            return bytes.toByteArray();
        }

        private int escaped() {
            char kind = line.charAt(at + 1);
            at += 2;
            return switch (kind) {
                case 'n' -> '\n';
                case 't' -> '\t';
                case '\\', '"' -> kind;
                case 'x' -> {
                    at += 2;
                    yield Integer.parseInt(line.substring(at - 2, at), 16);
                }
                default ->
                    throw new IllegalArgumentException(
                            place + ": \\" + kind + " (expected: \\n, \\t, \\\\, \\\" or \\x00)");
            };
        }

        private byte[] repeated(byte[] once) {
            if (at == line.length() || line.charAt(at) != '*') {
                return once;
            }
            int end = line.indexOf(' ', at);
            int count = Integer.parseInt(line.substring(at + 1, end < 0 ? line.length() : end));
            at = end < 0 ? line.length() : end;
            ByteArrayOutputStream all = new ByteArrayOutputStream(once.length * count);
            for (int i = 0; i < count; i++) {
                all.writeBytes(once);
            }
            return all.toByteArray();
        }
    }
}
