package io.pgorchestra.bench;

import java.util.Locale;

/** What a figure is counted in. */
enum Unit {
    PER_SECOND("/s", 0),
    MICROSECONDS("\u00b5s", 1),
    MILLISECONDS("ms", 2),
    SECONDS("s", 2),
    KILOBYTES("kB", 1),
    MEGABYTES("MB", 1);

    private final String symbol;
    private final int decimals;

    Unit(String symbol, int decimals) {
        this.symbol = symbol;
        this.decimals = decimals;
    }

    String format(double value) {
        return String.format(Locale.ROOT, "%,." + decimals + "f", value) + " " + symbol;
    }
}
