package io.pgorchestra.proxy.catalog;

import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.sql.SqlSettings;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Keeps what is known of one database's functions as new as its catalog, over a connection of its own. Bound to one thread. */
public final class FunctionReader implements AutoCloseable {

    private final SqlSettings settings;
    private final CurrentFunctions functions;
    private @Nullable Connection connection;
    private @Nullable Node node;
    private String mark = "";

    /** @param settings as whom, and to which database */
    public FunctionReader(SqlSettings settings, CurrentFunctions functions) {
        this.settings = settings;
        this.functions = functions;
    }

    /** Asks this node, and reads again if anything has changed. Blocks. Answers what went wrong; empty if all is well. */
    public String update(Node primary) {
        try {
            Connection open = connection(primary);
            String present = FunctionCatalog.mark(open);
            if (!present.equals(mark)) {
                functions.set(FunctionCatalog.load(open));
                mark = present;
            }
            return "";
        } catch (SQLException | RuntimeException e) {
            close();
            return String.valueOf(e.getMessage());
        }
    }

    private Connection connection(Node primary) throws SQLException {
        Connection present = connection;
        if (present != null && primary.equals(node)) {
            return present;
        }
        close();
        Connection opened = settings.connect(primary);
        connection = opened;
        node = primary;
        return opened;
    }

    /** Leaves the database until the next {@link #update}: whoever is connected keeps it from being dropped. */
    @Override
    public void close() {
        Connection old = connection;
        connection = null;
        if (old != null) {
            try {
                old.close();
            } catch (SQLException e) {
                // It was of no more use anyway.
                node = null;
            }
        }
    }
}
