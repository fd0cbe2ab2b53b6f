package io.pgorchestra.lab.link;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/**
 * One direction of one connection of a link: bytes on their way from {@code source} to {@code sink}, each with the time at which it
 * arrives. Bound to the link's event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A failed write or close ends in channelInactive.
final class Pipe {

    /** Bytes on their way before the source is read no further. */
    private static final int MAX_BYTES = 1 << 20;

    private final LinkWeather weather;
    private final Direction direction;
    private final Channel source;
    private final Channel sink;
    private final Queue<Parcel> onTheWay = new ArrayDeque<>();
    private int bytesOnTheWay;
    private long lastArrivalNanos = System.nanoTime();
    private long lineFreeNanos = lastArrivalNanos;
    private boolean lost;
    private boolean wakeUpSet;

    Pipe(LinkWeather weather, Direction direction, Channel source, Channel sink) {
        this.weather = weather;
        this.direction = direction;
        this.source = source;
        this.sink = sink;
    }

    /** Takes what the source has sent; the pipe releases it. */
    void accept(ByteBuf bytes) {
        if (weather.flow(direction) == Flow.DROPPED) {
            bytes.release();
            lost = true;
            return;
        }
        send(bytes, false);
    }

    /** The source has closed. */
    void end() {
        if (weather.flow(direction) == Flow.DROPPED) {
            lost = true;
            return;
        }
        send(Unpooled.EMPTY_BUFFER, true);
    }

    private void send(ByteBuf bytes, boolean isLast) {
        long now = System.nanoTime();
        int size = bytes.readableBytes();
        lineFreeNanos = Math.max(now, lineFreeNanos) + weather.sendingNanos(size);
        // Never before what was sent earlier, even if the line has become faster meanwhile.
        lastArrivalNanos = Math.max(lastArrivalNanos, lineFreeNanos + weather.delayNanos());
        onTheWay.add(new Parcel(bytes, isLast, lastArrivalNanos));
        bytesOnTheWay += size;
        deliver();
    }

    /** Hands over all that has arrived, as far as the sink takes it. */
    void deliver() {
        boolean written = false;
        while (weather.flow(direction) == Flow.OPEN && sink.isWritable()) {
            Parcel next = onTheWay.peek();
            if (next == null) {
                break;
            }
            long aheadNanos = next.arrivalNanos - System.nanoTime();
            if (aheadNanos > 0) {
                wakeUpIn(aheadNanos);
                break;
            }
            onTheWay.remove();
            bytesOnTheWay -= next.bytes.readableBytes();
            written = true;
            sink.write(next.bytes);
            if (next.isLast) {
                sink.flush();
                sink.close();
                break;
            }
        }
        if (written) {
            sink.flush();
        }
        source.config().setAutoRead(weather.flow(direction) != Flow.FROZEN && bytesOnTheWay < MAX_BYTES);
    }

    private void wakeUpIn(long nanos) {
        if (wakeUpSet) {
            return;
        }
        wakeUpSet = true;
        sink.eventLoop()
                .schedule(
                        () -> {
                            wakeUpSet = false;
                            deliver();
                        },
                        nanos,
                        TimeUnit.NANOSECONDS);
    }

    /** What is on its way is lost as well. */
    void drop() {
        lost |= !onTheWay.isEmpty();
        clear();
    }

    void clear() {
        onTheWay.forEach(parcel -> parcel.bytes.release());
        onTheWay.clear();
        bytesOnTheWay = 0;
    }

    /** Whether the stream has a hole, so that it must not go on. */
    boolean hasLost() {
        return lost;
    }

    private record Parcel(ByteBuf bytes, boolean isLast, long arrivalNanos) {}
}
