package io.pgorchestra.proxy.client;

import io.netty.buffer.ByteBuf;
import io.pgorchestra.discovery.Lsn;
import io.pgorchestra.pool.CloseReason;
import io.pgorchestra.pool.LeaseHolder;
import io.pgorchestra.pool.PoolMode;
import io.pgorchestra.pool.RefusalReason;
import io.pgorchestra.pool.Slot;
import io.pgorchestra.pool.Waiter;
import io.pgorchestra.protocol.frame.BackendTag;
import io.pgorchestra.protocol.frame.FrameScanner;
import io.pgorchestra.protocol.frame.FrontendTag;
import io.pgorchestra.protocol.frame.TransactionStatus;
import io.pgorchestra.protocol.message.Authentication.AuthenticationOk;
import io.pgorchestra.protocol.message.BackendMessage.ErrorResponse;
import io.pgorchestra.protocol.message.BackendMessage.ParameterStatus;
import io.pgorchestra.protocol.message.MessageWriter;
import io.pgorchestra.protocol.message.SqlState;
import io.pgorchestra.proxy.client.OwnWrites.Loss;
import io.pgorchestra.proxy.failure.ClientCloseReason;
import io.pgorchestra.proxy.failure.Failure;
import io.pgorchestra.proxy.failure.FailureReply;
import io.pgorchestra.proxy.failure.Notices;
import io.pgorchestra.proxy.net.Outbound;
import io.pgorchestra.proxy.server.Greetings.Greeting;
import io.pgorchestra.proxy.server.Lessee;
import io.pgorchestra.proxy.server.ServerConnection;
import io.pgorchestra.proxy.server.ServerLoss;
import io.pgorchestra.proxy.server.ServerStartup;
import io.pgorchestra.proxy.session.ParameterSet;
import io.pgorchestra.proxy.session.Reply;
import io.pgorchestra.proxy.session.ResponseLedger;
import io.pgorchestra.proxy.session.SessionState;
import io.pgorchestra.proxy.standby.ReadsFallback;
import io.pgorchestra.proxy.statement.SharedStatement;
import io.pgorchestra.proxy.statement.TransactionVerb;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a client has of its pool: a server, a place in the queue, an answer in a lost server's stead, or nothing. Takes what the pool says, by
 * {@link LeaseHolder}, and what the server says that is not passed on as it is, by {@link Lessee}. Bound to the pool's loop.
 */
final class ClientLease implements Lessee, LeaseHolder<ServerConnection> {

    private static final Logger LOG = LoggerFactory.getLogger(ClientLease.class);

    private final ClientSession session;
    private final PoolHome home;
    private final PoolMode mode;
    private final Outbound outbound;
    private final FrameScanner scanner;
    private final ClientFrames frames;
    private final HeldBytes held;
    private final SessionTimes times;
    private final SessionReads reads;
    private final Waiter<ServerConnection> waiter;

    private SessionPhase phase = SessionPhase.LOGIN_WAITING;
    private @Nullable ServerConnection server;
    private SessionState state = SessionState.EMPTY;

    /** Not null only while STANDING_IN. */
    private @Nullable StandIn standIn;

    /** The route of the last server: another one may report other facts about itself. */
    private long lastSequence;

    /** What is held can be answered by a standby only, and none is fit. */
    private boolean heldForStandby;

    /** Nothing more is sent until all is answered: what is on its way drops the prepared statements that later requests may name. */
    private boolean holdingBack;

    ClientLease(ClientSession session, PoolMode mode, ServerStartup startup) {
        this.session = session;
        this.home = session.home();
        this.mode = mode;
        this.outbound = session.outbound();
        this.scanner = session.scanner();
        this.frames = session.frames();
        this.held = session.held();
        this.times = session.times();
        this.reads = new SessionReads(session, home);
        this.waiter = new Waiter<>(this, startup, mode == PoolMode.SESSION, Waiter.POOL_TIMEOUT);
    }

    // --- login ---

    /** A client whose login needs no server: this is what it would have been told. */
    void beginWith(SessionState known) {
        state = known;
        moveTo(SessionPhase.IDLE);
    }

