package io.pgorchestra.proxy.classify;

import org.jspecify.annotations.Nullable;

/** A name with dots between its parts, of which the last two count. Bound to one thread; made a text only when asked. */
final class QualifiedName {

    private int parts;
    private @Nullable Name last;
    private int lastStart;
    private int lastEnd;
    private int schemaStart;
    private int schemaEnd;
    private boolean beyondAscii;

    void clear() {
        parts = 0;
        beyondAscii = false;
    }

    boolean isEmpty() {
        return parts == 0;
    }

    boolean isQualified() {
        return parts > 1;
    }

    /** The lexer is at the next part. */
    void add(Lexer lexer) {
        parts++;
        schemaStart = lastStart;
        schemaEnd = lastEnd;
        lastStart = lexer.start();
        lastEnd = lexer.end();
        last = lexer.name();
        beyondAscii |= lexer.isBeyondAscii();
    }

    /** What is known of the last part. */
    @Nullable
    Name last() {
        return last;
    }

    /** Whether its bytes cannot be compared with those of the catalog. */
    boolean isUnreadable() {
        return beyondAscii;
    }

    /** As {@link Functions#classOf} takes it. */
    String text(Lexer lexer) {
        Name known = last;
        String name = known != null ? known.text : lexer.slice(lastStart, lastEnd);
        return parts > 1 ? lexer.slice(schemaStart, schemaEnd) + "." + name : name;
    }
}
