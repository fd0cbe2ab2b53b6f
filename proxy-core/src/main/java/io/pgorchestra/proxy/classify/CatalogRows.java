package io.pgorchestra.proxy.classify;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The rows of {@link CatalogQuery#LOAD}, put together into {@link Functions}. Bound to one thread.
 *
 * <p>A view, a table with policies or a type is as good as the worst function behind it, through however many others; which functions
 * these are is read from the trees that the server keeps of them.
 */
public final class CatalogRows {

    /** An object of a catalog. The kinds are those of the rows. */
    private record Key(char kind, long oid) {}

    private record Named(String schema, String name) {}

    private static final char FUNCTION = 'F';
    private static final char OPERATOR = 'O';
    private static final char RELATION = 'R';
    private static final char TYPE = 'T';
    private static final char NEED = 'N';

    private final Functions.Builder builder = new Functions.Builder();
    private final Map<Key, Named> names = new HashMap<>();
    /** Functions that may be called as {@code row.name}. */
    private final Set<Key> ofRows = new HashSet<>();

    /** Who needs it. */
    private final Map<Key, List<Key>> dependents = new HashMap<>();

    private final Set<Key> unfit = new HashSet<>();

    /**
     * One row, its columns in their order.
     *
     * @param schema of a need: the kind of what is needed
     * @param name of a need: the kind of who needs it
     * @param word of a function: its volatility; of a relation: not empty if a standby cannot answer for it
     * @param target of a need or an operator: the object identifier of what is needed
     */
    public void add(String kind, long oid, String schema, String name, String word, long target) {
        switch (kind.charAt(0)) {
            case FUNCTION -> function(oid, schema, name, word);
            case OPERATOR -> need(named(OPERATOR, oid, schema, name), new Key(FUNCTION, target));
            case RELATION -> {
                Key relation = named(RELATION, oid, schema, name);
                if (!word.isEmpty() || SystemNames.isPrimaryRelation(name)) {
                    unfit.add(relation);
                }
            }
            case TYPE -> named(TYPE, oid, schema, name);
            case NEED -> need(new Key(name.charAt(0), oid), new Key(schema.charAt(0), target));
            default -> throw new IllegalArgumentException("kind: " + kind + " (expected: F, O, R, T or N)");
        }
    }

    private Key named(char kind, long oid, String schema, String name) {
        Key key = new Key(kind, oid);
        names.put(key, new Named(schema, name));
        return key;
    }

    private void need(Key who, Key what) {
        dependents.computeIfAbsent(what, any -> new ArrayList<>(1)).add(who);
    }

    /** The word is i, s or v, and r behind it if the function takes a row. */
    private void function(long oid, String schema, String name, String word) {
        FunctionClass catalogued = switch (word.charAt(0)) {
            case 'i' -> FunctionClass.IMMUTABLE;
            case 's' -> FunctionClass.STABLE;
            default -> FunctionClass.VOLATILE;
        };
        Key function = named(FUNCTION, oid, schema, name);
        builder.function(schema, name, catalogued);
        if (!SystemNames.judge(schema, name, catalogued).mayRunOnStandby()) {
            unfit.add(function);
        }
        if (word.endsWith("r")) {
            ofRows.add(function);
        }
    }

    /** All that the rows say. To be called once, behind the last of them. */
    public Functions functions() {
        Deque<Key> spreading = new ArrayDeque<>(unfit);
        while (!spreading.isEmpty()) {
            for (Key dependent : dependents.getOrDefault(spreading.remove(), List.of())) {
                if (unfit.add(dependent)) {
                    spreading.add(dependent);
                }
            }
        }
        unfit.forEach(this::warn);
        return builder.build();
    }

    private void warn(Key key) {
        Named named = names.get(key);
        if (named == null) {
            return;
        }
        boolean isOfSystem = named.schema.equals(SystemNames.CATALOG);
        switch (key.kind) {
            case RELATION -> builder.primaryRelation(named.name);
            case TYPE -> builder.volatileType(named.name);
            case OPERATOR -> {
                if (!isOfSystem) {
                    builder.volatileOperator(named.name);
                }
            }
            case FUNCTION -> {
                // Also one that is none itself, but has a default that calls one.
                builder.function(named.schema, named.name, FunctionClass.VOLATILE);
                if (!isOfSystem && ofRows.contains(key)) {
                    builder.volatileAttribute(named.name);
                }
            }
            default -> throw new IllegalStateException("kind: " + key.kind);
        }
    }
}
