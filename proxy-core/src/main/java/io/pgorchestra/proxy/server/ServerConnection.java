package io.pgorchestra.proxy.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.Route;
import io.pgorchestra.pool.CloseReason;
import io.pgorchestra.pool.Slot;
import io.pgorchestra.protocol.frame.FrameScanner;
import io.pgorchestra.protocol.frame.TransactionStatus;
import io.pgorchestra.protocol.message.BackendMessage.ErrorResponse;
import io.pgorchestra.protocol.message.FrontendMessage;
import io.pgorchestra.protocol.message.MessageWriter;
import io.pgorchestra.protocol.message.ProtocolViolation;
import io.pgorchestra.protocol.message.Subject;
import io.pgorchestra.proxy.net.Outbound;
import io.pgorchestra.proxy.session.Fate;
import io.pgorchestra.proxy.session.ParameterSet;
import io.pgorchestra.proxy.session.Reply;
import io.pgorchestra.proxy.session.ResponseLedger;
import io.pgorchestra.proxy.session.SessionState;
import io.pgorchestra.proxy.standby.Standby;
import io.pgorchestra.proxy.statement.PreparedStatements;
import io.pgorchestra.proxy.statement.SharedStatement;
import java.io.IOException;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One logged-in connection to a Postgres node. Bound to its pool's loop.
 *
 * <p>It goes back to the pool only when the ledger is empty, the transaction status is idle and no CancelRequest is on its way to it;
 * otherwise it is closed.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A failed write or close ends in channelInactive.
public final class ServerConnection extends ChannelInboundHandlerAdapter {

    /** A longer beginning of an answer, as by many notices, is passed on. */
    private static final int MAX_UNDECIDED_BYTES = 64 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(ServerConnection.class);

    /**
     * What a ReadyForQuery has led to. It is done when all bytes read with it have been judged: whatever stands behind the last reply is
     * nobody's, and must not meet the next client.
     */
    private enum Due {
        NOTHING,
        CLIENT_QUIET,
        STATE_BROUGHT,
        STATE_REFUSED,
        SETTLE,
        PREPARED,
        INQUIRY_ENDED
    }

    /** The name of a portal that nobody has. */
    private static final String NO_PORTAL = "orchestra: the client is gone";

    private final ServerPool pool;
    private final Slot<ServerConnection> slot;
    private final Channel channel;
    private final Route route;
    private final Outbound outbound;
    private final ResponseLedger ledger = new ResponseLedger();
    private final FrameScanner scanner;
    private final ServerFrames frames;
    private final BackendKey key;
    private final SessionState startupState;
    private final PreparedStatements prepared = new PreparedStatements();

    /** What the parameters that it does not report were before they were last to be brought to a client's. */
    private ParameterSet unreportedBefore = ParameterSet.EMPTY;

    /** A RESET has run in the request that is being answered: what is reported now may be the server's default. */
    private boolean resetting;

    /** What a RESET has brought to the server's default during this lease, as the client's own login had it. */
    private ParameterSet resetToOwn = ParameterSet.EMPTY;

    private final UnnamedStatement unnamed = new UnnamedStatement();

    private @Nullable Lessee lessee;
    /** What the proxy itself asks at present; there is no lessee then. */
    private @Nullable Inquiry inquiry;

    private SessionState state;
    private TransactionStatus status = TransactionStatus.IDLE;
    private Due due = Due.NOTHING;
    private boolean abandoned;
    private boolean goodbyeSeen;
    private boolean loginsOutdated;
    private boolean schemaTouched;
    private boolean closed;
    private int cancelsUnderWay;

    /** The beginning of an answer that does not tell yet whether it is one; owned. */
    private @Nullable ByteBuf undecided;

    private @Nullable Runnable whenUncancelled;

    /** The proxy's own request that has not been answered yet; null for none. */
    private @Nullable Injection injected;

    /** Since when it has been about the proxy's business: such a request, or coming to rest without a client. */
    private long oursSinceNanos;