    /** A client whose login is answered by what a server says. */
    void begin() {
        Slot<ServerConnection> slot = home.servers().pool().lease(waiter);
        if (slot != null) {
            loginGranted(slot);
        }
    }

    private void loginGranted(Slot<ServerConnection> slot) {
        ServerConnection granted = slot.server();
        server = granted;
        granted.attach(this);
        times.leaseBegins(session.nanos());
        if (mode == PoolMode.SESSION) {
            state = granted.state();
            moveTo(SessionPhase.ACTIVE);
            session.greet(state, granted.key().processId());
            return;
        }
        SessionState wanted;
        try {
            wanted = session.wantedState(granted.startupState());
        } catch (IllegalArgumentException malformed) {
            session.fail(new Failure(
                    SqlState.SYNTAX_ERROR, String.valueOf(malformed.getMessage()), "", ClientCloseReason.LOGIN_FAILED));
            return;
        }
        moveTo(SessionPhase.LOGIN_PREPARING);
        if (!granted.bringState(wanted)) {
            loginPrepared(granted);
        }
    }

    private void loginPrepared(ServerConnection granted) {
        state = granted.state();
        home.servers().greetings().put(session.identity().parameters(), state);
        letGo(granted);
        session.greet(state, session.inventedProcessId());
    }

    // --- what ClientFrames asks ---

    @Nullable
    ServerConnection serverOrNull() {
        return phase == SessionPhase.ACTIVE ? server : null;
    }

    ServerConnection server() {
        return Objects.requireNonNull(server);
    }

    boolean waitsForServer() {
        return phase == SessionPhase.WAITING || phase == SessionPhase.PREPARING;
    }

    boolean closed() {
        return phase == SessionPhase.CLOSED;
    }

    /** Keeps what the client sends from now on until the server owes nothing. */
    void holdBack() {
        holdingBack = true;
    }

    boolean holdsBack() {
        return holdingBack;
    }

    /** What this session's reads need to know. */
    SessionReads reads() {
        return reads;
    }

    /** Whether it is still this server that the client's requests go to. */
    boolean holds(ServerConnection one) {
        return server == one;
    }

    /** Whether this is a standby's server that still owes replies: whatever else the client asks may not be for it. */
    boolean mustWaitForStandby(ServerConnection holding) {
        return reads.onStandby()
                && !holding.ledger().isEmpty()
                && !holding.ledger().syncOwed();
    }

    /** A request is about to be sent; the first of several in flight starts the clock. */
    void requestBegins(ResponseLedger ledger) {
        if (ledger.isEmpty()) {
            times.requestBegins(session.nanos());
        }
    }

    /** True when there is a server in the right state to send to; false when this client must wait for one. */
    boolean acquireServer() {
        if (phase != SessionPhase.IDLE) {
            return false;
        }
        ReadRouting routing = reads.routingOrNull();
        if (routing != null) {
            routing.unseen();
        }
        return acquire(null);
    }

    /** As above, for what begins with this whole message: a standby's server if that can answer it. */
    boolean acquireServer(byte tag, ByteBuf buffer, int bodyIndex, int bodyBytes) {
        if (phase != SessionPhase.IDLE) {
            return false;
        }
        ReadRouting routing = reads.routingFor(mode, tag, buffer, bodyIndex);
        if (routing == null) {
            return acquire(null);
        }
        ReadPool chosen = routing.choose(tag, buffer, bodyIndex, bodyBytes);
        if (routing.unanswerable(chosen)) {
            return unanswerable();
        }
        if (routing.onlyReads() && routing.repeatable()) {
            int index = bodyIndex - FrameScanner.HEADER_BYTES;
            reads.request().keep(buffer, index, routing.endIndex() - index);
        }
        return acquire(chosen);
    }

    private boolean unanswerable() {
        if (home.settings().readsFallback() != ReadsFallback.HOLD) {
            standIn = StandIn.forHeldRequests(Failure.noStandby());
            moveTo(SessionPhase.STANDING_IN);
        } else if (!heldForStandby) {
            heldForStandby = true;
            times.holdBegins(session.nanos());
        }
        return false;
    }

