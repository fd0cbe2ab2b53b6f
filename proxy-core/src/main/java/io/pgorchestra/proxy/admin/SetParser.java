package io.pgorchestra.proxy.admin;

import java.util.Locale;

/** Reads SET and RESET: of a setting of the proxy, or of a session parameter that a driver insists on. */
final class SetParser {
    private SetParser() {}

    static AdminCommand set(TokenCursor cursor) {
        if (cursor.takeIf("SESSION", "CHARACTERISTICS") || cursor.takeIf("TRANSACTION")) {
            cursor.takeRest();
            return new AdminCommand.Ignored("SET");
        }
        if (!cursor.takeIf("SESSION")) {
            cursor.takeIf("LOCAL");
        }
        if (cursor.takeIf("TIME", "ZONE")) {
            return new AdminCommand.SetParameter("timezone", cursor.takeRest());
        }
        if (cursor.takeIf("NAMES")) {
            return new AdminCommand.SetParameter("client_encoding", cursor.takeRest());
        }
        String key = cursor.takeName("the name of a setting");
        if (!cursor.takeIfMark('=') && !cursor.takeIf("TO")) {
            throw AdminCommandParser.invalid(cursor, "SET key = value");
        }
        if (cursor.atEnd()) {
            throw AdminCommandParser.invalid(cursor, "SET key = value; an empty value is ''.");
        }
        String value = cursor.takeRest();
        return SessionParameters.isKnown(key)
                ? new AdminCommand.SetParameter(key.toLowerCase(Locale.ROOT), value)
                : new AdminCommand.SetSetting(key.toLowerCase(Locale.ROOT), value);
    }

    static AdminCommand reset(TokenCursor cursor) {
        String name = cursor.takeRest();
        if (name.isEmpty()) {
            throw AdminCommandParser.invalid(cursor, "RESET ALL");
        }
        return new AdminCommand.Ignored("RESET");
    }
}
