package io.pgorchestra.proxy.classify;

import io.pgorchestra.proxy.classify.Classification.Kind;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads a whole text, statement by statement, by the first word of each. Bound to one thread. */
final class TextReader {

    private final Lexer lexer = new Lexer();
    private final Draft draft = new Draft();
    private final StatementReader statement;
    private final TransactionStatements transactions;
    private final SettingStatements settings;
    private Functions functions;

    TextReader(Functions functions) {
        this.functions = functions;
        statement = new StatementReader(lexer, draft, functions);
        TransactionModes modes = new TransactionModes(lexer);
        transactions = new TransactionStatements(lexer, draft, modes);
        settings = new SettingStatements(lexer, draft, modes);
    }

    void functions(Functions newer) {
        functions = newer;
        statement.functions(newer);
    }

    /**
     * @param text is changed
     * @param end of it; behind are at least {@link Lexer#SENTINEL_BYTES} zero bytes
     */
    Classification read(byte[] text, int end, boolean standardConformingStrings) {
        lexer.begin(text, functions.names(), standardConformingStrings);
        draft.begin();
        while (true) {
            Token token = lexer.next();
            if (token == Token.END) {
                return draft.done(lexer.hint());
            }
            if (token == Token.SEMICOLON) {
                continue;
            }
            if (token != Token.BROKEN) {
                statement(token, end);
                token = skipRest();
            }
            if (token == Token.BROKEN) {
                draft.broken(lexer.trouble());
                return draft.done(lexer.hint());
            }
        }
    }

    private Token skipRest() {
        while (true) {
            Token token = lexer.next();
            if (token == Token.END || token == Token.SEMICOLON || token == Token.BROKEN) {
                return token;
            }
        }
    }

    private void statement(Token first, int end) {
        Keyword keyword = lexer.keyword();
        if (first == Token.OPEN) {
            query(first, Reason.SELECT);
        } else if (keyword == null) {
            other(first == Token.WORD ? lexer.string() : "");
        } else {
            statement(keyword, end);
        }
    }

    @SuppressWarnings("MissingCasesInEnumSwitch") // All other words begin what writes.
    private void statement(Keyword keyword, int end) {
        switch (keyword) {
            case SELECT, WITH -> query(Token.WORD, Reason.SELECT);
            case VALUES -> query(Token.WORD, Reason.VALUES);
            case TABLE -> query(Token.WORD, Reason.TABLE);
            case BEGIN -> transactions.begin();
            case START -> transactions.start();
            case COMMIT, END -> transactions.end(Reason.COMMIT);
            case ROLLBACK, ABORT -> transactions.end(Reason.ROLLBACK);
            case SAVEPOINT, RELEASE -> transactions.savepoint();
            case SET -> settings.set();
            case RESET -> settings.reset();
            case SHOW -> settings.show();
            case EXPLAIN -> explain(end);
            case COPY -> decided(statement.copy(), Reason.COPY_OUT);
            case DECLARE -> write(statement.cursor());
            case PREPARE -> prepare();
            case EXECUTE -> execute();
            case DEALLOCATE -> session(Reason.DEALLOCATE, SessionEffect.DEALLOCATE);
            case LISTEN -> session(Reason.LISTEN, SessionEffect.LISTEN);
            case UNLISTEN -> session(Reason.LISTEN, SessionEffect.UNLISTEN);
            case DISCARD -> session(Reason.DISCARD, SessionEffect.DISCARD);
            case LOAD -> session(Reason.LOAD, SessionEffect.LOAD);
            default -> written(keyword);
        }
    }

    /** The word is told where the reason does not. */
    private void written(Keyword keyword) {
        Reason reason = reasonOf(keyword);
        write(statement.rest(reason, reason == Reason.OTHER_STATEMENT ? keyword.text() : ""));
    }

