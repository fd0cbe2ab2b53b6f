package io.pgorchestra.proxy.server;

import io.pgorchestra.pool.LeaseHolder;
import io.pgorchestra.pool.RefusalReason;
import io.pgorchestra.pool.Slot;
import io.pgorchestra.pool.Waiter;
import io.pgorchestra.protocol.message.BackendMessage.DataRow;
import io.pgorchestra.protocol.message.BackendMessage.ErrorResponse;
import io.pgorchestra.protocol.message.FrontendMessage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A question of the proxy's own to a node: one statement, of whose answer the first row counts. It leases a server for it, as a client
 * would. Asked once. Bound to the pool's loop.
 */
public final class Inquiry implements LeaseHolder<ServerConnection> {

    /** Told once what came of it. */
    public interface Asker {

        /**
         * The node has answered.
         *
         * @param row the first one's columns; empty if there was none
         */
        void answered(List<@Nullable String> row);

        /**
         * The node has not, or with an error.
         *
         * @param cause an {@link ErrorResponse} of Postgres, or what tells the rest by its {@code toString}
         */
        void failed(Object cause);
    }

    private final ServerPool servers;
    private final String sql;
    private final List<String> parameters;
    private final Asker asker;
    private final Waiter<ServerConnection> waiter = new Waiter<>(this, ServerStartup.SHARED, true, Waiter.POOL_TIMEOUT);

    private @Nullable ServerConnection server;
    private @Nullable List<@Nullable String> firstRow;
    private @Nullable ErrorResponse error;

    /** @param parameters the values of {@code $1}, {@code $2}, ..., their types left to the node */
    public Inquiry(ServerPool servers, String sql, List<String> parameters, Asker asker) {
        this.servers = servers;
        this.sql = sql;
        this.parameters = List.copyOf(parameters);
        this.asker = asker;
    }

    public void ask() {
        Slot<ServerConnection> slot = servers.pool().lease(waiter);
        if (slot != null) {
            granted(slot);
        }
    }

    @Override
    public void granted(Slot<ServerConnection> slot) {
        ServerConnection granted = slot.server();
        server = granted;
        granted.ask(this);
    }

    @Override
    public void refused(RefusalReason reason, @Nullable Object cause) {
        asker.failed(cause == null ? reason : cause);
    }

    List<FrontendMessage> messages() {
        List<byte @Nullable []> values = new ArrayList<>();
        parameters.forEach(value -> values.add(value.getBytes(StandardCharsets.UTF_8)));
        return List.of(
                new FrontendMessage.Parse("", sql, List.of()),
                new FrontendMessage.Bind("", "", List.of(), values, List.of()),
                new FrontendMessage.Execute("", 1),
                new FrontendMessage.Sync());
    }

    // --- what the server tells ---

    void row(DataRow row) {
        if (firstRow == null) {
            List<@Nullable String> texts = new ArrayList<>();
            row.columns().forEach(value -> texts.add(value == null ? null : new String(value, StandardCharsets.UTF_8)));
            firstRow = texts;
        }
    }

    void error(ErrorResponse response) {
        error = response;
    }

    void ended() {
        ServerConnection asked = server;
        server = null;
        if (asked != null) {
            asked.release();
        }
        ErrorResponse failure = error;
        if (failure != null) {
            asker.failed(failure);
        } else {
            asker.answered(firstRow == null ? List.of() : firstRow);
        }
    }

    void lost(ServerLoss.Cause cause) {
        server = null;
        ErrorResponse failure = error;
        asker.failed(failure == null ? cause : failure);
    }
}
