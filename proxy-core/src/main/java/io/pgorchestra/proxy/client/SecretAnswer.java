package io.pgorchestra.proxy.client;

import io.pgorchestra.protocol.message.BackendMessage.ErrorResponse;
import org.jspecify.annotations.Nullable;

/** What comes of asking the node for a user's secret: one of these, once, on any loop. */
public interface SecretAnswer {

    /** The secret as Postgres keeps it; null if there is no such user, or it has no password that is valid today. */
    void found(@Nullable String secret);

    /** The node would not say. An error that is the client's business, as that its database does not exist, is for it to read. */
    void refused(@Nullable ErrorResponse forClient);
}
