package io.pgorchestra.proxy.admin;

import io.pgorchestra.protocol.message.SqlState;
import io.pgorchestra.proxy.admin.AdminCommand.DatabaseVerb;
import io.pgorchestra.proxy.admin.AdminCommand.TransactionVerb;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Reads the text of a console query as commands. Words are known in any case; names keep theirs. */
final class AdminCommandParser {
    // A DBA's commands are short; what is longer is not meant for the console.
    static final int MAX_QUERY_CHARACTERS = 65_536;
    static final int MAX_COMMANDS = 100;

    private static final List<String> VERBS = List.of(
            "SHOW",
            "SET",
            "PAUSE",
            "RESUME",
            "DISABLE",
            "ENABLE",
            "RECONNECT",
            "KILL",
            "KILL_CLIENT",
            "SUSPEND",
            "SWITCHOVER",
            "RELOAD",
            "SHUTDOWN",
            "WAIT_CLOSE",
            "SELECT",
            "BEGIN",
            "COMMIT",
            "ROLLBACK",
            "RESET",
            "DISCARD",
            "DEALLOCATE");

    private AdminCommandParser() {}

    /** The commands of a query, in order; none for a query that is empty or only comments. */
    static List<AdminCommand> parse(String query) {
        if (query.length() > MAX_QUERY_CHARACTERS) {
            throw new AdminException(
                    SqlState.PROGRAM_LIMIT_EXCEEDED,
                    "query of " + query.length() + " characters (the console takes at most " + MAX_QUERY_CHARACTERS
                            + ")");
        }
        List<AdminCommand> commands = new ArrayList<>();
        List<Token> tokens = Token.listOf(query);
        int start = 0;
        for (int at = 0; at <= tokens.size(); at++) {
            if (at < tokens.size() && !tokens.get(at).isMark(';')) {
                continue;
            }
            if (at > start) {
                commands.add(command(new TokenCursor(tokens.subList(start, at))));
            }
            start = at + 1;
            if (commands.size() > MAX_COMMANDS) {
                throw new AdminException(
                        SqlState.PROGRAM_LIMIT_EXCEEDED, "more than " + MAX_COMMANDS + " commands in one query");
            }
        }
        return commands;
    }

    private static AdminCommand command(TokenCursor cursor) {
        String verb = cursor.takeWord().toUpperCase(Locale.ROOT);
        AdminCommand command = switch (verb) {
            case "SHOW" -> show(cursor);
            case "SELECT" -> SelectParser.select(cursor);
            case "SET" -> SetParser.set(cursor);
            case "RESET" -> SetParser.reset(cursor);
            case "PAUSE", "RESUME", "DISABLE", "ENABLE", "RECONNECT", "KILL", "WAIT_CLOSE" ->
                onDatabases(DatabaseVerb.valueOf(verb), cursor);
            case "KILL_CLIENT" -> killClient(cursor);
            case "SUSPEND" -> new AdminCommand.Suspend();
            case "SWITCHOVER" ->
                new AdminCommand.Switchover(cursor.takeIf("TO") ? cursor.takeName("the name of a node") : "");
            case "RELOAD" -> new AdminCommand.Reload();
            case "SHUTDOWN" -> shutdown(cursor);
            case "BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE" ->
                transaction(verb, cursor);
            case "DISCARD" -> discard(cursor);
            case "DEALLOCATE" -> deallocate(cursor);
            default -> throw unknown(verb, cursor);
        };
        cursor.expectEnd();
        return command;
    }

    private static AdminException unknown(String verb, TokenCursor cursor) {
        String hint = Spelling.hint(verb, VERBS);
        return invalid(
                cursor, hint.isEmpty() ? "The console takes the commands that SHOW HELP lists, and no SQL." : hint);
    }

    /** PgBouncer's words for it: scripts look for them. */
    static AdminException invalid(TokenCursor cursor, String hint) {
        return AdminException.syntax(
                "invalid command '" + Spelling.shortened(cursor.source()) + "', use SHOW HELP;", hint);
    }

    private static AdminCommand show(TokenCursor cursor) {
        if (cursor.takeIf("TRANSACTION", "ISOLATION", "LEVEL")) {
            return new AdminCommand.ShowParameter("transaction_isolation");
        }
        if (cursor.takeIf("TIME", "ZONE")) {
            return new AdminCommand.ShowParameter("timezone");
        }
        return showOf(cursor, cursor.takeName("what to show"));
    }

