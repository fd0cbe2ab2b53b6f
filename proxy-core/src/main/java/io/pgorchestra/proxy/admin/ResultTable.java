package io.pgorchestra.proxy.admin;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Columns and rows to show. A cell is a {@code String} in a text column, a {@code Long} in any other, and null for SQL
 * NULL.
 */
record ResultTable(List<Column> columns, List<List<@Nullable Object>> rows) {
    ResultTable {
        for (List<@Nullable Object> row : rows) {
            assert row.size() == columns.size() : row + " does not fit " + columns;
        }
    }

    /** A row from its cells, in the order of the columns. Integers are widened. */
    static List<@Nullable Object> row(@Nullable Object... cells) {
        for (int i = 0; i < cells.length; i++) {
            if (cells[i] instanceof Integer number) {
                cells[i] = number.longValue();
            }
        }
        return Arrays.asList(cells);
    }
}