    ServerConnection(
            ServerPool pool,
            Slot<ServerConnection> slot,
            Channel channel,
            Route route,
            BackendKey key,
            SessionState startupState) {
        this.pool = pool;
        this.slot = slot;
        this.channel = channel;
        this.route = route;
        this.key = key;
        this.startupState = startupState;
        this.state = pool.states().canonical(startupState);
        this.outbound = new Outbound(channel, pool.loop());
        this.frames = new ServerFrames(this);
        this.scanner = new FrameScanner(ServerFrames.MAX_READ_BYTES, Integer.MAX_VALUE - FrameScanner.HEADER_BYTES);
    }

    // --- what the lessee uses ---

    public Slot<ServerConnection> slot() {
        return slot;
    }

    public Outbound outbound() {
        return outbound;
    }

    public ResponseLedger ledger() {
        return ledger;
    }

    public TransactionStatus status() {
        return status;
    }

    public PreparedStatements prepared() {
        return prepared;
    }

    /** Unique among all servers of the proxy. */
    public long id() {
        return ((long) pool.number() << 32) | slot.id();
    }

    public BackendKey key() {
        return key;
    }

    public SessionState state() {
        return state;
    }

    public Channel channel() {
        return channel;
    }

    public boolean writable() {
        return channel.isWritable();
    }

    /** The tag: which route was in force when it connected. */
    public long sequence() {
        return route.sequence();
    }

    /** Where it is connected to. */
    public Node node() {
        return Objects.requireNonNull(route.primary());
    }

    /** Whether bytes may go to it now: it is still the primary's, and this proxy may still say so. */
    public boolean permitted(long nowNanos) {
        Route present = pool.route().route();
        return present.permits(route.sequence(), nowNanos) && (present.mode() == Route.Mode.OPEN || !quiet());
    }

    /** Whether it is a standby's: then reads only go to it. */
    public boolean onStandby() {
        return pool.route().standby() != null;
    }

    /** Whether it is a standby's that has replayed so far at least. */
    public boolean covers(long position) {
        Standby standby = pool.route().standby();
        return standby != null && standby.covers(position);
    }

    /** Whether it owes nothing and is in no transaction. */
    public boolean quiet() {
        return ledger.isEmpty() && !inTransaction();
    }

    /** Whether it is in a transaction, be it one that only a Sync will end. */
    public boolean inTransaction() {
        return status != TransactionStatus.IDLE || ledger.syncOwed();
    }

    public UnnamedStatement unnamed() {
        return unnamed;
    }

    /** Begins a lease. */
    public void attach(Lessee client) {
        assert lessee == null && quiet() : "attached while " + status;
        lessee = client;
        resetToOwn = ParameterSet.EMPTY;
    }

    /** As it logged in, before any client set anything. */
    public SessionState startupState() {
        return startupState;
    }

    /** Whether the session must first be brought to this state; if so, that is under way and {@link Lessee#stateBrought} will tell. */
    public boolean bringState(SessionState clients) {
        SessionState wanted = pool.stateHere(clients);
        if (wanted.matches(state)) {
            return false;
        }
        String sql = wanted.sqlFrom(state);
        unreportedBefore = state.unreported();
        state(new SessionState(state.reported(), wanted.unreported()));
        inject(sql, Injection.SESSION_STATE);
        return true;
    }

    /** Ends a lease in order: the server is quiet. */
    public void release() {
        assert quiet() : "released while " + status;
        lessee = null;
        releaseSlot();
    }

    /** The client is gone, at any moment. The server is brought to rest or closed. */
    public void abandon(boolean midFrame) {
        lessee = null;
        if (closed) {
            return;
        }
        if (midFrame) {
            discard(CloseReason.CLIENT_GONE);
            return;
        }
        abandoned = true;
        oursSinceNanos = pool.loop().nanos();
        if (ledger.isEmpty() && !ledger.syncOwed()) {
            settle();
            return;
        }
        ledger.swallowAll();
        boolean batchOpen = ledger.syncOwed();
        if (frames.copyIn()) {
            MessageWriter.write(new FrontendMessage.CopyFail("client disconnected"), outbound.append());
            ledger.push(Reply.COPY_END, Fate.SWALLOW);
        }
        if (batchOpen) {
            // What is not closed by the client's own Sync must not be committed by ours: an error rolls it back.
            MessageWriter.write(new FrontendMessage.Describe(Subject.PORTAL, NO_PORTAL), outbound.append());
            ledger.push(Reply.DESCRIBE, Fate.SWALLOW);
        }
        MessageWriter.write(new FrontendMessage.Sync(), outbound.append());
        ledger.push(Reply.SYNC, Fate.SWALLOW, Injection.LAST_SYNC);
        pool.cancelQuery(this);
    }