    private boolean acquire(@Nullable ReadPool from) {
        heldForStandby = false;
        reads.use(from);
        Slot<ServerConnection> slot = reads.source().pool().lease(waiter);
        if (slot == null) {
            moveTo(SessionPhase.WAITING);
            return false;
        }
        return take(slot);
    }

    private boolean take(Slot<ServerConnection> slot) {
        ServerConnection granted = slot.server();
        if (reads.outdated(granted)) {
            // It has been restarted since it was chosen.
            granted.release();
            if (phase == SessionPhase.WAITING) {
                moveTo(SessionPhase.IDLE);
            }
            return acquire(null);
        }
        server = granted;
        reads.leaseBegins();
        times.leaseBegins(session.nanos());
        granted.attach(this);
        if (!reads.onStandby() && granted.sequence() != lastSequence) {
            lastSequence = granted.sequence();
            tellNewFacts(granted.state().reported());
        }
        warnOfLoss();
        if (granted.bringState(state)) {
            moveTo(SessionPhase.PREPARING);
            return false;
        }
        moveTo(SessionPhase.ACTIVE);
        return true;
    }

    /** What a server reports of itself and no session can set, as {@code in_hot_standby}, may be another after a failover. */
    private void tellNewFacts(ParameterSet reported) {
        ParameterSet known = state.reported();
        for (Map.Entry<String, String> fact : reported.asMap().entrySet()) {
            if (!ParameterSet.settable(fact.getKey()) && !fact.getValue().equals(known.get(fact.getKey()))) {
                MessageWriter.write(new ParameterStatus(fact.getKey(), fact.getValue()), outbound.append());
                known = known.with(fact.getKey(), fact.getValue());
            }
        }
        state = home.servers().states().canonical(state.withReported(known));
    }

    /** Before anything else is answered, and between two answers. */
    private void warnOfLoss() {
        Loss loss = reads.takeLoss();
        if (loss != null) {
            LOG.warn(
                    "commit possibly lost pool={} client={} timeline={} end={}",
                    home.key(),
                    id(),
                    loss.timeline(),
                    Lsn.format(loss.end()));
            MessageWriter.write(Notices.commitPossiblyLost(loss.timeline(), loss.end()), outbound.append());
        }
    }

    // --- LeaseHolder ---

    @Override
    public void granted(Slot<ServerConnection> slot) {
        if (phase == SessionPhase.LOGIN_WAITING) {
            loginGranted(slot);
        } else if (take(slot)) {
            session.resume();
        }
    }

    @Override
    public void refused(RefusalReason reason, @Nullable Object cause) {
        if (cause instanceof ErrorResponse error) {
            refusedByServer(error);
            return;
        }
        if (reads.onStandby() && reason != RefusalReason.QUERY_WAIT_TIMEOUT && reason != RefusalReason.KILLED) {
            goElsewhere();
            return;
        }
        if (reason == RefusalReason.HELD_TOO_LONG && phase == SessionPhase.WAITING) {
            standIn(StandIn.forHeldRequests(Failure.noPrimary()));
            return;
        }
        session.fail(
                switch (reason) {
                    case QUERY_WAIT_TIMEOUT ->
                        cause == null ? Failure.queryWaitTimeout() : Failure.serverUnreachable(String.valueOf(cause));
                    case HELD_TOO_LONG -> Failure.noPrimary();
                    case KILLED, RETIRED, TURNED_AWAY -> Failure.killed();
                    case LOGIN_FAILED, STARTUP_REFUSED -> Failure.serverUnreachable(String.valueOf(cause));
                });
    }

    /** What Postgres said to the login is the answer to this client too, word for word. */
    private void refusedByServer(ErrorResponse error) {
        if (phase != SessionPhase.CLOSED) {
            if (phase == SessionPhase.LOGIN_WAITING || phase == SessionPhase.LOGIN_PREPARING) {
                // As Postgres does: the password was right, what comes after it was not.
                MessageWriter.write(new AuthenticationOk(), outbound.append());
            }
            MessageWriter.write(FailureReply.asFatal(error), outbound.append());
            session.closeAfterFlush(ClientCloseReason.SERVER_LOGIN_FAILED);
        }
    }

