package io.pgorchestra.proxy.admin;

import io.pgorchestra.protocol.message.SqlState;
import io.pgorchestra.proxy.admin.ProbeItem.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads the SELECTs that the console answers: PgBouncer's alias for SHOW, and the constants and session facts with which
 * drivers and tools probe a connection.
 */
final class SelectParser {
    private static final int MAX_ITEMS = 100;

    private SelectParser() {}

    static AdminCommand select(TokenCursor cursor) {
        if (cursor.left() == 1 && cursor.atWord()) {
            String word = cursor.takeWord();
            if (isConstant(word)) {
                return new AdminCommand.Probe(List.of(number(word, "?column?")));
            }
            ProbeItem fact = fact(word);
            if (fact != null) {
                return new AdminCommand.Probe(List.of(fact));
            }
            return AdminCommandParser.showOf(cursor, word);
        }
        List<ProbeItem> items = new ArrayList<>();
        do {
            items.add(item(cursor));
        } while (cursor.takeIfMark(',') && items.size() < MAX_ITEMS);
        if (!cursor.atEnd()) {
            throw noSql();
        }
        return new AdminCommand.Probe(items);
    }

    private static ProbeItem item(TokenCursor cursor) {
        ProbeItem item = expression(cursor);
        if (cursor.takeIf("AS")) {
            return named(item, cursor.takeName("a column name"));
        }
        // FROM would be taken for a name: it makes the query one that the console cannot answer.
        if (cursor.atWord() && !cursor.holdsWord("FROM")) {
            return named(item, cursor.takeWord());
        }
        return item;
    }

    private static ProbeItem named(ProbeItem item, String name) {
        return new ProbeItem(new Column(name, item.column().type()), item.source(), item.text());
    }

    private static ProbeItem expression(TokenCursor cursor) {
        if (cursor.atString()) {
            return new ProbeItem(Column.text("?column?"), Source.CONSTANT, cursor.takeName("a string"));
        }
        if (!cursor.atWord()) {
            throw noSql();
        }
        String word = cursor.takeWord();
        if (isConstant(word)) {
            return number(word, "?column?");
        }
        if (!cursor.takeIfMark('(')) {
            ProbeItem fact = fact(word);
            if (fact == null) {
                throw noSql();
            }
            return fact;
        }
        ProbeItem call = call(word, cursor);
        if (!cursor.takeIfMark(')')) {
            throw noSql();
        }
        return call;
    }

    private static boolean isConstant(String word) {
        // Eighteen digits always fit a long.
        return word.matches("-?[0-9]{1,18}");
    }

    private static ProbeItem number(String digits, String name) {
        long value = Long.parseLong(digits);
        Column column = value == (int) value ? Column.int4(name) : Column.int8(name);
        return new ProbeItem(column, Source.CONSTANT, digits);
    }

    /** A word that stands for a value without parentheses, or null. */
    private static @Nullable ProbeItem fact(String word) {
        return switch (word.toLowerCase(Locale.ROOT)) {
            case "null" -> new ProbeItem(Column.text("?column?"), Source.NULL, "");
            case "current_user", "session_user", "user", "current_role" ->
                new ProbeItem(Column.text(word.toLowerCase(Locale.ROOT)), Source.USER, "");
            case "current_catalog" -> new ProbeItem(Column.text("current_catalog"), Source.DATABASE, "");
            case "current_schema" -> new ProbeItem(Column.text("current_schema"), Source.CONSTANT, "public");
            default -> null;
        };
    }

    private static ProbeItem call(String word, TokenCursor cursor) {
        String name = word.toLowerCase(Locale.ROOT).replaceFirst("^pg_catalog\\.", "");
        return switch (name) {
            case "version" -> new ProbeItem(Column.text(name), Source.VERSION, "");
            case "current_database" -> new ProbeItem(Column.text(name), Source.DATABASE, "");
            case "current_schema" -> new ProbeItem(Column.text(name), Source.CONSTANT, "public");
            case "pg_backend_pid" -> new ProbeItem(Column.int4(name), Source.BACKEND_PID, "");
            case "pg_is_in_recovery" -> new ProbeItem(Column.text(name), Source.CONSTANT, "f");
            case "current_setting" -> new ProbeItem(Column.text(name), Source.PARAMETER, cursor.takeName("a name"));
            default -> throw noSql();
        };
    }

    private static AdminException noSql() {
        return new AdminException(
                SqlState.FEATURE_NOT_SUPPORTED,
                "the console does not run SQL",
                "Use SHOW HELP for its commands; for SQL, connect to one of the databases that SHOW DATABASES lists.");
    }
}
