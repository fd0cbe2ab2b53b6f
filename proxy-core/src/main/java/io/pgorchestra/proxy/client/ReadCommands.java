package io.pgorchestra.proxy.client;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pgorchestra.discovery.Lsn;
import io.pgorchestra.proxy.classify.OwnCommand;
import io.pgorchestra.proxy.standby.Consistency;
import io.pgorchestra.proxy.standby.ReadMode;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The proxy's own commands on the client port. What they do is done here; what they answer, a server says: each becomes SQL whose answer is
 * theirs, so that both protocols, transactions and errors are as everywhere else.
 */
final class ReadCommands {

    /** Timeline and position. */
    private static final Pattern TOKEN = Pattern.compile("(\\d{1,9}):([0-9A-Fa-f]{1,8}/[0-9A-Fa-f]{1,8})");

    /** As new as all that is committed now, by this session or any other. */
    private static final String SHOW_TOKEN = "SELECT ('x' || substr(pg_catalog.pg_walfile_name("
            + "pg_catalog.pg_current_wal_insert_lsn()), 1, 8))::bit(32)::int || ':' ||"
            + " pg_catalog.pg_current_wal_insert_lsn() AS \"orchestra.token\"";

    private ReadCommands() {}

    /** What the command changes for the session. */
    static void carryOut(OwnCommand command, ReadRouting reads) {
        if (command instanceof OwnCommand.Set set) {
            set(set.name(), set.value(), reads);
        } else if (command instanceof OwnCommand.Reset reset) {
            set(reset.name(), "default", reads);
        }
    }

    private static void set(String name, String value, ReadRouting reads) {
        boolean reset = value.equalsIgnoreCase("default");
        switch (name) {
            case "reads" -> reads.mode(reset ? null : ReadMode.valueOf(value.toUpperCase(Locale.ROOT)));
            case "consistency" -> reads.consistency(reset ? null : Consistency.valueOf(value.toUpperCase(Locale.ROOT)));
            default -> {
                Matcher token = TOKEN.matcher(value);
                if (token.matches()) {
                    reads.toldOf(Integer.parseInt(token.group(1)), Lsn.parse(token.group(2)));
                }
            }
        }
    }

    /** @param reads null where there are no standbys to read from */
    static String sql(OwnCommand command, @Nullable ReadRouting reads) {
        if (command instanceof OwnCommand.Set set) {
            return assignment("SET", set.name(), set.value());
        }
        if (command instanceof OwnCommand.Show show) {
            return show(show.name(), reads);
        }
        if (command instanceof OwnCommand.ExplainRoute explain) {
            return reads == null
                    ? rows(Map.of("route", "primary", "reason", "no_cluster"))
                    : rows(reads.explain(text(explain.sql()), explain.sql().getBytes(StandardCharsets.UTF_8).length));
        }
        if (command instanceof OwnCommand.Reset reset) {
            return assignment("SET", reset.name(), "default");
        }
        if (command instanceof OwnCommand.SetLocal local) {
            // Where a transaction runs is decided when it begins.
            return assignment("SET LOCAL", local.name(), local.value());
        }
        return error(((OwnCommand.Wrong) command).message(), "");
    }

    /** What Postgres keeps as a placeholder; read again, it is the same command. */
    private static String assignment(String verb, String name, String value) {
        boolean known = !name.equals("token")
                || value.equals("default")
                || TOKEN.matcher(value).matches();
        // Only letters, digits, ':' and '/' by now.
        return known
                ? verb + " orchestra." + name + " = '" + value + "'"
                : error(
                        "invalid value for parameter \"orchestra.token\": \"" + value + "\"",
                        "Expected TIMELINE:LSN, as SHOW orchestra.token says it.");
    }

    private static ByteBuf text(String sql) {
        return Unpooled.wrappedBuffer(sql.getBytes(StandardCharsets.UTF_8));
    }

    private static String show(String name, @Nullable ReadRouting reads) {
        return switch (name) {
            case "token" -> SHOW_TOKEN;
            case "reads" -> value(reads == null ? ReadMode.PRIMARY : reads.mode(), name);
            default -> value(reads == null ? Consistency.SESSION : reads.consistency(), name);
        };
    }

    private static String value(Enum<?> value, String name) {
        return "SELECT " + literal(value.name().toLowerCase(Locale.ROOT)) + " AS \"orchestra." + name + "\"";
    }

    private static String rows(Map<String, String> properties) {
        return properties.entrySet().stream()
                .map(entry -> "(" + literal(entry.getKey()) + ", " + literal(entry.getValue()) + ")")
                .collect(Collectors.joining(", ", "SELECT * FROM (VALUES ", ") AS route (property, value)"));
    }

    private static String error(String message, String hint) {
        return "DO $orchestra$BEGIN RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = " + literal(message)
                + (hint.isEmpty() ? "" : ", HINT = " + literal(hint)) + "; END$orchestra$";
    }

    /** An escape string, whatever standard_conforming_strings says; a dollar could end the block it stands in. */
    private static String literal(String value) {
        return "E'"
                + value.replace("\\", "\\\\")
                        .replace("'", "''")
                        .replace("$", "\\x24")
                        .replace("\0", "")
                + "'";
    }
}
