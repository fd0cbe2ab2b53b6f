package io.pgorchestra.proxy.classify;

import java.util.HashMap;
import java.util.Map;

/**
 * What one database's catalog says about names: functions, and relations, types and operators behind which there are functions. Immutable,
 * as of one moment; for all threads.
 *
 * <p>A name without a schema means the worst of that name in all schemas, since the search path is not known here.
 */
public final class Functions {

    private static final Functions BUILT_IN = new Builder().builtIn().build();

    private final NameTable names;
    private final NameTable operators;
    private final Map<String, FunctionClass> qualified;
    private final boolean hasOperators;

    private Functions(Builder builder) {
        for (Keyword keyword : Keyword.values()) {
            builder.name(keyword.text()).keyword = keyword;
        }
        names = new NameTable(builder.names.values());
        operators = new NameTable(builder.operators.values());
        hasOperators = !builder.operators.isEmpty();
        qualified = Map.copyOf(builder.qualified);
    }

    /** What every Postgres has, for the time before the catalog has been read. */
    public static Functions builtIn() {
        return BUILT_IN;
    }

    /** Of a name as {@link Classification#functions} gives it. */
    public FunctionClass classOf(String name) {
        FunctionClass known = qualified.get(name);
        return known == null
                ? SystemNames.judge("", name.substring(name.lastIndexOf('.') + 1), FunctionClass.UNKNOWN)
                : known;
    }

    NameTable names() {
        return names;
    }

    /** Those that call what may not run on a standby. */
    NameTable operators() {
        return operators;
    }

    boolean hasOperators() {
        return hasOperators;
    }

    /** Collects them, in any order. Bound to one thread. */
    public static final class Builder {

        private final Map<String, Name> names = new HashMap<>();
        private final Map<String, Name> operators = new HashMap<>();
        private final Map<String, FunctionClass> qualified = new HashMap<>();

        public Builder() {
            SystemNames.PRIMARY_FUNCTIONS.forEach(name -> function(SystemNames.CATALOG, name, FunctionClass.PRIMARY));
            SystemNames.HARMLESS_FUNCTIONS.forEach(name -> function(SystemNames.CATALOG, name, FunctionClass.HARMLESS));
            SystemNames.PRIMARY_RELATIONS.forEach(this::primaryRelation);
            SystemNames.EFFECTS.forEach((name, effect) -> name(name).effect = effect);
        }

        /** What is known without a catalog. */
        Builder builtIn() {
            BuiltInFunctions.IMMUTABLE_OR_STABLE.forEach(
                    name -> function(SystemNames.CATALOG, name, FunctionClass.STABLE));
            return this;
        }

        /** One function, or all overloads of one name together, with what the catalog says of them. */
        public Builder function(String schema, String name, FunctionClass catalogued) {
            FunctionClass judged = SystemNames.judge(schema, name, catalogued);
            name(name).function(judged);
            qualified.merge(name, judged, FunctionClass::worse);
            qualified.merge(schema + "." + name, judged, FunctionClass::worse);
            return this;
        }

        /** A function of one row that may not run on a standby. */
        public Builder volatileAttribute(String name) {
            name(name).isVolatileAttribute = true;
            return this;
        }

        /** A relation, in whatever schema, that a standby cannot answer for. */
        public Builder primaryRelation(String name) {
            name(name).isPrimaryRelation = true;
            return this;
        }

        /** A type whose input, cast or check calls what may not run on a standby. */
        public Builder volatileType(String name) {
            name(name).isVolatileType = true;
            return this;
        }

        public Builder volatileOperator(String name) {
            operators.computeIfAbsent(name, Name::new);
            if (name.equals("<>")) {
                operators.computeIfAbsent("!=", Name::new); // The scanner takes one for the other.
            }
            return this;
        }

        public Functions build() {
            return new Functions(this);
        }

        private Name name(String text) {
            return names.computeIfAbsent(text, Name::new);
        }
    }
}
