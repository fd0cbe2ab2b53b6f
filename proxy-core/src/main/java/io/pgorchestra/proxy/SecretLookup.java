package io.pgorchestra.proxy;

import io.pgorchestra.pool.PoolKey;
import io.pgorchestra.protocol.message.BackendMessage.ErrorResponse;
import io.pgorchestra.protocol.message.ErrorFields;
import io.pgorchestra.protocol.message.SqlState;
import io.pgorchestra.proxy.client.PasswordExchanges;
import io.pgorchestra.proxy.client.SecretAnswer;
import io.pgorchestra.proxy.config.DatabaseConfig;
import io.pgorchestra.proxy.config.ProxyConfig;
import io.pgorchestra.proxy.server.Inquiry;
import io.pgorchestra.proxy.server.ServerCredentials;
import io.pgorchestra.proxy.server.ServerPool;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the node for the secrets of users who are not in the auth_file: PgBouncer's {@code auth_query}. Every login asks anew, so that
 * users made, dropped or given another password meanwhile are seen. For all threads.
 */
final class SecretLookup {

    private static final Logger LOG = LoggerFactory.getLogger(SecretLookup.class);

    /** The columns of an answer, the first of which is the name. */
    private static final int SECRET_COLUMN = 1;

    private final Pools pools;

    SecretLookup(Pools pools) {
        this.pools = pools;
    }

    /** Whether the node is asked about clients of this database. */
    boolean applies(ProxyConfig config, String database) {
        return !config.authUser(database).isEmpty()
                && config.database(database) != null
                && config.database(config.authDbname(database)) != null;
    }

    void ask(ProxyConfig config, String database, String user, SecretAnswer answer) {
        PoolKey key = new PoolKey(config.authDbname(database), config.authUser(database));
        ProxyLoop loop = pools.loopOf(key);
        loop.context().execute(() -> ask(loop, key, config, new Question(config.authQuery(database), user, answer)));
    }

    private void ask(ProxyLoop loop, PoolKey key, ProxyConfig config, Question question) {
        DatabaseConfig asked = config.database(key.database());
        if (asked == null) {
            question.answer.found(null);
            return;
        }
        ServerPool servers = pools.homeOn(loop, key, config).servers();
        ServerCredentials own =
                PasswordExchanges.credentialsOf(config.userList().secret(key.user()));
        servers.credentials(Pools.credentials(asked, config, own));
        new Inquiry(servers, question.sql, List.of(question.user), question).ask();
    }

    /** One user's secret, asked for. */
    private record Question(String sql, String user, SecretAnswer answer) implements Inquiry.Asker {

        @Override
        public void answered(List<@Nullable String> row) {
            answer.found(row.size() > SECRET_COLUMN ? row.get(SECRET_COLUMN) : null);
        }

        @Override
        public void failed(Object cause) {
            if (cause instanceof ErrorResponse error) {
                ErrorFields fields = error.fields();
                LOG.warn("user lookup failed user={} cause=\"{} {}\"", user, fields.sqlState(), fields.message());
                answer.refused(isForClient(fields) ? error : null);
                return;
            }
            LOG.warn("user lookup failed user={} cause=\"{}\"", user, cause);
            answer.refused(null);
        }

        /** What the client would have been told by the node itself. */
        private static boolean isForClient(ErrorFields fields) {
            return fields.is(SqlState.INVALID_CATALOG_NAME)
                    || fields.is(SqlState.CANNOT_CONNECT_NOW)
                    || fields.is(SqlState.TOO_MANY_CONNECTIONS);
        }
    }
}
