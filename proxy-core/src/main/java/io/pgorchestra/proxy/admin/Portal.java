package io.pgorchestra.proxy.admin;

import io.pgorchestra.protocol.message.SqlState;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A bound command: its result formats, and once it has run, its outcome and how far that has been read. */
final class Portal {
    private final AdminCommand command;
    private final String statement;
    private final List<Integer> formats;
    private @Nullable Outcome outcome;
    private int position;

    /** @param resultFormats as in Bind: none, one for all columns, or one for each */
    Portal(AdminCommand command, String statement, List<Integer> resultFormats) {
        this.command = command;
        this.statement = statement;
        formats = formatsFor(command.columns().size(), resultFormats);
    }

    private static List<Integer> formatsFor(int columns, List<Integer> given) {
        for (int format : given) {
            if (format != CellEncoder.TEXT_FORMAT && format != CellEncoder.BINARY_FORMAT) {
                throw new AdminException(SqlState.INVALID_PARAMETER_VALUE, "unsupported format code: " + format);
            }
        }
        if (given.isEmpty()) {
            return Collections.nCopies(columns, CellEncoder.TEXT_FORMAT);
        }
        if (given.size() == 1) {
            return Collections.nCopies(columns, given.get(0));
        }
        if (given.size() != columns) {
            throw new AdminException(
                    SqlState.PROTOCOL_VIOLATION,
                    "bind message has " + given.size() + " result formats but query has " + columns + " columns");
        }
        return given;
    }

    AdminCommand command() {
        return command;
    }

    /** The name of the prepared statement it was bound from. */
    String statement() {
        return statement;
    }

    /** One format for each column. */
    List<Integer> formats() {
        return formats;
    }

    /** The outcome, or null before it has run. */
    @Nullable
    Outcome outcome() {
        return outcome;
    }

    void complete(Outcome outcome) {
        assert this.outcome == null : "a portal runs once";
        this.outcome = outcome;
    }

    /** Up to {@code maxRows} rows that were not yet read, or all of them if it is not positive. */
    List<List<@Nullable Object>> read(ResultTable table, int maxRows) {
        int left = table.rows().size() - position;
        int count = maxRows <= 0 ? left : Math.min(left, maxRows);
        List<List<@Nullable Object>> rows = table.rows().subList(position, position + count);
        position += count;
        return rows;
    }

    boolean isExhausted(ResultTable table) {
        return position == table.rows().size();
    }
}
