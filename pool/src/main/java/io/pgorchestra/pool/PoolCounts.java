package io.pgorchestra.pool;

import java.util.Collection;

/**
 * A pool at one moment, as {@code SHOW POOLS} lists it.
 *
 * @param waiting {@code cl_waiting}: clients in the queue
 * @param active {@code sv_active}: servers leased
 * @param idle {@code sv_idle}: servers ready for a client
 * @param tested {@code sv_tested}: servers running their reset or check query
 * @param login {@code sv_login}: servers being opened
 * @param maxWaitNanos {@code maxwait}: how long the first client in the queue has waited
 */
public record PoolCounts(int waiting, int active, int idle, int tested, int login, long maxWaitNanos) {

    /** Several pools as one. */
    public static PoolCounts sum(Collection<PoolCounts> pools) {
        return new PoolCounts(
                pools.stream().mapToInt(PoolCounts::waiting).sum(),
                pools.stream().mapToInt(PoolCounts::active).sum(),
                pools.stream().mapToInt(PoolCounts::idle).sum(),
                pools.stream().mapToInt(PoolCounts::tested).sum(),
                pools.stream().mapToInt(PoolCounts::login).sum(),
                pools.stream().mapToLong(PoolCounts::maxWaitNanos).max().orElse(0));
    }

    /** Servers in any state: what {@code pool_size} limits. */
    public int servers() {
        return active + idle + tested + login;
    }
}
