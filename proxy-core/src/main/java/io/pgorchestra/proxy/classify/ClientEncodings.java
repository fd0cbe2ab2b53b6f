package io.pgorchestra.proxy.classify;

import java.util.Locale;
import java.util.Set;

/** Which client encodings can be read byte by byte. */
public final class ClientEncodings {

    /**
     * In these the second byte of a character may be a quote's or a backslash's, see
     * <a href="https://www.postgresql.org/docs/current/multibyte.html">Character Set Support</a>: all that are for clients only.
     */
    private static final Set<String> UNSAFE = Set.of(
            "sjis",
            "shiftjis",
            "mskanji",
            "win932",
            "windows932",
            "shiftjis2004",
            "big5",
            "win950",
            "windows950",
            "gbk",
            "win936",
            "windows936",
            "gb18030",
            "uhc",
            "win949",
            "windows949",
            "johab");

    private ClientEncodings() {}

    /** Whether every byte below 128 is the ASCII character it looks like, under any spelling of the name that Postgres takes. */
    public static boolean areAsciiSafe(String name) {
        return !UNSAFE.contains(name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", ""));
    }
}