    /** SHOW of a topic or of a session parameter. */
    static AdminCommand showOf(TokenCursor cursor, String word) {
        for (ShowTopic topic : ShowTopic.values()) {
            if (topic.word().equalsIgnoreCase(word)) {
                return new AdminCommand.Show(topic);
            }
        }
        if (SessionParameters.isKnown(word)) {
            return new AdminCommand.ShowParameter(word.toLowerCase(Locale.ROOT));
        }
        List<String> topics = new ArrayList<>();
        for (ShowTopic topic : ShowTopic.values()) {
            topics.add("SHOW " + topic.name());
        }
        String hint = Spelling.hint("SHOW " + word, topics);
        throw invalid(cursor, hint.isEmpty() ? "Settings are in SHOW CONFIG." : hint);
    }

    private static AdminCommand onDatabases(DatabaseVerb verb, TokenCursor cursor) {
        if (cursor.atEnd()) {
            if (verb.needsName()) {
                throw AdminException.syntax("a database is required", verb + " <database>");
            }
            return new AdminCommand.OnDatabases(verb, DatabaseScope.ALL);
        }
        return new AdminCommand.OnDatabases(verb, new DatabaseScope(cursor.takeName("a database")));
    }

    private static AdminCommand killClient(TokenCursor cursor) {
        String id = cursor.takeName("the id of a client");
        try {
            return new AdminCommand.KillClient(Long.parseUnsignedLong(id));
        } catch (NumberFormatException notANumber) {
            throw AdminException.syntax(
                    "invalid client id: " + Spelling.shortened(id), "It is the column id of SHOW CLIENTS.");
        }
    }

    private static AdminCommand shutdown(TokenCursor cursor) {
        if (cursor.atEnd()) {
            return new AdminCommand.Shutdown(ShutdownMode.IMMEDIATE);
        }
        String word = cursor.takeName("a mode");
        for (ShutdownMode mode : List.of(ShutdownMode.WAIT_FOR_SERVERS, ShutdownMode.WAIT_FOR_CLIENTS)) {
            if (mode.name().equalsIgnoreCase(word)) {
                return new AdminCommand.Shutdown(mode);
            }
        }
        throw invalid(cursor, "SHUTDOWN, SHUTDOWN WAIT_FOR_SERVERS or SHUTDOWN WAIT_FOR_CLIENTS");
    }

    /** What follows the verb (isolation level, read only, a savepoint's name) has no meaning here. */
    private static AdminCommand transaction(String verb, TokenCursor cursor) {
        TransactionVerb transaction = switch (verb) {
            case "BEGIN", "START" -> TransactionVerb.BEGIN;
            case "COMMIT", "END" -> TransactionVerb.COMMIT;
            case "SAVEPOINT" -> TransactionVerb.SAVEPOINT;
            case "RELEASE" -> TransactionVerb.RELEASE;
            default -> cursor.holdsWord("TO") ? TransactionVerb.ROLLBACK_TO : TransactionVerb.ROLLBACK;
        };
        if (cursor.holdsWord("PREPARED")) {
            throw new AdminException(SqlState.FEATURE_NOT_SUPPORTED, "the console has no prepared transactions");
        }
        cursor.takeRest();
        return new AdminCommand.Transaction(transaction);
    }

    private static AdminCommand discard(TokenCursor cursor) {
        String what = cursor.takeWord().toUpperCase(Locale.ROOT);
        if (!List.of("ALL", "PLANS", "SEQUENCES", "TEMP", "TEMPORARY").contains(what)) {
            throw invalid(cursor, "DISCARD ALL");
        }
        return what.equals("ALL")
                ? new AdminCommand.Deallocate("", "DISCARD ALL")
                : new AdminCommand.Ignored("DISCARD " + what);
    }

    private static AdminCommand deallocate(TokenCursor cursor) {
        cursor.takeIf("PREPARE");
        if (cursor.takeIf("ALL")) {
            return new AdminCommand.Deallocate("", "DEALLOCATE ALL");
        }
        return new AdminCommand.Deallocate(cursor.takeName("a statement"), "DEALLOCATE");
    }
}
