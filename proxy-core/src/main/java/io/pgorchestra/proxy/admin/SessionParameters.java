package io.pgorchestra.proxy.admin;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The Postgres parameters that one console session answers for. Only {@code application_name} can be changed; SET of any
 * other is accepted and ignored, because drivers send it without asking.
 */
final class SessionParameters {
    private static final String APPLICATION_NAME = "application_name";
    // What Postgres cuts it to.
    private static final int MAX_APPLICATION_NAME = 63;
    // The version whose features the console's protocol has, so that clients neither look for more nor warn of less.
    private static final String SERVER_VERSION = "14.0";

    private static final Map<String, String> DEFAULTS = defaults();

    private final String user;
    private String applicationName;

    SessionParameters(String user, String applicationName) {
        this.user = user;
        this.applicationName = cut(applicationName);
    }

    static boolean isKnown(String name) {
        return DEFAULTS.containsKey(name);
    }

    /** The value of a parameter, or null for one that is not known. */
    @Nullable
    String value(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case APPLICATION_NAME -> applicationName;
            case "session_authorization" -> user;
            default -> DEFAULTS.get(name);
        };
    }

    /** Sets a known parameter; false if that has no effect. */
    boolean set(String name, String value) {
        if (!name.equalsIgnoreCase(APPLICATION_NAME)) {
            return false;
        }
        applicationName = cut(value);
        return true;
    }

    String applicationName() {
        return applicationName;
    }

    /** The parameters that a server reports after login, spelled as Postgres spells them. */
    Map<String, String> reported() {
        Map<String, String> reported = new LinkedHashMap<>();
        reported.put("server_version", SERVER_VERSION + " (Orchestra console)");
        reported.put("server_encoding", "UTF8");
        reported.put("client_encoding", "UTF8");
        reported.put("application_name", applicationName);
        reported.put("is_superuser", "on");
        reported.put("session_authorization", user);
        reported.put("DateStyle", "ISO, MDY");
        reported.put("IntervalStyle", "postgres");
        reported.put("TimeZone", "GMT");
        reported.put("integer_datetimes", "on");
        reported.put("standard_conforming_strings", "on");
        reported.put("default_transaction_read_only", "off");
        reported.put("in_hot_standby", "off");
        return reported;
    }

    private static Map<String, String> defaults() {
        Map<String, String> defaults = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        defaults.put(APPLICATION_NAME, "");
        defaults.put("bytea_output", "hex");
        defaults.put("client_encoding", "UTF8");
        defaults.put("client_min_messages", "notice");
        defaults.put("datestyle", "ISO, MDY");
        defaults.put("default_transaction_isolation", "read committed");
        defaults.put("default_transaction_read_only", "off");
        defaults.put("extra_float_digits", "1");
        defaults.put("idle_in_transaction_session_timeout", "0");
        defaults.put("in_hot_standby", "off");
        defaults.put("integer_datetimes", "on");
        defaults.put("intervalstyle", "postgres");
        defaults.put("lock_timeout", "0");
        defaults.put("max_identifier_length", "63");
        defaults.put("search_path", "\"$user\", public");
        defaults.put("server_encoding", "UTF8");
        defaults.put("server_version", SERVER_VERSION);
        defaults.put("server_version_num", "140000");
        defaults.put("session_authorization", "");
        defaults.put("standard_conforming_strings", "on");
        defaults.put("statement_timeout", "0");
        defaults.put("timezone", "GMT");
        defaults.put("transaction_isolation", "read committed");
        defaults.put("transaction_read_only", "off");
        return Collections.unmodifiableMap(defaults);
    }

    private static String cut(String applicationName) {
        return applicationName.length() <= MAX_APPLICATION_NAME
                ? applicationName
                : applicationName.substring(0, MAX_APPLICATION_NAME);
    }
}
