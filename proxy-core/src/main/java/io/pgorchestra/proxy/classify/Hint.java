package io.pgorchestra.proxy.classify;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a comment in front of a text asks for: {@code orchestra: primary} or {@code orchestra: standby}, and nothing else in it. */
public enum Hint {
    NONE,
    /** Also when both are asked for. */
    PRIMARY,
    STANDBY;

    /** Longer comments are about something else. */
    private static final int MAX_BYTES = 64;

    private static final Pattern FORM =
            Pattern.compile("\\s*orchestra\\s*:\\s*(primary|standby)\\s*", Pattern.CASE_INSENSITIVE);

    /** Of a comment's inside. */
    static Hint of(byte[] text, int start, int end) {
        if (end - start > MAX_BYTES) {
            return NONE;
        }
        Matcher form = FORM.matcher(new String(text, start, end - start, StandardCharsets.ISO_8859_1));
        return !form.matches() ? NONE : form.group(1).equalsIgnoreCase("primary") ? PRIMARY : STANDBY;
    }

    Hint and(Hint other) {
        return this == PRIMARY || other == NONE ? this : other;
    }
}
