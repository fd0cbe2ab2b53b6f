package io.pgorchestra.proxy.classify;

import java.util.Locale;
import java.util.Set;

/** What is known of Postgres' parameters, by name in lower case. */
final class Setting {

    /** Reported to the client and brought along by the proxy, so that every server of a session has the same. */
    private static final Set<String> SHOWN_ANYWHERE = Set.of(
            "application_name",
            "client_encoding",
            "datestyle",
            "intervalstyle",
            "standard_conforming_strings",
            "timezone");

    private Setting() {}

    static boolean isShownAnywhere(String name) {
        return SHOWN_ANYWHERE.contains(name);
    }

    /**
     * Notes what a parameter does to the session and its transactions.
     *
     * @param value empty if it is the default, or not known
     */
    static void effects(Draft draft, String name, String value, boolean isLocal) {
        boolean isOfTransaction = name.startsWith("transaction_");
        draft.effect(isLocal || isOfTransaction ? SessionEffect.SET_LOCAL : SessionEffect.SET_SESSION);
        switch (name) {
            case "transaction_read_only", "default_transaction_read_only" -> readOnly(draft, value);
            case "transaction_isolation", "default_transaction_isolation" -> isolation(draft, value);
            case "role", "session_authorization" -> draft.effect(SessionEffect.SET_ROLE);
            default -> {
                // No more than any other.
            }
        }
    }

    private static void isolation(Draft draft, String value) {
        if (!value.isEmpty()) {
            draft.effect(
                    value.equalsIgnoreCase("serializable")
                            ? SessionEffect.SET_SERIALIZABLE
                            : SessionEffect.SET_OTHER_ISOLATION);
        }
    }

    /** Postgres takes any beginning of the words that is not ambiguous. */
    private static void readOnly(Draft draft, String value) {
        String lower = value.toLowerCase(Locale.ROOT);
        if (lower.isEmpty() || lower.equals("o")) {
            return;
        }
        if ("true".startsWith(lower) || "yes".startsWith(lower) || lower.equals("on") || lower.equals("1")) {
            draft.effect(SessionEffect.SET_READ_ONLY);
        } else if ("false".startsWith(lower)
                || "no".startsWith(lower)
                || "off".startsWith(lower)
                || lower.equals("0")) {
            draft.effect(SessionEffect.SET_READ_WRITE);
        }
    }
}
