package io.pgorchestra.proxy.config;

import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How the text of a setting is read and written again.
 *
 * @param expected what a correct text looks like, for error messages
 * @param consoleText the text as PgBouncer's {@code SHOW CONFIG} spells it: seconds without a unit, flags as 1 and 0
 * @param fileText the text as an orchestra.yaml spells it
 * @param unsupported texts that are right elsewhere and refused here, each with what to do about it
 */
record SettingType<T>(
        String expected,
        Parser<T> parser,
        Function<T, String> consoleText,
        Function<T, String> fileText,
        Map<String, String> unsupported) {
    static final String CORRECT_THE_VALUE = "correct the value";

    /** The reading half. */
    @FunctionalInterface
    interface Parser<T> {
        /** The value, or null when the text is none. */
        @Nullable
        T parse(String text);
    }

    @Nullable
    T parse(String text) {
        return parser.parse(text.strip());
    }

    /** What to do about a text that was refused. */
    String adviceOn(String text) {
        return unsupported.getOrDefault(text.strip(), CORRECT_THE_VALUE);
    }

    @SuppressWarnings("unchecked") // Setting pairs each value with the type that made it.
    String consoleTextOf(Object value) {
        return consoleText.apply((T) value);
    }

    @SuppressWarnings("unchecked") // Likewise.
    String fileTextOf(Object value) {
        return fileText.apply((T) value);
    }
}
