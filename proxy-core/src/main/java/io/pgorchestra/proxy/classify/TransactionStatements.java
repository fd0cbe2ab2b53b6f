package io.pgorchestra.proxy.classify;

import io.pgorchestra.proxy.classify.Classification.Kind;
import org.jspecify.annotations.Nullable;

/** BEGIN, COMMIT, ROLLBACK, SAVEPOINT and their relatives. Each method is called behind the statement's first word. Bound to one thread. */
final class TransactionStatements {

    private final Lexer lexer;
    private final Draft draft;
    private final TransactionModes modes;

    TransactionStatements(Lexer lexer, Draft draft, TransactionModes modes) {
        this.lexer = lexer;
        this.draft = draft;
        this.modes = modes;
    }

    void begin() {
        lexer.next();
        if (lexer.keyword() != Keyword.WORK && lexer.keyword() != Keyword.TRANSACTION) {
            lexer.back();
        }
        beginWithModes();
    }

    void start() {
        lexer.next();
        if (lexer.keyword() == Keyword.TRANSACTION) {
            beginWithModes();
        } else {
            other("start");
        }
    }

    private void beginWithModes() {
        if (!modes.read()) {
            other("begin");
            return;
        }
        modes.effects(draft);
        if (modes.isSerializable()) {
            draft.add(Kind.WRITE, Reason.SERIALIZABLE, "");
        } else if (modes.isReadWrite()) {
            draft.add(Kind.WRITE, Reason.BEGIN_READ_WRITE, "");
        } else if (modes.isReadOnly()) {
            draft.add(Kind.BEGIN_READ_ONLY, Reason.BEGIN_READ_ONLY, "");
        } else {
            draft.add(Kind.BEGIN, Reason.BEGIN, "");
        }
    }

    /** COMMIT, END, ROLLBACK, ABORT. */
    void end(Reason reason) {
        Keyword keyword = next();
        if (keyword == Keyword.WORK || keyword == Keyword.TRANSACTION) {
            keyword = next();
        }
        if (isEnd()) {
            lexer.back();
            draft.add(Kind.END, reason, "");
        } else if (keyword == Keyword.AND) {
            chain(reason);
        } else if (keyword == Keyword.TO && reason == Reason.ROLLBACK) {
            draft.add(Kind.IN_TRANSACTION, Reason.SAVEPOINT, "");
        } else {
            other(reason.label());
        }
    }

    /** With AND CHAIN another transaction of the same characteristics begins at once. */
    private void chain(Reason reason) {
        Keyword keyword = next();
        if (keyword == Keyword.NO && next() == Keyword.CHAIN) {
            draft.add(Kind.END, reason, "");
        } else if (keyword == Keyword.CHAIN) {
            draft.add(Kind.IN_TRANSACTION, reason, "chain");
        } else {
            other(reason.label());
        }
    }

    /** SAVEPOINT, RELEASE. */
    void savepoint() {
        draft.add(Kind.IN_TRANSACTION, Reason.SAVEPOINT, "");
    }

    private @Nullable Keyword next() {
        lexer.next();
        return lexer.keyword();
    }

    private boolean isEnd() {
        return lexer.token() == Token.END || lexer.token() == Token.SEMICOLON;
    }

    private void other(String word) {
        draft.add(Kind.WRITE, Reason.OTHER_STATEMENT, word);
    }
}