    /** Whether it is being brought to rest after its client's death. */
    boolean abandoned() {
        return abandoned;
    }

    /** Closes it at once, whatever it is doing. */
    public void discard(CloseReason reason) {
        if (!closed) {
            pool.pool().discard(slot, reason);
        }
    }

    /** Looks at how long it has been about the proxy's business. */
    void tick(long now, long limitNanos) {
        boolean late = limitNanos > 0 && now - oursSinceNanos > limitNanos;
        if (abandoned) {
            tickAbandoned(late);
        } else if (injected != null && late) {
            lost(CloseReason.SERVER_CLOSED, ServerLoss.Cause.CONNECTION_LOST, "no answer to " + injected);
        }
    }

    /**
     * Brings a server whose client is gone to rest, again: a cancel that came before its query began was ignored, and a pipeline needs one
     * for each query.
     */
    private void tickAbandoned(boolean late) {
        if (late) {
            discard(CloseReason.CLIENT_GONE);
        } else if (!ledger.isEmpty() && cancelsUnderWay == 0) {
            pool.cancelQuery(this);
        }
    }

    /** Answers, in the server's stead, what is due without it. */
    public void synthesizeDue() {
        ledger.synthesizeDue(frames);
    }

    /** What the server said when it last refused a request of the proxy's own. */
    public @Nullable ErrorResponse lastSwallowedError() {
        return frames.lastSwallowedError();
    }

    // --- cancel ---

    void cancelBegins() {
        cancelsUnderWay++;
    }

    void cancelEnded() {
        cancelsUnderWay--;
        Runnable release = whenUncancelled;
        if (cancelsUnderWay == 0 && release != null) {
            whenUncancelled = null;
            release.run();
        }
    }

    /** Whether a CancelRequest is on its way to it. */
    public boolean beingCancelled() {
        return cancelsUnderWay > 0;
    }

    private void releaseSlot() {
        if (closed) {
            return;
        }
        if (cancelsUnderWay > 0) {
            // The signal must not hit the next client's query.
            whenUncancelled = this::releaseSlot;
            return;
        }
        if (ledger.inDoubt() || goodbyeSeen) {
            discard(goodbyeSeen ? CloseReason.SERVER_CLOSED : CloseReason.NOT_CLEAN);
            return;
        }
        pool.pool().release(slot);
    }

    // --- injected requests ---

    void reset() {
        inject(pool.resetQuery(), Injection.RESET);
    }

    void check() {
        inject(pool.checkQuery(), Injection.CHECK);
    }

    private void inject(String sql, Injection injection) {
        MessageWriter.write(new FrontendMessage.Query(sql), outbound.append());
        ledger.push(Reply.QUERY, Fate.SWALLOW, injection);
        unnamed.forget();
        injected = injection;
        if (!abandoned) {
            oursSinceNanos = pool.loop().nanos();
        }
    }

    /** Begins a lease for a question of the proxy's own, in the state in which the server logged in. */
    void ask(Inquiry asked) {
        assert lessee == null && inquiry == null && quiet() : "asked while " + status;
        bringState(startupState);
        inquiry = asked;
        asked.messages().forEach(message -> MessageWriter.write(message, outbound.append()));
        ledger.push(Reply.PARSE, Fate.SWALLOW);
        ledger.push(Reply.BIND, Fate.SWALLOW);
        ledger.push(Reply.EXECUTE, Fate.SWALLOW);
        ledger.push(Reply.SYNC, Fate.SWALLOW, Injection.INQUIRY);
        unnamed.forget();
        injected = Injection.INQUIRY;
        oursSinceNanos = pool.loop().nanos();
    }

