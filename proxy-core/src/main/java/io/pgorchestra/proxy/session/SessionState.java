package io.pgorchestra.proxy.session;

import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What one session has set: the parameters that a server reports, and those from a client's startup packet that no server reports.
 * Immutable.
 *
 * @param reported values as the server spells them
 * @param unreported values as the client spelt them
 */
@SuppressWarnings("ReferenceEquality") // The same object is the common case; content is compared next.
public record SessionState(ParameterSet reported, ParameterSet unreported) {

    private static final Set<String> TRUE = Set.of("on", "true", "yes", "1", "t", "y");

    /** By which Postgres reads a statement's text: its bytes, its literals and its names. */
    private static final Set<String> READ_BY = Set.of(
            "client_encoding", "standard_conforming_strings", "DateStyle", "IntervalStyle", "TimeZone", "search_path");

    /** The parameter by which a session's transactions only read unless they say otherwise; reported since Postgres 14. */
    public static final String READ_ONLY_BY_DEFAULT = "default_transaction_read_only";

    public static final SessionState EMPTY = new SessionState(ParameterSet.EMPTY, ParameterSet.EMPTY);

    public SessionState withReported(ParameterSet values) {
        return values == reported ? this : new SessionState(values, unreported);
    }

    /** Whether the text of a statement may mean something else after this reported parameter has changed. */
    public static boolean isReadBy(String name) {
        return READ_BY.contains(name);
    }

    /** All of this state that the meaning of a statement's text depends on. */
    public String parseContext() {
        StringBuilder context = new StringBuilder();
        for (Map.Entry<String, String> entry : reported.asMap().entrySet()) {
            if (isReadBy(entry.getKey())) {
                context.append(entry.getKey())
                        .append('=')
                        .append(entry.getValue())
                        .append('\n');
            }
        }
        // Of the others only their owner knows what they do.
        return unreported.isEmpty()
                ? context.toString()
                : context.append(unreported).toString();
    }

    /** Whether transactions of this session are SERIALIZABLE unless they say otherwise, so far as its startup parameters tell. */
    public boolean serializableByDefault() {
        return "serializable".equalsIgnoreCase(unreported.get("default_transaction_isolation"));
    }

    /** Whether transactions of this session only read unless they say otherwise. */
    public boolean readOnlyByDefault() {
        String value = reported.get(READ_ONLY_BY_DEFAULT);
        if (value == null) {
            value = unreported.get(READ_ONLY_BY_DEFAULT);
        }
        return value != null && TRUE.contains(value.toLowerCase(Locale.ROOT));
    }

    /** This state as a session on a standby has it, which writes nothing even after a promotion. */
    public SessionState readingOnly() {
        return reported.contains(READ_ONLY_BY_DEFAULT)
                ? withReported(reported.with(READ_ONLY_BY_DEFAULT, "on"))
                : new SessionState(reported, unreported.with(READ_ONLY_BY_DEFAULT, "on"));
    }

    /** This state after a standby that serves the session has reported its own: what is the node's, or only a reader's, is left out. */
    public SessionState reportedByStandby(ParameterSet values) {
        ParameterSet merged = reported;
        for (Map.Entry<String, String> entry : values.asMap().entrySet()) {
            String name = entry.getKey();
            if (ParameterSet.settable(name) && !name.equals(READ_ONLY_BY_DEFAULT)) {
                merged = merged.with(name, entry.getValue());
            }
        }
        return withReported(merged);
    }

    /** Whether a server in {@code other} state can serve this session as it is. */
    public boolean matches(SessionState other) {
        if (this == other) {
            return true;
        }
        return unreported.equals(other.unreported) && reportedMatches(other.reported);
    }

    private boolean reportedMatches(ParameterSet other) {
        if (reported == other) {
            return true;
        }
        for (Map.Entry<String, String> entry : reported.asMap().entrySet()) {
            if (ParameterSet.settable(entry.getKey()) && !entry.getValue().equals(other.get(entry.getKey()))) {
                return false;
            }
        }
        return true;
    }

    /**
     * The SQL that brings a session from {@code current} to this state, in one simple query.
     *
     * <p>{@code set_config} and not SET, because a reported value is the setting's raw text, which SET would parse again.
     */
    public String sqlFrom(SessionState current) {
        StringBuilder sql = new StringBuilder();
        for (String name : current.unreported.asMap().keySet()) {
            if (!unreported.contains(name)) {
                sql.append("RESET ").append(quotedName(name)).append(';');
            }
        }
        int start = sql.length();
        appendDifferences(sql, start, unreported, current.unreported);
        appendDifferences(sql, start, reported, current.reported);
        return sql.toString();
    }

    private static void appendDifferences(StringBuilder sql, int start, ParameterSet wanted, ParameterSet current) {
        for (Map.Entry<String, String> entry : wanted.asMap().entrySet()) {
            String name = entry.getKey();
            if (!ParameterSet.settable(name) || entry.getValue().equals(current.get(name))) {
                continue;
            }
            sql.append(sql.length() == start ? "SELECT " : ", ");
            sql.append("pg_catalog.set_config(").append(literal(name)).append(", ");
            sql.append(literal(entry.getValue())).append(", false)");
        }
    }

    /** An escape string: its meaning does not depend on standard_conforming_strings, which may be what is being set. */
    private static String literal(String value) {
        return "E'" + value.replace("\\", "\\\\").replace("'", "''") + "'";
    }

    private static String quotedName(String name) {
        StringBuilder quoted = new StringBuilder();
        for (String part : name.split("\\.", -1)) {
            quoted.append(quoted.isEmpty() ? "\"" : ".\"")
                    .append(part.replace("\"", "\"\""))
                    .append('"');
        }
        return quoted.toString();
    }
}
