package io.pgorchestra.proxy.server;

import io.pgorchestra.protocol.auth.ScramKeys;
import org.jspecify.annotations.Nullable;

/**
 * What a pool can log in to its servers with. Immutable.
 *
 * @param password in clear, from the configuration, the auth_file or a plain login
 * @param md5Secret {@code md5...}: enough for a server that asks for md5
 * @param scramKeys learnt from a client's own SCRAM login: enough for a server that holds the same secret
 */
public record ServerCredentials(
        @Nullable String password,
        @Nullable String md5Secret,
        @Nullable ScramKeys scramKeys) {

    public static final ServerCredentials NONE = new ServerCredentials(null, null, null);

    @Override
    public String toString() {
        return "ServerCredentials[password=" + (password != null) + ", md5=" + (md5Secret != null) + ", scram="
                + (scramKeys != null) + "]";
    }
}