    /** The question that the reply now due belongs to, or null. */
    @Nullable
    Inquiry inquiryInReply() {
        return ledger.oldestIs(Reply.QUERY) ? null : inquiry;
    }

    private void inquiryEnded() {
        Inquiry asked = inquiry;
        inquiry = null;
        if (asked == null) {
            return;
        }
        if (quiet()) {
            asked.ended();
        } else {
            discard(CloseReason.NOT_CLEAN);
            asked.lost(ServerLoss.Cause.CLOSED_HERE);
        }
    }

    void injectionEnded(Injection injection, boolean failed) {
        if (injected == injection) {
            injected = null;
        }
        switch (injection) {
            case SESSION_STATE -> {
                if (failed) {
                    // It was one query, and none of it has happened.
                    state(new SessionState(state.reported(), unreportedBefore));
                }
                due = failed ? Due.STATE_REFUSED : Due.STATE_BROUGHT;
            }
            case ROLLBACK, LAST_SYNC -> {}
            case INQUIRY -> due = Due.INQUIRY_ENDED;
            case RESET -> {
                if (failed || !quiet()) {
                    LOG.warn("server closed reason=RESET_FAILED pool={}", pool.key());
                    discard(CloseReason.RESET_FAILED);
                    return;
                }
                state(new SessionState(state.reported(), startupState.unreported()));
                due = Due.PREPARED;
            }
            case CHECK -> {
                if (failed || !quiet()) {
                    discard(CloseReason.CHECK_FAILED);
                    return;
                }
                due = Due.PREPARED;
            }
        }
    }

    private void settle() {
        if (status == TransactionStatus.IDLE) {
            abandoned = false;
            releaseSlot();
            return;
        }
        inject("ROLLBACK", Injection.ROLLBACK);
    }

    // --- what ServerFrames tells ---

    public @Nullable Lessee lessee() {
        return lessee;
    }

    /** ReadyForQuery; its bytes have not been passed yet. */
    void ready(TransactionStatus newStatus) {
        status = newStatus;
        resetting = false;
        if (loginsOutdated && newStatus == TransactionStatus.IDLE) {
            loginsOutdated = false;
            pool.loginsOutdated();
        }
        if (schemaTouched && newStatus == TransactionStatus.IDLE) {
            // Once more: others may have prepared against what was so before the transaction ended.
            schemaTouched = false;
            pool.schema().changed();
        }
    }

    /** A command has run that may change what statements return. */
    void schemaChanged() {
        schemaTouched = true;
        pool.schema().changed();
    }

    /** To a savepoint, or wholly. */
    void rolledBack() {
        if (schemaTouched) {
            pool.schema().changed();
        }
    }

    /** A command has run that concerns how servers log in; others see what it did when its transaction is over. */
    void loginsOutdatedAtCommit() {
        loginsOutdated = true;
    }

    /** The last ReadyForQuery that was owed to the client has come. */
    void clientAnswered() {
        prepared.settled();
        due = Due.CLIENT_QUIET;
    }

    /** A ReadyForQuery for nobody has come. */
    void swallowedReady() {
        if (ledger.isEmpty()) {
            prepared.settled();
        }
        if (abandoned && ledger.isEmpty()) {
            due = Due.SETTLE;
        }
    }

    private void doDue() {
        Due now = due;
        due = Due.NOTHING;
        if (closed) {
            return;
        }
        Lessee client = lessee;
        switch (now) {
            case NOTHING -> {}
            case CLIENT_QUIET -> {
                if (client != null && quiet()) {
                    client.serverQuiet();
                }
            }
            case STATE_BROUGHT, STATE_REFUSED -> {
                if (client != null) {
                    client.stateBrought(now == Due.STATE_REFUSED);
                }
            }
            case SETTLE -> settle();
            case PREPARED -> pool.pool().prepared(slot);
            case INQUIRY_ENDED -> inquiryEnded();
        }
    }