    @SuppressWarnings("MissingCasesInEnumSwitch") // As above.
    private static Reason reasonOf(Keyword keyword) {
        return switch (keyword) {
            case INSERT -> Reason.INSERT;
            case UPDATE -> Reason.UPDATE;
            case DELETE -> Reason.DELETE;
            case MERGE -> Reason.MERGE;
            case FETCH, MOVE, CLOSE -> Reason.CURSOR;
            case LOCK -> Reason.LOCK;
            case NOTIFY -> Reason.NOTIFY;
            case CALL -> Reason.CALL;
            case DO -> Reason.DO;
            default -> Reason.OTHER_STATEMENT;
        };
    }

    private void query(Token first, Reason read) {
        decided(statement.query(first), read);
    }

    /** @param against null if nothing is */
    private void decided(@Nullable Reason against, Reason read) {
        if (against == null) {
            draft.add(Kind.READ, read, "");
        } else {
            draft.add(Kind.WRITE, against, statement.detail());
        }
    }

    private void write(Reason reason) {
        draft.add(Kind.WRITE, reason, statement.detail());
    }

    private void other(String word) {
        write(statement.rest(Reason.OTHER_STATEMENT, word.toLowerCase(Locale.ROOT)));
    }

    private void session(Reason reason, SessionEffect effect) {
        draft.effect(effect);
        draft.add(Kind.SESSION, reason, "");
    }

    /** What it prepares is run by EXECUTE. */
    private void prepare() {
        lexer.next();
        if (lexer.keyword() == Keyword.TRANSACTION) {
            draft.add(Kind.WRITE, Reason.OTHER_STATEMENT, "prepare transaction");
        } else {
            session(Reason.PREPARE, SessionEffect.PREPARE);
        }
    }

    private void execute() {
        draft.effect(SessionEffect.EXECUTE);
        write(statement.rest(Reason.EXECUTE, ""));
    }

    private void explain(int end) {
        Token token = lexer.next();
        if (lexer.keyword() == Keyword.ROUTE) {
            draft.add(OwnCommands.explainRoute(
                    lexer.slice(lexer.at(), end).strip().replaceFirst("[;\\s]+$", "")));
            lexer.skipTo(end);
            return;
        }
        while (isExplainOption(lexer.keyword())) {
            token = lexer.next();
        }
        if (token == Token.OPEN && !isQueryNext()) {
            skipOptions();
            token = lexer.next();
        }
        explained(token);
    }

    private void explained(Token first) {
        Keyword keyword = lexer.keyword();
        if (isQuery(first, keyword)) {
            query(first, Reason.EXPLAIN);
        } else if (keyword == Keyword.EXECUTE) {
            execute();
        } else if (keyword == Keyword.DECLARE) {
            write(statement.cursor());
        } else if (keyword != null) {
            written(keyword);
        } else {
            lexer.back();
            other("explain");
        }
    }

    private static boolean isExplainOption(@Nullable Keyword keyword) {
        return keyword == Keyword.ANALYZE || keyword == Keyword.ANALYSE || keyword == Keyword.VERBOSE;
    }

    private static boolean isQuery(Token token, @Nullable Keyword keyword) {
        return token == Token.OPEN
                || keyword == Keyword.SELECT
                || keyword == Keyword.WITH
                || keyword == Keyword.VALUES
                || keyword == Keyword.TABLE;
    }

    /** Behind a parenthesis: whether it is one of a query and not of options. */
    private boolean isQueryNext() {
        Token token = lexer.next();
        lexer.back();
        return isQuery(token, lexer.keyword());
    }

    private void skipOptions() {
        int depth = 1;
        while (depth > 0) {
            Token token = lexer.next();
            if (token == Token.OPEN) {
                depth++;
            } else if (token == Token.CLOSE) {
                depth--;
            } else if (token == Token.END || token == Token.SEMICOLON || token == Token.BROKEN) {
                lexer.back();
                return;
            }
        }
    }
}
