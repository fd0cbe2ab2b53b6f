package io.pgorchestra.lab;

import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A release of the Postgres binaries: major, minor, and the packager's own patch number, as in {@code 18.6.0}. */
public record PostgresVersion(int major, int minor, int patch) implements Comparable<PostgresVersion> {

    private static final Pattern TEXT = Pattern.compile("(\\d{1,4})\\.(\\d{1,4})\\.(\\d{1,4})");
    private static final Comparator<PostgresVersion> OLDEST_FIRST = Comparator.comparingInt(PostgresVersion::major)
            .thenComparingInt(PostgresVersion::minor)
            .thenComparingInt(PostgresVersion::patch);

    public PostgresVersion {
        if (major < 10) {
            throw new IllegalArgumentException("major: " + major + " (expected: >= 10)");
        }
    }

    public static PostgresVersion parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("Postgres version: " + text + " (expected: a version such as 18.6.0)");
        }
        return new PostgresVersion(
                Integer.parseInt(matcher.group(1)),
                Integer.parseInt(matcher.group(2)),
                Integer.parseInt(matcher.group(3)));
    }

    @Override
    public int compareTo(PostgresVersion other) {
        return OLDEST_FIRST.compare(this, other);
    }

    @Override
    public String toString() {
        return major + "." + minor + "." + patch;
    }
}