    void passRunSoFar() {
        scanner.passRunSoFar(frames);
    }

    /** A parameter is so from now on. Answers what the client is to be told instead; null for just this. */
    @Nullable
    String reported(String name, String value) {
        ParameterSet values = state.reported().with(name, value);
        boolean changed = SessionState.isReadBy(name) && !values.equals(state.reported());
        Set<SharedStatement> misread = changed ? prepared.readDifferently() : Set.of();
        state(state.withReported(values));
        Lessee client = lessee;
        if (client == null) {
            return null;
        }
        boolean isDefault = resetting && value.equals(startupState.reported().get(name));
        String own = isDefault ? client.ownOnReset(name) : null;
        resetToOwn = own != null ? resetToOwn.with(name, own) : resetToOwn.without(name);
        client.parametersReported(values.withAll(resetToOwn));
        if (!misread.isEmpty()) {
            client.statementsMisread(misread);
        }
        return own;
    }

    /** A RESET of something has run: what a client's startup parameters were brought to may be the server's default again. */
    void parametersReset() {
        if (injected != Injection.SESSION_STATE) {
            resetting = true;
            state(new SessionState(state.reported(), state.unreported().ofUnknownValues()));
        }
    }

    /** DISCARD ALL or DEALLOCATE ALL has run. */
    void statementsDropped(boolean everything) {
        prepared.clear();
        if (everything) {
            resetting = true;
            unnamed.forget();
            state(new SessionState(state.reported(), startupState.unreported()));
        }
        Lessee client = lessee;
        if (client != null) {
            client.statementsDropped(everything);
        }
    }

    /** One object for equal states, so that "nothing differs" is one comparison in {@link #bringState}. */
    private void state(SessionState changed) {
        state = pool.states().canonical(changed);
    }

    /** Whether its client lives on when it is lost: another primary may come, and what was under way is answered for it. */
    public boolean outlivable() {
        return pool.route().isFenced();
    }

    void goodbyeSeen() {
        goodbyeSeen = true;
        if (due == Due.CLIENT_QUIET) {
            // The client has all its answers, and need not hear this.
            passRunSoFar();
            doDue();
        }
        if (lessee == null) {
            // Nobody may be given it between these words and its end.
            lost(CloseReason.SERVER_CLOSED, ServerLoss.Cause.SAID_GOODBYE, "said goodbye while idle");
        }
    }

