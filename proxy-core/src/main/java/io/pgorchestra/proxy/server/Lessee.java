package io.pgorchestra.proxy.server;

import io.pgorchestra.proxy.net.Outbound;
import io.pgorchestra.proxy.session.ParameterSet;
import io.pgorchestra.proxy.session.Reply;
import io.pgorchestra.proxy.statement.SharedStatement;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The client that holds a server, as the server sees it. Called on the loop of both. */
public interface Lessee {

    /** The number by which the console names it. */
    long id();

    /** Where replies go. */
    Outbound outbound();

    /** The client must see the success of a request that the server never got. */
    void synthesize(Reply reply);

    /** A request of the client's has been answered to its end. */
    void requestAnswered();

    /** No reply must come before the server can be sent more. */
    void allAnswered();

    /** The server owes nothing and is in no transaction; every reply has been passed. */
    void serverQuiet();

    /**
     * What a RESET means to the client: the value that its own login gave this reported parameter. Null if the server's is just that, or not
     * known.
     */
    @Nullable
    String ownOnReset(String parameter);

    /** The server reported new values of session parameters. */
    void parametersReported(ParameterSet reported);

    /** The client's own command, sent together with these, changed how they were read: they mean what its new state says. */
    void statementsMisread(Set<SharedStatement> misread);

    /**
     * The client's own command dropped every prepared statement of the session.
     *
     * @param everything whether it dropped all else that the session had, too
     */
    void statementsDropped(boolean everything);

    /** An injected request of the client's has ended: its session state is in place, or could not be. */
    void stateBrought(boolean failed);

    /** The server can take bytes again. */
    void serverWritable();

    /** Whether its request could still be sent to another server instead, because it only reads and nothing of the answer has been passed. */
    boolean mayGoElsewhere();

    /** From now on it could not. */
    void answerBegins();

    /** The standby cannot do what was asked, and is no longer this client's. */
    void refusedByStandby();

    /** The server's connection is gone. */
    void serverLost(ServerLoss loss);
}
