package io.pgorchestra.proxy.client;

import io.netty.buffer.ByteBuf;
import io.pgorchestra.proxy.server.ServerCredentials;
import org.jspecify.annotations.Nullable;

/** The conversation by which one client proves that it knows its password. */
interface PasswordExchange {

    /** The first message to the client. */
    void begin(ByteBuf out);

    /**
     * A password message has come.
     *
     * @param body of the message with tag 'p'
     * @param out where the next message to the client goes
     */
    Step next(ByteBuf body, ByteBuf out);

    /** What the proxy can log in to servers with, now that the client has proved itself; null if that is nothing. */
    @Nullable
    ServerCredentials credentials();

    /** How far the conversation is. */
    enum Step {
        GO_ON,
        PROVED,
        REFUSED
    }
}
