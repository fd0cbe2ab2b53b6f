package io.pgorchestra.proxy.classify;

import io.pgorchestra.proxy.classify.Depths.Opened;
import io.pgorchestra.proxy.classify.Keyword.Call;
import org.jspecify.annotations.Nullable;

/**
 * Goes through the tokens of one statement and says whether anything in it keeps it from a standby. Bound to one thread.
 *
 * <p>No grammar: a statement that is a query reads, unless one of these is in it: a word that makes a query write or lock; a call of a function
 * not known to be harmless; a name that the catalog or {@link SystemNames} warns of. A name in front of a parenthesis is a call, but where
 * the token before it says that it must be an alias, a type or a word of the grammar. What is settled stays so, and the rest of the
 * statement is read only for what it leaves behind in the session.
 */
final class StatementReader {

    private final Lexer lexer;
    private final Draft draft;
    private final Depths depths = new Depths();
    private Functions functions;

    private @Nullable Reason settled;
    private String detail = "";
    private boolean isCopy;
    private boolean isCopyToClient;
    private boolean isCursor;
    /** What looks like calls are column lists and options. */
    private boolean hasNoCalls;

    private Token last = Token.END;
    /** Null if the last token was none, or one that stands where it is but a name. */
    private @Nullable Keyword lastKeyword;

    private final QualifiedName called = new QualifiedName();
    /** What is in front of the name that was read last. */
    private Token before = Token.END;

    private @Nullable Keyword beforeKeyword;
    /** Whether the last parenthesis closed was opened behind AS, and whether the last comma stood right behind such a one. */
    private boolean closedAs;

    private boolean commaBehindAs;

    StatementReader(Lexer lexer, Draft draft, Functions functions) {
        this.lexer = lexer;
        this.draft = draft;
        this.functions = functions;
    }

    void functions(Functions newer) {
        functions = newer;
    }

    /** Null if it only reads. */
    @Nullable
    Reason query(Token first) {
        begin(null, "");
        return read(first);
    }

    /** Of a statement that is settled: what it leaves behind is collected. */
    Reason rest(Reason reason, String about) {
        begin(reason, about);
        lastKeyword = lexer.keyword();
        read(lexer.next());
        return reason;
    }

    /** Behind the word DECLARE. */
    Reason cursor() {
        begin(Reason.CURSOR, "");
        isCursor = true;
        read(lexer.next());
        return Reason.CURSOR;
    }

    /** Behind the word COPY; null if it is a copy to the client that only reads. */
    @Nullable
    Reason copy() {
        begin(null, "");
        isCopy = true;
        Token first = lexer.next();
        hasNoCalls = first != Token.OPEN;
        Reason reason = read(first);
        return reason != null || isCopyToClient ? reason : Reason.COPY_FILE;
    }

    /** What the reason is about. */
    String detail() {
        return detail;
    }

    private void begin(@Nullable Reason reason, String about) {
        settled = reason;
        detail = about;
        isCopy = false;
        isCopyToClient = false;
        isCursor = false;
        hasNoCalls = false;
        last = Token.END;
        lastKeyword = null;
        depths.begin();
        closedAs = false;
        commaBehindAs = false;
    }

    private @Nullable Reason read(Token first) {
        Token token = first;
        while (true) {
            switch (token) {
                case END, SEMICOLON, BROKEN -> {
                    lexer.back();
                    return settled;
                }
                case WORD, QUOTED -> name(token);
                case OPEN -> open();
                case CLOSE -> close();
                case COMMA -> {
                    commaBehindAs = last == Token.CLOSE && closedAs;
                    plain(token);
                }
                case OPERATOR -> {
                    operator();
                    plain(token);
                }
                case STRING, NUMBER, PARAMETER, DOT, CAST, OTHER -> plain(token);
            }
            token = lexer.next();
        }
    }

    private void plain(Token token) {
        if (token != Token.DOT || (last != Token.WORD && last != Token.QUOTED)) {
            called.clear();
        }
        last = token;
        lastKeyword = null;
    }

    private void settle(Reason reason, String about) {
        if (settled == null) {
            settled = reason;
            detail = about;
        }
    }

    private void name(Token token) {
        boolean isField = last == Token.DOT;
        if (!isField || called.isEmpty()) {
            called.clear();
            before = last;
            beforeKeyword = lastKeyword;
        }
        called.add(lexer);
        Keyword keyword = isField || isLabel() ? null : lexer.keyword();
        if (keyword != null) {
            keyword(keyword);
        }
        Name name = lexer.name();
        if (name != null) {
            warn(name, isField);
        } else {
            unknown();
        }
        lastKeyword = keyword;
        last = token;
    }

    /** Behind AS any word is a label, a type or an alias; but for those of AS NOT MATERIALIZED. */
    private boolean isLabel() {
        return lastKeyword == Keyword.AS && lexer.keyword() != Keyword.MATERIALIZED && lexer.keyword() != Keyword.NOT;
    }

