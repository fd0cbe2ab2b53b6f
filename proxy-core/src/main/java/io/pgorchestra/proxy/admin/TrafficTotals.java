package io.pgorchestra.proxy.admin;

/**
 * Traffic as PgBouncer measures it: counts, bytes and microseconds since the proxy started.
 *
 * @param bytesReceived bytes that came from clients
 * @param bytesSent bytes that went to clients
 * @param transactionMicros time spent in transactions, including the idle time within them
 * @param queryMicros time spent waiting for servers' answers
 * @param waitMicros time that clients waited for a server
 */
public record TrafficTotals(
        long serverAssignments,
        long transactions,
        long queries,
        long bytesReceived,
        long bytesSent,
        long transactionMicros,
        long queryMicros,
        long waitMicros,
        long clientParses,
        long serverParses,
        long binds,
        long clientLogins) {
    public static final TrafficTotals ZERO = new TrafficTotals(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    public TrafficTotals plus(TrafficTotals other) {
        return new TrafficTotals(
                serverAssignments + other.serverAssignments,
                transactions + other.transactions,
                queries + other.queries,
                bytesReceived + other.bytesReceived,
                bytesSent + other.bytesSent,
                transactionMicros + other.transactionMicros,
                queryMicros + other.queryMicros,
                waitMicros + other.waitMicros,
                clientParses + other.clientParses,
                serverParses + other.serverParses,
                binds + other.binds,
                clientLogins + other.clientLogins);
    }
}