    // --- Lessee ---

    @Override
    public Outbound outbound() {
        return outbound;
    }

    @Override
    public void synthesize(Reply reply) {
        byte tag = reply == Reply.PARSE ? BackendTag.PARSE_COMPLETE : BackendTag.CLOSE_COMPLETE;
        outbound.append().writeByte(tag).writeInt(4);
    }

    @Override
    public void requestAnswered() {
        long now = session.nanos();
        home.servers().traffic().queryDone(times.requestEnds(now));
        ServerConnection holding = server;
        if (holding == null) {
            return;
        }
        if (holding.status() == TransactionStatus.IDLE) {
            home.servers().traffic().transactionDone(times.transactionEnds(now));
            if (!holding.ledger().isEmpty()) {
                reads.scope().goesOnOutside();
            }
        } else if (mode == PoolMode.STATEMENT) {
            session.fail(Failure.statementModeTransaction());
        }
    }

    @Override
    public void serverQuiet() {
        ServerConnection holding = server;
        if (holding != null
                && phase == SessionPhase.ACTIVE
                && mode != PoolMode.SESSION
                && !holdingBack
                && !scanner.insidePassedFrame()) {
            letGo(holding);
        }
    }

    @Override
    public void allAnswered() {
        if (!holdingBack) {
            return;
        }
        holdingBack = false;
        ServerConnection holding = server;
        if (reads.onStandby() && holding != null && holding.quiet() && phase == SessionPhase.ACTIVE) {
            letGo(holding);
        }
        if (held.any()) {
            session.resume();
        } else {
            afterScan();
        }
    }

    private void letGo(ServerConnection holding) {
        reads.leaseEnds();
        server = null;
        scanner.judgeAgain();
        moveTo(SessionPhase.IDLE);
        ClientSession.readAgain(holding.channel());
        holding.release();
    }

    @Override
    public @Nullable String ownOnReset(String parameter) {
        if (mode == PoolMode.SESSION) {
            return null;
        }
        Greeting greeting = home.servers().greetings().get(session.identity().parameters());
        return greeting == null ? null : greeting.state().reported().get(parameter);
    }

    @Override
    public void parametersReported(ParameterSet reported) {
        if (phase == SessionPhase.ACTIVE) {
            SessionState next = reads.onStandby() ? state.reportedByStandby(reported) : state.withReported(reported);
            state = home.servers().states().canonical(next);
        }
    }

    @Override
    public void statementsMisread(Set<SharedStatement> misread) {
        frames.statementsMisread(misread);
    }

    @Override
    public void statementsDropped(boolean everything) {
        frames.statementsDropped();
        ReadRouting routing = reads.routingOrNull();
        if (everything && routing != null) {
            routing.discarded();
        }
    }

    @Override
    public void stateBrought(boolean failed) {
        ServerConnection holding = server();
        if (failed && reads.onStandby()) {
            reads.routing().primaryNext();
            letGo(holding);
            session.resume();
            return;
        }
        if (failed) {
            ErrorResponse error = holding.lastSwallowedError();
            if (error != null) {
                refusedByServer(error);
            } else {
                session.fail(Failure.serverLost());
            }
            return;
        }
        if (phase == SessionPhase.LOGIN_PREPARING) {
            loginPrepared(holding);
            return;
        }
        if (!reads.onStandby()) {
            state = holding.state();
        }
        moveTo(SessionPhase.ACTIVE);
        session.resume();
    }

    @Override
    public boolean mayGoElsewhere() {
        return reads.request().kept() && phase == SessionPhase.ACTIVE;
    }

    @Override
    public void answerBegins() {
        reads.request().drop();
    }

    @Override
    public void refusedByStandby() {
        server = null;
        holdingBack = false;
        reads.routing().primaryNext();
        goElsewhere();
    }

