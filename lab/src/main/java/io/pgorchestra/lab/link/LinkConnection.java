package io.pgorchestra.lab.link;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One connection through a link: the side that came, and the side that the link opened for it. Bound to the link's event loop. */
@SuppressWarnings("FutureReturnValueIgnored") // A failed write or close ends in channelInactive.
final class LinkConnection {

    private final Link link;
    private final Channel caller;
    private @Nullable Channel target;
    private final Map<Direction, Pipe> pipes = new EnumMap<>(Direction.class);
    private boolean callerLost;
    private boolean connecting;

    LinkConnection(Link link, Channel caller) {
        this.link = link;
        this.caller = caller;
        caller.pipeline().addLast(new Waiting());
    }

    /** Neither side sees the other yet. */
    boolean isWaiting() {
        return target == null;
    }

    /** The way is free: opens the other side, unless that is on its way already. */
    void connect() {
        if (callerLost || !caller.isActive()) {
            reset();
            return;
        }
        if (connecting) {
            return;
        }
        connecting = true;
        link.openTarget(this, caller.eventLoop());
    }

    /** The other side is there. */
    void connected(Channel newTarget) {
        if (callerLost || !caller.isActive()) {
            // Gone, or cut off, while this was on its way.
            resetSide(newTarget);
            reset();
            return;
        }
        target = newTarget;
        Pipe forth = new Pipe(link.weather(), Direction.FORTH, caller, newTarget);
        Pipe back = new Pipe(link.weather(), Direction.BACK, newTarget, caller);
        pipes.put(Direction.FORTH, forth);
        pipes.put(Direction.BACK, back);
        caller.pipeline().remove(Waiting.class);
        caller.pipeline().addLast(new Side(forth, back));
        newTarget.pipeline().addLast(new Side(back, forth));
        forth.deliver();
        back.deliver();
    }

    /** The weather has changed for the worse in this direction. */
    void drop(Direction direction) {
        Pipe pipe = pipes.get(direction);
        if (pipe == null) {
            // What the caller says is lost, for nobody is there.
            caller.config().setAutoRead(true);
            return;
        }
        pipe.drop();
        refresh();
    }

    /** Looks anew at what may be read and delivered. */
    void refresh() {
        pipes.values().forEach(Pipe::deliver);
    }

    /** The link is whole again: a stream with a hole in it ends here, as the first packet would find nobody who remembers it. */
    void heal() {
        if (isWaiting()) {
            connect();
        } else if (pipes.values().stream().anyMatch(Pipe::hasLost)) {
            reset();
        } else {
            refresh();
        }
    }

    /** Ends both sides with a RST. */
    void reset() {
        resetSide(caller);
        if (target != null) {
            resetSide(target);
        }
    }

    static void resetSide(Channel side) {
        if (side.isActive()) {
            side.config().setOption(ChannelOption.SO_LINGER, 0);
        }
        side.close();
    }

    private void sideClosed() {
        boolean targetClosed = target == null || !target.isActive();
        if (!caller.isActive() && targetClosed) {
            pipes.values().forEach(Pipe::clear);
            link.forget(this);
        }
    }

    /** The caller's end while there is no other: what it says is lost if the link drops it, and else not read yet. */
    private final class Waiting extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ((ByteBuf) message).release();
            callerLost = true;
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            sideClosed();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }

    /** One end of a whole connection. */
    private final class Side extends ChannelInboundHandlerAdapter {

        private final Pipe outgoing;
        private final Pipe incoming;

        Side(Pipe outgoing, Pipe incoming) {
            this.outgoing = outgoing;
            this.incoming = incoming;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            outgoing.accept((ByteBuf) message);
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            incoming.deliver();
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            outgoing.end();
            sideClosed();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            // The peer has reset it, most likely.
            context.close();
        }
    }
}
