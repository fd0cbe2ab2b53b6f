package io.pgorchestra.proxy.admin;

import io.pgorchestra.protocol.message.FrontendMessage;
import io.pgorchestra.protocol.message.SqlState;
import io.pgorchestra.protocol.message.Subject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The prepared statements and portals of one session. The unnamed ones have an empty name. */
final class PreparedCommands {
    // Many times what any driver keeps for the console's few commands.
    private static final int MAX_STATEMENTS = 1_000;
    private static final int MAX_PORTALS = 100;

    private final Map<String, AdminCommand> statements = new HashMap<>();
    private final Map<String, Portal> portals = new HashMap<>();

    /** The one command that a Parse may hold. */
    static AdminCommand commandOf(String query) {
        for (Token token : Token.listOf(query)) {
            if (token.kind() == Token.Kind.WORD && token.text().matches("\\$[0-9]+")) {
                throw new AdminException(
                        SqlState.FEATURE_NOT_SUPPORTED,
                        "the console's commands take no parameters",
                        "Write the value into the command.");
            }
        }
        List<AdminCommand> commands = AdminCommandParser.parse(query);
        if (commands.size() > 1) {
            throw new AdminException(
                    SqlState.SYNTAX_ERROR, "cannot insert multiple commands into a prepared statement");
        }
        return commands.isEmpty() ? new AdminCommand.Empty() : commands.get(0);
    }

    void prepare(String name, AdminCommand command) {
        if (!name.isEmpty() && statements.containsKey(name)) {
            throw new AdminException(
                    SqlState.DUPLICATE_PREPARED_STATEMENT, "prepared statement \"" + name + "\" already exists");
        }
        if (statements.size() >= MAX_STATEMENTS && !statements.containsKey(name)) {
            throw new AdminException(
                    SqlState.PROGRAM_LIMIT_EXCEEDED,
                    "more than " + MAX_STATEMENTS + " prepared statements",
                    "Close or DEALLOCATE some.");
        }
        statements.put(name, command);
    }

    AdminCommand statement(String name) {
        AdminCommand command = statements.get(name);
        if (command == null) {
            throw new AdminException(
                    SqlState.INVALID_SQL_STATEMENT_NAME,
                    name.isEmpty()
                            ? "unnamed prepared statement does not exist"
                            : "prepared statement \"" + name + "\" does not exist");
        }
        return command;
    }

    void bind(FrontendMessage.Bind bind) {
        AdminCommand command = statement(bind.statement());
        if (!bind.parameters().isEmpty()) {
            throw new AdminException(
                    SqlState.PROTOCOL_VIOLATION,
                    "bind message supplies " + bind.parameters().size() + " parameters, but prepared statement \""
                            + bind.statement() + "\" requires 0");
        }
        if (!bind.portal().isEmpty() && portals.containsKey(bind.portal())) {
            throw new AdminException(SqlState.DUPLICATE_CURSOR, "cursor \"" + bind.portal() + "\" already exists");
        }
        if (portals.size() >= MAX_PORTALS && !portals.containsKey(bind.portal())) {
            throw new AdminException(SqlState.PROGRAM_LIMIT_EXCEEDED, "more than " + MAX_PORTALS + " portals");
        }
        portals.put(bind.portal(), new Portal(command, bind.statement(), bind.resultFormats()));
    }

    Portal portal(String name) {
        Portal portal = portals.get(name);
        if (portal == null) {
            throw new AdminException(SqlState.INVALID_CURSOR_NAME, "portal \"" + name + "\" does not exist");
        }
        return portal;
    }

    /** Closes a statement with its portals, or a portal. One that does not exist is no error. */
    void close(Subject subject, String name) {
        switch (subject) {
            case STATEMENT -> {
                statements.remove(name);
                portals.values().removeIf(portal -> portal.statement().equals(name));
            }
            case PORTAL -> portals.remove(name);
        }
    }

    /** DEALLOCATE: of all statements where the name is empty. */
    void deallocate(String name) {
        if (name.isEmpty()) {
            statements.clear();
            return;
        }
        statement(name);
        statements.remove(name);
    }

    /** A simple query ends the unnamed statement and portal. */
    void forgetUnnamed() {
        statements.remove("");
        portals.remove("");
    }

    /** Portals live as long as the transaction. */
    void closePortals() {
        portals.clear();
    }
}
