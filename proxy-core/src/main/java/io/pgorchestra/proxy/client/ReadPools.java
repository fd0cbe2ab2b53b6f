package io.pgorchestra.proxy.client;

import io.pgorchestra.proxy.server.ServerPool;
import io.pgorchestra.proxy.standby.Standby;
import io.pgorchestra.proxy.standby.Standbys;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A pool's servers on each standby, and which of them a read goes to: the less loaded of two chosen at random. Bound to the pool's loop. */
@SuppressWarnings("ReferenceEquality") // The list of standbys is replaced whenever it changes.
public final class ReadPools {

    private final Standbys standbys;
    private final Function<Standby, ServerPool> opener;
    private final SplittableRandom random = new SplittableRandom();
    private List<Standby> known = List.of();
    private List<ReadPool> pools = List.of();

    /** @param opener makes the pool of servers on a standby */
    public ReadPools(Standbys standbys, Function<Standby, ServerPool> opener) {
        this.standbys = standbys;
        this.opener = opener;
    }

    Standbys standbys() {
        return standbys;
    }

    /** The pools that some read has gone to, or could have. */
    public List<ServerPool> servers() {
        return pools.stream().map(ReadPool::servers).toList();
    }

    List<ServerPool> serversOn(Standby standby) {
        return pools.stream()
                .filter(pool -> pool.standby() == standby)
                .map(ReadPool::servers)
                .toList();
    }

    /** One that has replayed so far; null if none that is fit has. */
    @Nullable
    ReadPool choose(long position) {
        refresh();
        int weights = 0;
        for (ReadPool pool : pools) {
            weights += usable(pool, position) ? pool.standby().weight() : 0;
        }
        if (weights == 0) {
            return null;
        }
        ReadPool one = pick(position, random.nextInt(weights));
        ReadPool other = pick(position, random.nextInt(weights));
        if (one == null || other == null) {
            // One of them has become unfit since it was counted.
            return one == null ? other : one;
        }
        return one.load() <= other.load() ? one : other;
    }

    /** Whether any is fit, however far it is. */
    boolean anyFit() {
        refresh();
        return pools.stream().anyMatch(pool -> usable(pool, 0));
    }

    private @Nullable ReadPool pick(long position, int ticket) {
        int left = ticket;
        ReadPool last = null;
        for (ReadPool pool : pools) {
            if (usable(pool, position)) {
                last = pool;
                left -= pool.standby().weight();
                if (left < 0) {
                    return pool;
                }
            }
        }
        return last;
    }

    private static boolean usable(ReadPool pool, long position) {
        Standby standby = pool.standby();
        return standby.weight() > 0 && standby.fit() && standby.covers(position);
    }

    private void refresh() {
        List<Standby> present = standbys.all();
        if (present == known) {
            return;
        }
        List<ReadPool> next = new ArrayList<>();
        for (Standby standby : present) {
            next.add(pools.stream()
                    .filter(pool -> pool.standby() == standby)
                    .findFirst()
                    .orElseGet(() -> new ReadPool(standby, opener.apply(standby))));
        }
        for (ReadPool old : pools) {
            if (!next.contains(old)) {
                old.servers().turnAway();
                old.servers().reconnect();
            }
        }
        known = present;
        pools = next;
    }
}
