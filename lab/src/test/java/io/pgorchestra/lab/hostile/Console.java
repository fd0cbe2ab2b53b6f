package io.pgorchestra.lab.hostile;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgorchestra.lab.ProxyUnderTest;
import io.pgorchestra.lab.transparency.WireClient;
import io.pgorchestra.protocol.message.BackendMessage;
import io.pgorchestra.protocol.message.BackendMessage.DataRow;
import io.pgorchestra.protocol.message.BackendMessage.RowDescription;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** The admin console of a proxy under test, asked about the pool of the database and user that every test uses. */
final class Console implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final WireClient client;

    private Console(WireClient client) {
        this.client = client;
    }

    static Console of(ProxyUnderTest proxy) throws IOException {
        return new Console(WireClient.login(proxy.port(), "database", "pgbouncer"));
    }

    /** The pool's row of SHOW POOLS, by column; empty before its first client. */
    Map<String, String> pool() throws IOException {
        RowDescription columns = null;
        for (BackendMessage message : client.query("SHOW POOLS")) {
            if (message instanceof RowDescription description) {
                columns = description;
            } else if (message instanceof DataRow row && columns != null) {
                Map<String, String> pool = byColumn(columns, row);
                if (WireClient.DATABASE.equals(pool.get("database")) && WireClient.USER.equals(pool.get("user"))) {
                    return pool;
                }
            }
        }
        return Map.of();
    }

    private static Map<String, String> byColumn(RowDescription columns, DataRow row) {
        Map<String, String> pool = new LinkedHashMap<>();
        for (int i = 0; i < row.columns().size(); i++) {
            byte[] value = row.columns().get(i);
            pool.put(columns.fields().get(i).name(), value == null ? "" : new String(value, StandardCharsets.UTF_8));
        }
        return pool;
    }

    /** Waits until a column of SHOW POOLS has that value. */
    void awaitPool(String column, String value) throws IOException {
        long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
        Map<String, String> seen = pool();
        while (!value.equals(seen.get(column))) {
            assertTrue(System.nanoTime() < deadlineNanos, column + " is not " + value + " but " + seen);
            LockSupport.parkNanos(2_000_000);
            seen = pool();
        }
    }

    @Override
    public void close() throws IOException {
        client.close();
    }
}
