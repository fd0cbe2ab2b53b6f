package io.pgorchestra.proxy.server;

/**
 * What went through one pool since the start: the numbers of {@code SHOW STATS}. Bound to the pool's loop; others ask for a
 * {@link Totals snapshot} there. Times in nanoseconds.
 */
public final class Traffic {

    /** A moment's totals. */
    public record Totals(
            long assignments,
            long transactions,
            long queries,
            long receivedBytes,
            long sentBytes,
            long transactionNanos,
            long queryNanos,
            long waitNanos,
            long clientParses,
            long serverParses,
            long binds,
            long logins) {}

    private long transactions;
    private long queries;
    private long receivedBytes;
    private long sentBytes;
    private long transactionNanos;
    private long queryNanos;
    private long clientParses;
    private long serverParses;
    private long binds;
    private long logins;

    /** Bytes from clients: PgBouncer's {@code total_received}. */
    public void receivedFromClient(int bytes) {
        receivedBytes += bytes;
    }

    /** Bytes from servers on their way to clients: PgBouncer's {@code total_sent}. */
    public void receivedFromServer(int bytes) {
        sentBytes += bytes;
    }

    public void queryDone(long nanos) {
        queries++;
        queryNanos += nanos;
    }

    public void transactionDone(long nanos) {
        transactions++;
        transactionNanos += nanos;
    }

    public void clientParse() {
        clientParses++;
    }

    public void serverParse() {
        serverParses++;
    }

    public void bind() {
        binds++;
    }

    public void login() {
        logins++;
    }

    Totals totals(long assignments, long waitNanos) {
        return new Totals(
                assignments,
                transactions,
                queries,
                receivedBytes,
                sentBytes,
                transactionNanos,
                queryNanos,
                waitNanos,
                clientParses,
                serverParses,
                binds,
                logins);
    }
}
