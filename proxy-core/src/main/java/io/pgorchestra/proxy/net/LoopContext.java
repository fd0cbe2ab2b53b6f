package io.pgorchestra.proxy.net;

import io.netty.channel.EventLoop;
import io.pgorchestra.pool.LoopTime;
import java.util.ArrayList;

/** What everything bound to one event loop shares: its time, and who has written since the last flush. Bound to that loop. */
public final class LoopContext implements LoopTime {

    private final EventLoop eventLoop;
    private final int index;
    private final ArrayList<Outbound> dirty = new ArrayList<>();

    public LoopContext(EventLoop eventLoop, int index) {
        this.eventLoop = eventLoop;
        this.index = index;
    }

    public EventLoop eventLoop() {
        return eventLoop;
    }

    /** 0 for the first loop. */
    public int index() {
        return index;
    }

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    /** Runs the task on the loop, later, and flushes behind it. From any thread. */
    @Override
    public void execute(Runnable task) {
        eventLoop.execute(() -> {
            task.run();
            flushDirty();
        });
    }

    /** Sends what was written since the last call. Every entry from outside (a read, a timer, a task) ends with it. */
    public void flushDirty() {
        // Each is taken off first: a flush that fails leads to a close, which may mark others, or lead back here.
        while (!dirty.isEmpty()) {
            dirty.remove(dirty.size() - 1).flush();
        }
    }

    void markDirty(Outbound outbound) {
        assert eventLoop.inEventLoop() : "not on loop " + index;
        dirty.add(outbound);
    }
}