    // --- Netty ---

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        pool.traffic().receivedFromServer(((ByteBuf) message).readableBytes());
        ByteBuf in = withUndecided((ByteBuf) message);
        try {
            switch (firstReply(in)) {
                case REFUSAL -> moveClientAway();
                case UNDECIDED -> {
                    undecided = in.retain();
                    return;
                }
                case ANSWER -> {}
            }
            scanner.scan(in, context.alloc(), frames);
            answerDue();
        } catch (ProtocolViolation violation) {
            lost(
                    CloseReason.PROTOCOL_VIOLATION,
                    ServerLoss.Cause.BROKE_PROTOCOL,
                    String.valueOf(violation.getMessage()));
        } finally {
            in.release();
        }
        doDue();
        tellAllAnswered();
    }

    /** What has come since the last read, behind what was too little to tell. */
    private ByteBuf withUndecided(ByteBuf in) {
        ByteBuf before = undecided;
        if (before == null) {
            return in;
        }
        undecided = null;
        try {
            return channel.alloc()
                    .buffer(before.readableBytes() + in.readableBytes())
                    .writeBytes(before)
                    .writeBytes(in);
        } finally {
            before.release();
            in.release();
        }
    }

    /** What it says first to a client that may still go elsewhere; to all others whatever it says is the answer. */
    private FirstReply firstReply(ByteBuf in) {
        Lessee client = lessee;
        if (client == null || !client.mayGoElsewhere()) {
            return FirstReply.ANSWER;
        }
        FirstReply first = onStandby() ? FirstReply.of(in) : FirstReply.ANSWER;
        if (first == FirstReply.UNDECIDED && in.readableBytes() > MAX_UNDECIDED_BYTES) {
            first = FirstReply.ANSWER;
        }
        if (first == FirstReply.ANSWER) {
            client.answerBegins();
        }
        return first;
    }

    /** The client asks somebody else; what is still said here is nobody's. */
    private void moveClientAway() {
        Lessee client = Objects.requireNonNull(lessee);
        lessee = null;
        abandoned = true;
        oursSinceNanos = pool.loop().nanos();
        ledger.swallowAll();
        client.refusedByStandby();
    }

    /** What waits behind the replies that have just come is answered now: the server may have nothing more to say. */
    private void answerDue() {
        if (!scanner.insidePassedFrame() && ledger.synthesisDue()) {
            ledger.synthesizeDue(frames);
            if (due == Due.NOTHING) {
                due = Due.CLIENT_QUIET;
            }
        }
    }

    private void tellAllAnswered() {
        Lessee client = lessee;
        if (client != null && !ledger.awaitsReplies()) {
            client.allAnswered();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        pool.loop().flushDirty();
        Lessee client = lessee;
        if (client != null && !client.outbound().channel().isWritable()) {
            // The client reads slower than this server answers: stop here until it has caught up.
            channel.config().setAutoRead(false);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        Lessee client = lessee;
        if (client != null && channel.isWritable()) {
            client.serverWritable();
            pool.loop().flushDirty();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        lost(
                CloseReason.SERVER_CLOSED,
                goodbyeSeen && !outlivable() ? ServerLoss.Cause.SAID_GOODBYE : ServerLoss.Cause.CONNECTION_LOST,
                "connection ended");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException) {
            lost(CloseReason.SERVER_CLOSED, ServerLoss.Cause.CONNECTION_LOST, String.valueOf(cause.getMessage()));
            return;
        }
        LOG.error("bug: server connection closed pool={}", pool.key(), cause);
        lost(CloseReason.NOT_CLEAN, ServerLoss.Cause.CLOSED_HERE, "internal error");
    }

    private void lost(CloseReason reason, ServerLoss.Cause cause, String detail) {
        if (closed) {
            return;
        }
        LOG.info("server lost reason={} pool={} pid={} detail=\"{}\"", reason, pool.key(), key.processId(), detail);
        Lessee client = lessee;
        lessee = null;
        ServerLoss loss = loss(cause);
        pool.route().suspect();
        Inquiry asked = inquiry;
        inquiry = null;
        discard(reason);
        shut();
        tell(client, asked, loss);
        pool.loop().flushDirty();
    }

    /** The pool's word: close the socket. The slot is already free. */
    void close(CloseReason reason) {
        Lessee client = lessee;
        lessee = null;
        Inquiry asked = inquiry;
        inquiry = null;
        boolean fenced = reason == CloseReason.FENCED;
        if (fenced) {
            // Not a byte more: what the kernel has not sent yet shall not reach a primary of the past.
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
        } else if (!closed && channel.isActive() && status == TransactionStatus.IDLE) {
            MessageWriter.write(new FrontendMessage.Terminate(), outbound.append());
        }
        ServerLoss loss = loss(fenced ? ServerLoss.Cause.FENCED : ServerLoss.Cause.CLOSED_HERE);
        shut();
        tell(client, asked, loss);
    }

    private static void tell(@Nullable Lessee client, @Nullable Inquiry asked, ServerLoss loss) {
        if (client != null) {
            client.serverLost(loss);
        }
        if (asked != null) {
            asked.lost(loss.cause());
        }
    }

    private ServerLoss loss(ServerLoss.Cause cause) {
        return new ServerLoss(cause, ledger, status, scanner.insidePassedFrame());
    }

    /** Later, because a scan of its bytes may be what has led here, and its client still asks what was owed. */
    private void shut() {
        if (closed) {
            return;
        }
        closed = true;
        channel.eventLoop().execute(() -> {
            ledger.clear();
            scanner.release();
            if (undecided != null) {
                undecided.release();
                undecided = null;
            }
            outbound.flushNow();
            channel.close();
        });
    }
}
