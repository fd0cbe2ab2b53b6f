package io.pgorchestra.proxy.client;

import io.netty.channel.Channel;
import io.pgorchestra.proxy.failure.Failure;
import io.pgorchestra.proxy.server.ServerCredentials;
import org.jspecify.annotations.Nullable;

/** What a login asks of the proxy: the rules in force, and the way in. For all threads. */
public interface ClientAccess {

    AuthMethod authMethod();

    /** The user's secret from the auth_file: clear, {@code md5...} or {@code SCRAM-SHA-256$...}; null if it has none. */
    @Nullable
    String secretOf(String user);

    /** Whether the node is asked for the secret of a user who has none in the auth_file. */
    boolean looksUp(ClientIdentity identity);

    /** Asks the node. The answer may come on another loop. */
    void lookUp(ClientIdentity identity, SecretAnswer answer);

    /**
     * Whether a user may log in under {@link AuthMethod#TRUST}.
     *
     * @param secret the user's, wherever it is from; null if it has none
     */
    boolean trusts(@Nullable String secret);

    int scramIterations();

    /** PgBouncer's {@code max_client_conn}. */
    int maxClientConnections();

    /** PgBouncer's {@code client_login_timeout}; zero for none. */
    long clientLoginTimeoutNanos();

    ClientRegistry registry();

    /** Whether this client wants the console, where there is always room for an operator. */
    boolean isConsole(ClientIdentity identity);

    /** Why this client may not come in, although it is who it says; null if it may. Takes its place under the limits. */
    @Nullable
    Failure admit(ClientIdentity identity);

    /** Hands an admitted client to its pool. The channel's login handler is still in the pipeline and is to be removed. */
    void enter(ClientIdentity identity, ServerCredentials credentials, Channel channel);
}
