package io.pgorchestra.proxy.classify;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** All that one name may mean: a keyword, functions, a relation, a type, an operator. Immutable once it is in a {@link NameTable}. */
final class Name {

    final String text;
    final byte[] bytes;

    /** Null for most. */
    @Nullable
    Keyword keyword;

    /** Of all functions of that name in any schema; null if there is none. */
    @Nullable
    FunctionClass function;

    /** What a call of it leaves behind; null for nearly all. */
    @Nullable
    SessionEffect effect;

    /** A relation that only the primary may be asked for. */
    boolean isPrimaryRelation;

    /** A type whose input, cast or check calls what may not run on a standby. */
    boolean isVolatileType;

    /** A function of one row that may not run on a standby: {@code row.name} calls it too. */
    boolean isVolatileAttribute;

    Name(String text) {
        this.text = text;
        this.bytes = text.getBytes(StandardCharsets.UTF_8);
    }

    void function(FunctionClass another) {
        FunctionClass known = function;
        function = known == null ? another : known.worse(another);
    }
}
