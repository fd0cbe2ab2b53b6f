package io.pgorchestra.bench;

import java.util.Arrays;
import java.util.Locale;
import picocli.CommandLine;

/** What {@code --measure} can name. */
enum Measure {
    THROUGHPUT,
    PREPARED,
    EXTENDED,
    LATENCY,
    CONNECT,
    COPY,
    MEMORY,
    START;

    /** Reads a name in small letters. */
    static final class Converter implements CommandLine.ITypeConverter<Measure> {

        @Override
        public Measure convert(String name) {
            for (Measure measure : values()) {
                if (measure.name().toLowerCase(Locale.ROOT).equals(name)) {
                    return measure;
                }
            }
            String known = Arrays.toString(values()).toLowerCase(Locale.ROOT);
            throw new CommandLine.TypeConversionException(name + " (expected: one of " + known + ")");
        }
    }
}
