package io.pgorchestra.proxy.session;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The values of session parameters, by name without regard to case. Immutable, so that "nothing differs" is one comparison of
 * references in the common case.
 */
public final class ParameterSet {

    public static final ParameterSet EMPTY = new ParameterSet(new TreeMap<>(String.CASE_INSENSITIVE_ORDER));

    /** Reported by the server but not for a session to set: facts about the server. */
    private static final Set<String> READ_ONLY =
            Set.of("server_version", "server_encoding", "is_superuser", "in_hot_standby", "integer_datetimes");

    /** On the wire a value ends where a zero byte is. */
    private static final String UNKNOWN = "\0";

    private final TreeMap<String, String> values;

    @SuppressWarnings("NonApiType") // The order without regard to case is the point.
    private ParameterSet(TreeMap<String, String> values) {
        this.values = values;
    }

    public static ParameterSet of(Map<String, String> values) {
        TreeMap<String, String> copy = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        copy.putAll(values);
        return copy.isEmpty() ? EMPTY : new ParameterSet(copy);
    }

    public @Nullable String get(String name) {
        return values.get(name);
    }

    public boolean contains(String name) {
        return values.containsKey(name);
    }

    public boolean isEmpty() {
        return values.isEmpty();
    }

    /** Names in alphabetical order. */
    public Map<String, String> asMap() {
        return Collections.unmodifiableMap(values);
    }

    /** This set if the value is already so, else another one. */
    public ParameterSet with(String name, String value) {
        if (value.equals(values.get(name))) {
            return this;
        }
        TreeMap<String, String> copy = new TreeMap<>(values);
        copy.put(name, value);
        return new ParameterSet(copy);
    }

    /** This set, with the other one's values where both have the name. */
    public ParameterSet withAll(ParameterSet other) {
        ParameterSet all = this;
        for (Map.Entry<String, String> entry : other.values.entrySet()) {
            all = all.with(entry.getKey(), entry.getValue());
        }
        return all;
    }

    /** This set without the names that the other one has. */
    public ParameterSet without(ParameterSet other) {
        TreeMap<String, String> copy = new TreeMap<>(values);
        copy.keySet().removeIf(other::contains);
        return copy.size() == values.size() ? this : of(copy);
    }

    public ParameterSet without(String name) {
        return contains(name) ? without(of(Map.of(name, ""))) : this;
    }

    /** The same names, each with a value that no client can ask for. */
    public ParameterSet ofUnknownValues() {
        if (isEmpty()) {
            return this;
        }
        TreeMap<String, String> copy = new TreeMap<>(values);
        copy.replaceAll((name, value) -> UNKNOWN);
        return new ParameterSet(copy);
    }

    /** Whether a session can set this reported parameter. */
    public static boolean settable(String name) {
        return !READ_ONLY.contains(name);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other || (other instanceof ParameterSet set && values.equals(set.values));
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return values.toString();
    }
}
