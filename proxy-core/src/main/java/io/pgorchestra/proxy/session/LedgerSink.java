package io.pgorchestra.proxy.session;

import org.jspecify.annotations.Nullable;

/** Hears from a {@link ResponseLedger} what the server's frames mean for the proxy itself. */
public interface LedgerSink {

    /** The next thing the client must see is the success of a request that the server never got: PARSE or CLOSE. */
    void synthesize(Reply reply);

    /** A request that carried a note was answered with success. */
    void succeeded(Reply reply, Object note);

    /** A request that carried a note failed, or was skipped after an error before it. Called newest first. */
    void undone(Reply reply, Object note);

    /** The last reply of a swallowed request has come; {@code failed} if the server answered it with an error. */
    void swallowed(Reply reply, @Nullable Object note, boolean failed);
}
