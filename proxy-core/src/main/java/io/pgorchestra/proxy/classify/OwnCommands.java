package io.pgorchestra.proxy.classify;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Makes commands of the proxy's own out of what was read, and says what is wrong with those that are none. */
final class OwnCommands {

    private static final String PREFIX = "orchestra.";
    private static final String READS = "reads";
    private static final String CONSISTENCY = "consistency";
    private static final List<String> NAMES = List.of(READS, CONSISTENCY, "token");

    private OwnCommands() {}

    /** The part behind our prefix; null for a parameter of others. */
    static @Nullable String ownName(String name) {
        return name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : null;
    }

    /** @param isWhole whether there was one value and nothing behind it */
    static OwnCommand set(String name, boolean isAssigned, boolean isLocal, String value, boolean isWhole) {
        if (!NAMES.contains(name)) {
            return unknown(name);
        }
        if (!isAssigned || value.isEmpty() || !isWhole) {
            return new OwnCommand.Wrong("SET " + PREFIX + name + " was not understood (expected: SET " + PREFIX + name
                    + " = " + String.join(" | ", values(name)) + ")");
        }
        if (value.equalsIgnoreCase("default")) {
            return new OwnCommand.Reset(name);
        }
        List<String> allowed = values(name);
        boolean isFree = allowed.size() == 1;
        String meant = isFree ? value : value.toLowerCase(Locale.ROOT);
        if (!isFree && !allowed.contains(meant)) {
            return new OwnCommand.Wrong("invalid value for parameter \"" + PREFIX + name + "\": \"" + value
                    + "\" (expected: " + String.join(", ", allowed) + ")");
        }
        return isLocal ? new OwnCommand.SetLocal(name, meant) : new OwnCommand.Set(name, meant);
    }

    static OwnCommand reset(String name, boolean isWhole) {
        return !NAMES.contains(name) ? unknown(name) : isWhole ? new OwnCommand.Reset(name) : behind("RESET", name);
    }

    static OwnCommand show(String name, boolean isWhole) {
        return !NAMES.contains(name) ? unknown(name) : isWhole ? new OwnCommand.Show(name) : behind("SHOW", name);
    }

    static OwnCommand explainRoute(String sql) {
        return sql.isEmpty()
                ? new OwnCommand.Wrong("EXPLAIN ROUTE without a statement (expected: EXPLAIN ROUTE sql)")
                : new OwnCommand.ExplainRoute(sql);
    }

    /** What may be set; a single one in quotes stands for any text. */
    private static List<String> values(String name) {
        return switch (name) {
            case READS -> List.of("primary", "standby", "auto");
            case CONSISTENCY -> List.of("eventual", "session", "primary");
            default -> List.of("'...'");
        };
    }

    private static OwnCommand unknown(String name) {
        return new OwnCommand.Wrong("unrecognized parameter \"" + PREFIX + name + "\" (expected: " + PREFIX
                + String.join(", " + PREFIX, NAMES) + ")");
    }

    private static OwnCommand behind(String verb, String name) {
        return new OwnCommand.Wrong(
                verb + " " + PREFIX + name + " was not understood (expected: nothing behind the name)");
    }
}
