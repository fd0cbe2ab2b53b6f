package io.pgorchestra.protocol.message;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Equality by content for lists of byte arrays, some of which may be null (the wire's SQL NULL). */
final class ByteArrays {
    private ByteArrays() {}

    /** An unmodifiable copy; unlike {@link List#copyOf} it takes nulls. */
    static List<byte @Nullable []> copyOf(List<byte @Nullable []> values) {
        return Collections.unmodifiableList(new ArrayList<>(values));
    }

    static boolean equal(List<byte @Nullable []> left, List<byte @Nullable []> right) {
        return Arrays.deepEquals(left.toArray(), right.toArray());
    }

    static int hash(List<byte @Nullable []> values) {
        return Arrays.deepHashCode(values.toArray());
    }
}