    /** What a standby has not answered is sent again, to whoever can answer it. */
    private void goElsewhere() {
        // Where it waits for a server, it is still among what is held.
        ByteBuf asked = phase == SessionPhase.WAITING ? null : reads.request().take();
        reads.nothingWanted();
        scanner.judgeAgain();
        moveTo(SessionPhase.IDLE);
        if (asked != null) {
            frames.forgetNamed(reads.routing().learnt());
            ByteBuf begun = scanner.giveBack();
            if (begun != null) {
                held.prepend(begun);
            }
            held.prepend(asked);
        }
        session.resume();
    }

    @Override
    public void serverWritable() {
        session.readAgainIfRoom();
    }

    @Override
    public void serverLost(ServerLoss loss) {
        server = null;
        holdingBack = false;
        if (phase == SessionPhase.CLOSED) {
            return;
        }
        if (loss.cause() == ServerLoss.Cause.CONNECTION_LOST) {
            reads.doubtStandby();
        }
        if (reads.request().kept() && phase == SessionPhase.ACTIVE && loss.cause() != ServerLoss.Cause.CLOSED_HERE) {
            goElsewhere();
            return;
        }
        boolean read = reads.wroteNothing();
        reads.leaseEnds();
        if (loss.insideFrame()) {
            // The client reads what we say now as the rest of a row.
            session.closeAfterFlush(ClientCloseReason.SERVER_LOST);
            return;
        }
        switch (loss.cause()) {
            case SAID_GOODBYE -> session.closeAfterFlush(ClientCloseReason.SERVER_GOODBYE);
            case CLOSED_HERE -> session.fail(Failure.killed());
            case FENCED, CONNECTION_LOST, BROKE_PROTOCOL -> {
                if (!home.servers().route().isFenced()) {
                    session.fail(Failure.serverLost());
                } else if (mode == PoolMode.SESSION) {
                    session.fail(Failure.sessionLost());
                } else {
                    outlive(loss, read);
                }
            }
        }
    }

    /** The server is gone, the client stays: what was not sent goes to another one, what was sent is answered truthfully. */
    private void outlive(ServerLoss loss, boolean read) {
        scanner.judgeAgain();
        if (phase == SessionPhase.LOGIN_PREPARING) {
            moveTo(SessionPhase.LOGIN_WAITING);
            Slot<ServerConnection> slot = home.servers().pool().lease(waiter);
            if (slot != null) {
                loginGranted(slot);
            }
            return;
        }
        if (phase == SessionPhase.PREPARING || (loss.harmless() && !scanner.insidePassedFrame())) {
            moveTo(SessionPhase.IDLE);
            session.resume();
            return;
        }
        boolean commitUnderWay = !loss.owed().isEmpty() && frames.commitMayBeUnderWay();
        boolean rolledBack = read || (loss.status() != TransactionStatus.IDLE && !commitUnderWay);
        LOG.info(
                "transaction lost outcome={} pool={} client={}",
                rolledBack ? "ROLLED_BACK" : "UNKNOWN",
                home.key(),
                id());
        StandIn answers = rolledBack && loss.status() != TransactionStatus.IDLE
                ? StandIn.forLostTransaction(Failure.transactionLost())
                : StandIn.forLostRequest(
                        read || loss.owed().isEmpty() ? Failure.transactionLost() : Failure.resolutionUnknown());
        answers.answerOwed(loss.owed(), outbound.append());
        standIn(answers);
    }

    private void standIn(StandIn answers) {
        moveTo(SessionPhase.STANDING_IN);
        standIn = answers;
        leaveStandInIfOver();
        session.resume();
    }

    boolean standsIn() {
        return phase == SessionPhase.STANDING_IN;
    }

    /** Answers one whole message without a server. */
    void answerInStead(byte tag, ByteBuf buffer, int bodyIndex, int bodyBytes) {
        StandIn answers = Objects.requireNonNull(standIn);
        TransactionVerb named = frames.verbOfNamed(tag, buffer, bodyIndex, bodyBytes);
        if (answers.answer(tag, buffer, bodyIndex, bodyBytes, named, outbound.append())) {
            frames.parsedInStead(buffer, bodyIndex, bodyBytes);
        }
        leaveStandInIfOver();
    }

