package io.pgorchestra.discovery;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Positions in the WAL, in bytes, as Postgres writes them: two hexadecimal numbers of 32 bits with a slash between. */
public final class Lsn {

    private static final Pattern TEXT = Pattern.compile("([0-9A-Fa-f]{1,8})/([0-9A-Fa-f]{1,8})");
    private static final int HEXADECIMAL = 16;

    private Lsn() {}

    /** Fails with an {@link IllegalArgumentException} if the text is none. */
    public static long parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("LSN: \"" + text + "\" (expected: as in 0/3000148)");
        }
        return Long.parseLong(matcher.group(1), HEXADECIMAL) << Integer.SIZE
                | Long.parseLong(matcher.group(2), HEXADECIMAL);
    }

    public static String format(long position) {
        return "%X/%X".formatted(position >>> Integer.SIZE, position & 0xffff_ffffL);
    }
}
