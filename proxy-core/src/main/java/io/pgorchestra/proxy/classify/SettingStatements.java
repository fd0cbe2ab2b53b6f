package io.pgorchestra.proxy.classify;

import io.pgorchestra.proxy.classify.Classification.Kind;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** SET, RESET and SHOW, also of our own parameters. Each method is called behind the statement's first word. Bound to one thread. */
final class SettingStatements {

    private final Lexer lexer;
    private final Draft draft;
    private final TransactionModes modes;

    SettingStatements(Lexer lexer, Draft draft, TransactionModes modes) {
        this.lexer = lexer;
        this.draft = draft;
        this.modes = modes;
    }

    void set() {
        Keyword keyword = next();
        boolean isLocal = keyword == Keyword.LOCAL;
        if (isLocal || keyword == Keyword.SESSION) {
            keyword = next();
        }
        if (keyword == Keyword.SESSION) {
            keyword = next(); // SET SESSION SESSION AUTHORIZATION, SET LOCAL SESSION CHARACTERISTICS.
        }
        if (keyword == Keyword.CHARACTERISTICS) {
            boolean isWhole = next() == Keyword.AS && next() == Keyword.TRANSACTION;
            transactionModes(isWhole, SessionEffect.SET_SESSION, "transaction");
        } else if (keyword == Keyword.TRANSACTION) {
            transactionModes(true, SessionEffect.SET_LOCAL, "transaction");
        } else if (keyword == Keyword.CONSTRAINTS) {
            session(Reason.SET, SessionEffect.SET_LOCAL, "constraints");
        } else if (keyword == Keyword.AUTHORIZATION) {
            role(Reason.SET, "session_authorization", isLocal);
        } else {
            parameter(isLocal);
        }
    }

    private void transactionModes(boolean isWhole, SessionEffect scope, String about) {
        lexer.next();
        boolean isSnapshot = scope == SessionEffect.SET_LOCAL
                && lexer.token() == Token.WORD
                && lexer.string().equals("snapshot");
        if (!isSnapshot) {
            lexer.back();
        }
        if (!isWhole || (!isSnapshot && !modes.read())) {
            other("set");
            return;
        }
        if (!isSnapshot) {
            modes.effects(draft);
        }
        session(Reason.SET, scope, about);
    }

    private void role(Reason reason, String name, boolean isLocal) {
        draft.effect(SessionEffect.SET_ROLE);
        session(reason, isLocal ? SessionEffect.SET_LOCAL : SessionEffect.SET_SESSION, name);
    }

    private void session(Reason reason, SessionEffect effect, String about) {
        draft.effect(effect);
        draft.add(Kind.SESSION, reason, about);
    }

    /** The lexer is at the first word of a name. */
    private void parameter(boolean isLocal) {
        String first = name();
        if (first.isEmpty()) {
            other("set");
            return;
        }
        lexer.next();
        boolean isAssigned = lexer.keyword() == Keyword.TO || isEqualsSign();
        if (isAssigned) {
            lexer.next();
        }
        String own = OwnCommands.ownName(first);
        if (own != null) {
            draft.add(OwnCommands.set(own, isAssigned, isLocal, value(), isLastToken()));
        } else if (isAssigned) {
            assign(first, isLocal);
        } else {
            withoutSign(first, isLocal);
        }
    }

    private void assign(String name, boolean isLocal) {
        boolean isDefault = lexer.keyword() == Keyword.DEFAULT;
        if (isDefault) {
            draft.effect(SessionEffect.RESET);
        }
        Setting.effects(draft, name, isDefault ? "" : value(), isLocal);
        draft.add(Kind.SESSION, Reason.SET, name);
    }

    /** SET ROLE x, SET TIME ZONE x and others that Postgres has a syntax of its own for. */
    private void withoutSign(String word, boolean isLocal) {
        String name = switch (word) {
            case "role" -> "role";
            case "time" -> "timezone";
            case "names" -> "client_encoding";
            case "schema" -> "search_path";
            case "seed" -> "seed";
            case "xml" -> "xmloption";
            default -> lexer.keyword() == Keyword.FROM ? word : "";
        };
        if (name.isEmpty()) {
            other("set");
            return;
        }
        if (word.equals("names") && (isEnd() || lexer.keyword() == Keyword.DEFAULT)) {
            draft.effect(SessionEffect.RESET);
        }
        lexer.back();
        Setting.effects(draft, name, "", isLocal);
        draft.add(Kind.SESSION, Reason.SET, name);
    }

    void reset() {
        Keyword keyword = next();
        if (keyword == Keyword.SESSION) {
            keyword = next();
            if (keyword == Keyword.AUTHORIZATION) {
                draft.effect(SessionEffect.RESET);
                role(Reason.RESET, "session_authorization", false);
            } else {
                other("reset");
            }
            return;
        }
        String name = nameOrPhrase();
        String own = OwnCommands.ownName(name);
        if (name.isEmpty()) {
            other("reset");
        } else if (own != null) {
            draft.add(OwnCommands.reset(own, isNextEnd()));
        } else {
            if (name.equals("role") || name.equals("session_authorization")) {
                draft.effect(SessionEffect.SET_ROLE);
            }
            session(Reason.RESET, SessionEffect.RESET, name);
        }
    }

    void show() {
        next();
        String name = nameOrPhrase();
        String own = OwnCommands.ownName(name);
        if (own != null) {
            draft.add(OwnCommands.show(own, isNextEnd()));
        } else if (Setting.isShownAnywhere(name)) {
            draft.add(Kind.READ, Reason.SHOW_SESSION, "");
        } else {
            draft.add(Kind.WRITE, Reason.SHOW, name);
        }
    }

    /** TIME ZONE and TRANSACTION ISOLATION LEVEL are parameters in several words. */
    private String nameOrPhrase() {
        String name = name();
        return switch (name) {
            case "time" -> "timezone";
            case "transaction" -> "transaction_isolation";
            default -> name;
        };
    }

    /** The name that begins at the lexer's token, in lower case; empty if there is none. */
    private String name() {
        StringBuilder name = new StringBuilder();
        while (lexer.token() == Token.WORD || lexer.token() == Token.QUOTED) {
            name.append(lexer.string().toLowerCase(Locale.ROOT));
            if (lexer.next() != Token.DOT) {
                lexer.back();
                return name.toString();
            }
            name.append('.');
            lexer.next();
        }
        return "";
    }

    /** The lexer is at it. Empty if it is no plain value. */
    private String value() {
        return switch (lexer.token()) {
            case WORD, QUOTED, STRING, NUMBER -> lexer.string();
            case END, PARAMETER, OPERATOR, OPEN, CLOSE, COMMA, DOT, CAST, SEMICOLON, OTHER, BROKEN -> {
                lexer.back();
                yield "";
            }
        };
    }

    private boolean isEqualsSign() {
        return lexer.token() == Token.OPERATOR && lexer.string().equals("=");
    }

    private boolean isLastToken() {
        return isEnd() || isNextEnd();
    }

    private boolean isNextEnd() {
        lexer.next();
        lexer.back();
        return isEnd();
    }

    private boolean isEnd() {
        return lexer.token() == Token.END || lexer.token() == Token.SEMICOLON;
    }

    private @Nullable Keyword next() {
        lexer.next();
        return lexer.keyword();
    }

    private void other(String word) {
        draft.add(Kind.WRITE, Reason.OTHER_STATEMENT, word);
    }
}
