package io.pgorchestra.pool;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** All slots of one pool by place, and how many are in which state. A place is used again once its slot is closed. */
@SuppressWarnings("EnumOrdinal") // an array by state, for the hot path; the numbers go nowhere else
final class SlotTable<S> {

    private final List<@Nullable Slot<S>> places = new ArrayList<>();
    private final int[] counts = new int[SlotState.values().length];
    private int size;
    private int lastId;

    int size() {
        return size;
    }

    int count(SlotState state) {
        return counts[state.ordinal()];
    }

    /** Servers that are logged in. */
    int live() {
        return size - count(SlotState.CONNECTING);
    }

    /** Servers that will be idle by themselves before long. */
    int onTheWay() {
        return count(SlotState.CONNECTING) + count(SlotState.RESETTING) + count(SlotState.CHECKING);
    }

    Slot<S> add(PoolKey key, Object startup, double lifetimeJitter, long nowNanos) {
        int place = places.indexOf(null);
        if (place < 0) {
            place = places.size();
            places.add(null);
        }
        lastId++;
        Slot<S> slot = new Slot<>(lastId, place, key, startup, lifetimeJitter, nowNanos);
        places.set(place, slot);
        size++;
        counts[SlotState.CONNECTING.ordinal()]++;
        return slot;
    }

    void move(Slot<S> slot, SlotState next, long nowNanos) {
        assert places.get(slot.place) == slot : slot + " is not of this pool";
        counts[slot.state().ordinal()]--;
        slot.moveTo(next, nowNanos);
        if (next == SlotState.CLOSED) {
            places.set(slot.place, null);
            size--;
            return;
        }
        counts[next.ordinal()]++;
    }

    /** The waiter's last server, if it is still of this pool. */
    @Nullable
    Slot<S> lastOf(Waiter<S> waiter) {
        if (waiter.lastPlace < 0 || waiter.lastPlace >= places.size()) {
            return null;
        }
        Slot<S> slot = places.get(waiter.lastPlace);
        return slot != null && slot.id() == waiter.lastSlotId ? slot : null;
    }

    /** Bound for {@link #at}; slots may come and go while places are visited. */
    int places() {
        return places.size();
    }

    @Nullable
    Slot<S> at(int place) {
        return places.get(place);
    }

    void forEach(Consumer<? super Slot<S>> visitor) {
        for (int place = 0; place < places.size(); place++) {
            Slot<S> slot = places.get(place);
            if (slot != null) {
                visitor.accept(slot);
            }
        }
    }
}