    void standInHasHeardOut() {
        StandIn answers = standIn;
        if (answers != null) {
            answers.heardOut();
            leaveStandInIfOver();
        }
    }

    private void leaveStandInIfOver() {
        StandIn answers = standIn;
        if (answers != null && answers.over()) {
            standIn = null;
            moveTo(SessionPhase.IDLE);
        }
    }

    /** The route has changed: what was held back may go on. */
    void routeChanged() {
        reads.primaryChanged();
        if (phase == SessionPhase.ACTIVE && held.any()) {
            session.resume();
        }
    }

    /** Whether what the client sends now must not reach the server that it holds; its route may be in force again later. */
    boolean heldBack() {
        ServerConnection holding = serverOrNull();
        return holding != null && holding.outlivable() && !holding.permitted(session.nanos());
    }

    void afterScan() {
        ServerConnection holding = server;
        if (holding == null || phase != SessionPhase.ACTIVE) {
            return;
        }
        if (!holding.writable()) {
            session.channel().config().setAutoRead(false);
        } else if (holding.quiet()) {
            serverQuiet();
        }
    }

    /** Answers from what is known already, for a client that waits for a server with nothing but this: then it waits no more. */
    boolean answeredWithoutServer(ByteBuf in) {
        if (phase != SessionPhase.WAITING
                || scanner.holdsBytes()
                || in.getByte(in.readerIndex()) != FrontendTag.PARSE
                || !frames.answerKnownParses(in, outbound.append())) {
            return false;
        }
        reads.source().pool().withdraw(waiter);
        reads.nothingWanted();
        moveTo(SessionPhase.IDLE);
        return true;
    }

    // --- the end, and time ---

    /**
     * The client goes.
     *
     * @param midFrame whether nobody knows how much of a message the server has been sent
     */
    void end(boolean midFrame) {
        ServerConnection holding = server;
        server = null;
        phase = SessionPhase.CLOSED;
        if (waiter.waiting()) {
            reads.source().pool().withdraw(waiter);
        }
        reads.nothingWanted();
        if (holding != null) {
            ClientSession.readAgain(holding.channel());
            holding.abandon(midFrame);
        }
    }

    /** Looks at the timeouts; called a few times a second. */
    void tick(long now) {
        SessionSettings settings = home.settings();
        ServerConnection holding = serverOrNull();
        if (heldForStandby && phase == SessionPhase.IDLE) {
            tickHeldForStandby(now);
        } else if (holding == null) {
            failIf(phase == SessionPhase.IDLE ? times.overdueIdle(settings, now) : null);
        } else if (held.any() && !holdingBack) {
            if (times.heldFor(holdLimitNanos(), now)) {
                // Its transaction cannot go on. Losing the server is what it is.
                holding.discard(CloseReason.FENCED);
            }
        } else {
            boolean running = !holding.ledger().isEmpty();
            failIf(times.overdue(settings, now, running, holding.inTransaction(), scanner.insidePassedFrame()));
        }
    }

    private void failIf(@Nullable Failure overdue) {
        if (overdue != null) {
            session.fail(overdue);
        }
    }

    private long holdLimitNanos() {
        return home.servers().pool().settings().failoverHoldTimeout().toNanos();
    }

    private void tickHeldForStandby(long now) {
        if (times.heldFor(holdLimitNanos(), now)) {
            heldForStandby = false;
            standIn(StandIn.forHeldRequests(Failure.noStandby()));
        } else {
            session.resume();
        }
    }

    // --- what others see ---

    @Override
    public long id() {
        return session.id();
    }

    SessionPhase phase() {
        return phase;
    }

    SessionState state() {
        return state;
    }

    /** The server, in whatever phase. */
    @Nullable
    ServerConnection heldServer() {
        return server;
    }

    long waitNanos() {
        return waiter.waiting() ? session.nanos() - waiter.waitingSinceNanos() : 0;
    }

    private void moveTo(SessionPhase next) {
        assert phase.mayBecome(next) : phase + " -> " + next;
        phase = next;
    }
}
