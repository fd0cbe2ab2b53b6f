package io.pgorchestra.proxy.classify;

import java.util.Arrays;

/** The open parentheses around a token, and what each was opened for. Bound to one thread. */
final class Depths {

    /** Postgres would take more, but its parser's stack has a limit too; deeper texts are not looked at. */
    static final int MAX = 256;

    /** What stands in front of a parenthesis, as far as it matters behind the closing one. */
    enum Opened {
        PLAIN,
        /** Behind it an expression may begin: DISTINCT ON (...), OPERATOR(...). */
        BEFORE_EXPRESSION,
        /** AS (...), AS MATERIALIZED (...): perhaps a common table expression. */
        AFTER_AS
    }

    private final Opened[] opened = new Opened[MAX + 1];
    private final boolean[] inWithList = new boolean[MAX + 1];
    private int depth;

    void begin() {
        depth = 0;
        Arrays.fill(inWithList, 0, 1, false);
    }

    int depth() {
        return depth;
    }

    boolean isFull() {
        return depth == MAX;
    }

    void open(Opened why) {
        depth++;
        opened[depth] = why;
        inWithList[depth] = false;
    }

    /** What the parenthesis was opened for that is closed now; one too many is nothing. */
    Opened close() {
        return depth == 0 ? Opened.PLAIN : opened[depth--];
    }

    /** Whether this depth is between WITH and its SELECT. */
    boolean isInWithList() {
        return inWithList[depth];
    }

    void inWithList(boolean value) {
        inWithList[depth] = value;
    }
}