    @SuppressWarnings("MissingCasesInEnumSwitch") // Few of the many words do something.
    private void keyword(Keyword keyword) {
        switch (keyword) {
            case SELECT, VALUES, TABLE -> depths.inWithList(false);
            case WITH -> {
                if (last == Token.OPEN || last == Token.END) {
                    depths.inWithList(true);
                }
            }
            case FROM -> {
                if (isCopy && depths.depth() == 0) {
                    settle(Reason.COPY_IN, "");
                }
            }
            case STDOUT -> {
                if (isCopy && depths.depth() == 0 && lastKeyword == Keyword.TO) {
                    isCopyToClient = true;
                    hasNoCalls = true;
                }
            }
            case INTO -> settle(Reason.SELECT_INTO, "");
            case INSERT -> settle(Reason.INSERT, "");
            case DELETE -> settle(Reason.DELETE, "");
            case MERGE -> settle(Reason.MERGE, "");
            case UPDATE -> settle(lastKeyword == Keyword.FOR ? Reason.FOR_UPDATE : Reason.UPDATE, "");
            case SHARE, NO, KEY -> {
                if (lastKeyword == Keyword.FOR) {
                    settle(Reason.FOR_UPDATE, "");
                }
            }
            case TEMP, TEMPORARY -> temporary();
            case HOLD -> {
                if (isCursor && lastKeyword == Keyword.WITH) {
                    draft.effect(SessionEffect.HOLD_CURSOR);
                }
            }
            default -> {
                // Says nothing by itself.
            }
        }
    }

    private void temporary() {
        if (lastKeyword == Keyword.INTO
                || lastKeyword == Keyword.CREATE
                || lastKeyword == Keyword.REPLACE
                || lastKeyword == Keyword.LOCAL
                || lastKeyword == Keyword.GLOBAL) {
            draft.effect(SessionEffect.TEMP_TABLE);
        }
    }

    /** What the catalog warns of, in whatever place: a column of the same name is the price of having no grammar. */
    private void warn(Name name, boolean isField) {
        if (settled != null) {
            return;
        }
        if (name.isPrimaryRelation && !lexer.isCallNext()) {
            settle(Reason.PRIMARY_RELATION, name.text);
        } else if (name.isVolatileType) {
            settle(Reason.VOLATILE_TYPE, name.text);
        } else if (name.isVolatileAttribute && isField) {
            settle(Reason.VOLATILE_FUNCTION, "." + name.text);
        }
    }

    private void unknown() {
        if (lexer.isBeyondAscii()) {
            if (!functions.names().isAscii()) {
                settle(Reason.UNICODE_NAME, "");
            }
        } else if (SystemNames.isTemporary(lexer)) {
            draft.effect(SessionEffect.TEMP_TABLE);
            settle(Reason.TEMP_TABLE, lexer.string());
        } else if (settled == null && SystemNames.isStatistics(lexer) && !lexer.isCallNext()) {
            settle(Reason.PRIMARY_RELATION, lexer.string());
        }
    }

    private void operator() {
        if (settled == null && functions.hasOperators()) {
            Name name = lexer.operatorIn(functions.operators());
            if (name != null) {
                settle(Reason.VOLATILE_OPERATOR, name.text);
            }
        }
    }

    private void open() {
        if (last == Token.WORD || last == Token.QUOTED) {
            call();
        } else if (last == Token.CLOSE) {
            // WITH x AS (...) (SELECT ...): the list is over.
            depths.inWithList(false);
        }
        if (depths.isFull()) {
            settle(Reason.TOO_DEEP, "");
        } else {
            depths.open(opened());
        }
        plain(Token.OPEN);
    }

    private Opened opened() {
        if (lastKeyword == Keyword.ON || lastKeyword == Keyword.OPERATOR) {
            return Opened.BEFORE_EXPRESSION;
        }
        return lastKeyword == Keyword.AS || lastKeyword == Keyword.MATERIALIZED ? Opened.AFTER_AS : Opened.PLAIN;
    }

    private void close() {
        Opened opened = depths.close();
        closedAs = opened == Opened.AFTER_AS;
        plain(opened == Opened.BEFORE_EXPRESSION ? Token.OTHER : Token.CLOSE);
    }

    /** A name with a parenthesis behind it. */
    private void call() {
        Name name = called.last();
        if (hasNoCalls) {
            return;
        }
        if (name != null && name.effect != null) {
            draft.effect(name.effect);
        }
        if (settled != null || isWordOfGrammar(name) || isAliasOrType()) {
            return;
        }
        String text = called.text(lexer);
        draft.function(text);
        switch (functionClass(name, text)) {
            case IMMUTABLE, STABLE, HARMLESS -> {
                // Reads.
            }
            case VOLATILE -> settle(Reason.VOLATILE_FUNCTION, text + "(...)");
            case PRIMARY -> settle(Reason.PRIMARY_FUNCTION, text + "(...)");
            case UNKNOWN -> settle(Reason.UNKNOWN_FUNCTION, text + "(...)");
        }
    }

    private FunctionClass functionClass(@Nullable Name name, String text) {
        if (called.isUnreadable()) {
            return FunctionClass.UNKNOWN;
        }
        return name != null && name.function != null && !called.isQualified() ? name.function : functions.classOf(text);
    }

    private boolean isWordOfGrammar(@Nullable Name name) {
        Keyword keyword = lastKeyword;
        return keyword != null
                && (keyword.call() == Call.NEVER
                        || (keyword.call() == Call.SYNTAX && (name == null || name.function == null)));
    }

    /** By the token in front of the name. */
    private boolean isAliasOrType() {
        if (beforeKeyword == Keyword.AS || before == Token.CAST) {
            return true;
        }
        if (called.isQualified()) {
            return false;
        }
        if (before == Token.CLOSE || beforeKeyword == Keyword.ORDINALITY) {
            return true;
        }
        // The name of a common table expression, with its columns.
        return depths.isInWithList()
                && (beforeKeyword == Keyword.WITH
                        || beforeKeyword == Keyword.RECURSIVE
                        || (before == Token.COMMA && commaBehindAs));
    }
}
