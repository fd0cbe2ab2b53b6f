package io.pgorchestra.proxy.catalog;

import io.pgorchestra.proxy.classify.CatalogQuery;
import io.pgorchestra.proxy.classify.CatalogRows;
import io.pgorchestra.proxy.classify.Functions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Reads what one database's catalog says of functions, and when that has changed. Any role may, on the primary or a standby. For all threads,
 * each with its own connection.
 *
 * <p>Whoever keeps the answer takes the mark before it loads: a change between the two is then seen at the next look.
 */
public final class FunctionCatalog {

    private FunctionCatalog() {}

    /** Changes whenever {@link #load} might have another answer, and sometimes when it has not. */
    public static String mark(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(CatalogQuery.MARK)) {
            row.next();
            return row.getString(1);
        }
    }

    /** Some thousand rows, in some tens of milliseconds. */
    public static Functions load(Connection connection) throws SQLException {
        CatalogRows rows = new CatalogRows();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(CatalogQuery.LOAD)) {
            while (row.next()) {
                rows.add(
                        row.getString("kind"),
                        row.getLong("oid"),
                        row.getString("schema"),
                        row.getString("name"),
                        row.getString("word"),
                        row.getLong("target"));
            }
        }
        return rows.functions();
    }
}
