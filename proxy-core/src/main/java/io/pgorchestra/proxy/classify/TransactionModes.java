package io.pgorchestra.proxy.classify;

import org.jspecify.annotations.Nullable;

/** Reads {@code ISOLATION LEVEL ...}, {@code READ ONLY} and the like, up to the end of a statement. Bound to one thread. */
final class TransactionModes {

    private final Lexer lexer;
    private boolean isSerializable;
    private boolean isOtherIsolation;
    private boolean isReadOnly;
    private boolean isReadWrite;

    TransactionModes(Lexer lexer) {
        this.lexer = lexer;
    }

    /** Whether all of it was understood. */
    boolean read() {
        isSerializable = false;
        isOtherIsolation = false;
        isReadOnly = false;
        isReadWrite = false;
        while (true) {
            Token token = lexer.next();
            if (token == Token.END || token == Token.SEMICOLON || token == Token.BROKEN) {
                lexer.back();
                return token != Token.BROKEN;
            }
            if (token != Token.COMMA && !mode(lexer.keyword())) {
                return false;
            }
        }
    }

    private boolean mode(@Nullable Keyword keyword) {
        if (keyword == Keyword.ISOLATION) {
            return next() == Keyword.LEVEL && isolation(next());
        }
        if (keyword == Keyword.READ) {
            Keyword access = next();
            isReadOnly |= access == Keyword.ONLY;
            isReadWrite |= access == Keyword.WRITE;
            return access == Keyword.ONLY || access == Keyword.WRITE;
        }
        return keyword == Keyword.DEFERRABLE || (keyword == Keyword.NOT && next() == Keyword.DEFERRABLE);
    }

    private boolean isolation(@Nullable Keyword keyword) {
        if (keyword == Keyword.SERIALIZABLE) {
            isSerializable = true;
            return true;
        }
        isOtherIsolation = true;
        Keyword second = next();
        return (keyword == Keyword.REPEATABLE && second == Keyword.READ)
                || (keyword == Keyword.READ && (second == Keyword.COMMITTED || second == Keyword.UNCOMMITTED));
    }

    private @Nullable Keyword next() {
        lexer.next();
        return lexer.keyword();
    }

    boolean isSerializable() {
        return isSerializable;
    }

    /** The worse one, if both are named. */
    boolean isReadOnly() {
        return isReadOnly && !isReadWrite;
    }

    boolean isReadWrite() {
        return isReadWrite;
    }

    void effects(Draft draft) {
        if (isSerializable) {
            draft.effect(SessionEffect.SET_SERIALIZABLE);
        }
        if (isOtherIsolation) {
            draft.effect(SessionEffect.SET_OTHER_ISOLATION);
        }
        if (isReadOnly()) {
            draft.effect(SessionEffect.SET_READ_ONLY);
        }
        if (isReadWrite) {
            draft.effect(SessionEffect.SET_READ_WRITE);
        }
    }
}
