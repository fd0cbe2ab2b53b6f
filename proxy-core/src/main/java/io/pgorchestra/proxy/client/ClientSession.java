package io.pgorchestra.proxy.client;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
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
import io.pgorchestra.protocol.message.ProtocolViolation;
import io.pgorchestra.protocol.message.SqlState;
import io.pgorchestra.proxy.classify.Classification;
import io.pgorchestra.proxy.classify.OwnCommand;
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
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client that has proved who it is, until it goes: borrows servers from its pool and lets bytes flow. Bound to its pool's loop.
 *
 * <p>Replies come by {@link Lessee}, the pool's answers by {@link LeaseHolder}, what the client sends by {@link ClientFrames}.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A failed write or close ends in channelInactive.
public final class ClientSession extends ChannelInboundHandlerAdapter implements Lessee, LeaseHolder<ServerConnection> {

    private static final Logger LOG = LoggerFactory.getLogger(ClientSession.class);

    /** Parse messages up to this size are looked into; longer ones are refused where statements are shared. */
    private static final int MAX_PARSE_BYTES = 16 * 1024 * 1024;

    private final PoolHome home;
    private final ClientDirectory directory;
    private final ClientIdentity identity;
    private final Channel channel;
    private final Outbound outbound;
    private final FrameScanner scanner;
    private final ClientFrames frames;
    private final Waiter<ServerConnection> waiter;
    private final PoolMode mode;
    private final ClientGreeting greeting;
    private final SessionReads reads;
    private final SessionTimes times;
    private final HeldBytes held;
    private final long connectedAtMillis;
    private final long id;

    private SessionPhase phase = SessionPhase.LOGIN_WAITING;
    private @Nullable ServerConnection server;
    private SessionState state = SessionState.EMPTY;
    private @Nullable ParseContext parseContext;
    private boolean terminateSeen;

    /** Not null only while STANDING_IN. */
    private @Nullable StandIn standIn;

    /** The route of the last server: another one may report other facts about itself. */
    private long lastSequence;

    /** What is held can be answered by a standby only, and none is fit. */
    private boolean heldForStandby;

    /** Nothing more is sent until all is answered: what is on its way drops the prepared statements that later requests may name. */
    private boolean holdingBack;

    /** Place in the loop's list of clients. */
    int listIndex = -1;

    public ClientSession(
            PoolHome home, ClientDirectory directory, ClientIdentity identity, Channel channel, int maxPacketBytes) {
        this.home = home;
        this.directory = directory;
        this.identity = home.sharing(identity);
        this.channel = channel;
        this.mode = identity.replication() ? PoolMode.SESSION : home.settings().mode();
        this.outbound = new Outbound(channel, home.servers().loop());
        this.scanner = new FrameScanner(Math.min(MAX_PARSE_BYTES, maxPacketBytes), maxPacketBytes);
        this.frames = new ClientFrames(this);
        this.reads = new SessionReads(this, home);
        this.times = new SessionTimes(home.servers().loop().nanos());
        this.held = new HeldBytes(channel);
        boolean exact = mode == PoolMode.SESSION;
        ServerStartup startup = exact ? new ServerStartup(identity.parameters()) : ServerStartup.SHARED;
        this.waiter = new Waiter<>(this, startup, exact, Waiter.POOL_TIMEOUT);
        this.greeting = new ClientGreeting(this.identity);
        this.connectedAtMillis = System.currentTimeMillis();
        this.id = directory.nextId();
    }

    // --- login ---

    /** Answers the login: at once if it is known what a server says to these startup parameters, else when a server has said it. */
    public void begin() {
        directory.add(this);
        home.clientCame();
        if (mode != PoolMode.SESSION) {
            Greeting known = home.servers().greetings().get(identity.parameters());
            if (known != null) {
                state = known.state();
                moveTo(SessionPhase.IDLE);
                greet(state, directory.inventedProcessId());
                return;
            }
        }
        Slot<ServerConnection> slot = home.servers().pool().lease(waiter);
        if (slot != null) {
            loginGranted(slot);
        }
    }

    private void loginGranted(Slot<ServerConnection> slot) {
        ServerConnection granted = slot.server();
        server = granted;
        granted.attach(this);
        times.leaseBegins(nanos());
        if (mode == PoolMode.SESSION) {
            state = granted.state();
            moveTo(SessionPhase.ACTIVE);
            greet(state, granted.key().processId());
            return;
        }
        SessionState wanted;
        try {
            wanted = greeting.wantedState(granted.state());
        } catch (IllegalArgumentException malformed) {
            fail(new Failure(
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
        home.servers().greetings().put(identity.parameters(), state);
        letGo(granted);
        greet(state, directory.inventedProcessId());
    }

    private void greet(SessionState greeted, int processId) {
        byte[] secret = directory.cancelKeys().register(processId, greeting.longKeys(), this);
        greeting.write(outbound.append(), greeted, processId, secret);
        home.servers().traffic().login();
        directory.loggedIn(this);
        if (held.any()) {
            resume();
        }
    }

    // --- what ClientFrames asks ---

    @Nullable
    ServerConnection serverOrNull() {
        return phase == SessionPhase.ACTIVE ? server : null;
    }

    ServerConnection server() {
        return Objects.requireNonNull(server);
    }

    PoolHome home() {
        return home;
    }

    boolean sharesStatements() {
        return mode != PoolMode.SESSION && home.settings().maxPreparedStatements() > 0;
    }

    /** All that the meaning of a text to be prepared depends on, besides the text. */
    String parseContext() {
        ParseContext known = parseContext;
        long schema = home.servers().schema().get();
        if (known == null || !known.isOf(state, schema)) {
            known = ParseContext.of(state, schema);
            parseContext = known;
        }
        return known.text();
    }

    boolean waitsForServer() {
        return phase == SessionPhase.WAITING || phase == SessionPhase.PREPARING;
    }

    boolean closed() {
        return phase == SessionPhase.CLOSED;
    }

    void terminateSeen() {
        terminateSeen = true;
    }

    /** Keeps what the client sends from now on until the server owes nothing. */
    void holdBack() {
        holdingBack = true;
    }

    boolean holdsBack() {
        return holdingBack;
    }

    // --- reads ---

    /** What this session's reads need to know. */
    SessionReads reads() {
        return reads;
    }

    /** The proxy's own command that a text is; null for all others. */
    @Nullable
    OwnCommand ownCommand(ByteBuf buffer, int index, int lengthBytes) {
        return OwnCommand.mayBe(buffer, index, index + lengthBytes)
                ? classify(buffer, index, lengthBytes).own()
                : null;
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

    /** What a text of this client's does. */
    Classification classify(ByteBuf buffer, int index, int lengthBytes) {
        return home.texts().classify(buffer, index, lengthBytes, state);
    }

    /** What a prepared statement does for this client. */
    Classification classify(SharedStatement statement) {
        return home.texts().classify(statement, state);
    }

    /** Of the unnamed statement that the client has parsed last; null if there is none. */
    @Nullable
    Classification unnamedStatement() {
        return frames.unnamedStatement();
    }

    /** Of the statement that the client knows by this name; null if there is none. */
    @Nullable
    Classification namedStatement(ByteBuf buffer, int nameIndex, int nameBytes) {
        return frames.namedStatement(buffer, nameIndex, nameBytes);
    }

    SessionState state() {
        return state;
    }

    /** Does what one of the proxy's own commands says. */
    void carryOut(OwnCommand command) {
        if (home.readPools() != null) {
            ReadCommands.carryOut(command, reads.routing());
        }
    }

    /** The SQL by which a server says what one of the proxy's own commands comes to. */
    String sqlFor(OwnCommand command) {
        return ReadCommands.sql(command, home.readPools() == null ? null : reads.routing());
    }

    void passRunSoFar() {
        scanner.passRunSoFar(frames);
    }

    void synthesizeDue() {
        ServerConnection holding = server();
        holding.synthesizeDue();
    }

    /** A request is about to be sent; the first of several in flight starts the clock. */
    void requestBegins(ResponseLedger ledger) {
        if (ledger.isEmpty()) {
            times.requestBegins(nanos());
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
            times.holdBegins(nanos());
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
        times.leaseBegins(nanos());
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
                    id,
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
            resume();
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
        fail(
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
            closeAfterFlush(ClientCloseReason.SERVER_LOGIN_FAILED);
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
        long now = nanos();
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
            fail(Failure.statementModeTransaction());
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
            resume();
        } else {
            afterScan();
        }
    }

    private void letGo(ServerConnection holding) {
        reads.leaseEnds();
        server = null;
        scanner.judgeAgain();
        moveTo(SessionPhase.IDLE);
        readAgain(holding.channel());
        holding.release();
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
            resume();
            return;
        }
        if (failed) {
            ErrorResponse error = holding.lastSwallowedError();
            if (error != null) {
                refusedByServer(error);
            } else {
                fail(Failure.serverLost());
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
        resume();
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
        resume();
    }

    @Override
    public void serverWritable() {
        readAgainIfRoom();
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
            closeAfterFlush(ClientCloseReason.SERVER_LOST);
            return;
        }
        switch (loss.cause()) {
            case SAID_GOODBYE -> closeAfterFlush(ClientCloseReason.SERVER_GOODBYE);
            case CLOSED_HERE -> fail(Failure.killed());
            case FENCED, CONNECTION_LOST, BROKE_PROTOCOL -> {
                if (!home.servers().route().isFenced()) {
                    fail(Failure.serverLost());
                } else if (mode == PoolMode.SESSION) {
                    fail(Failure.sessionLost());
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
            resume();
            return;
        }
        boolean commitUnderWay = !loss.owed().isEmpty() && frames.commitMayBeUnderWay();
        boolean rolledBack = read || (loss.status() != TransactionStatus.IDLE && !commitUnderWay);
        LOG.info(
                "transaction lost outcome={} pool={} client={}",
                rolledBack ? "ROLLED_BACK" : "UNKNOWN",
                home.key(),
                id);
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
        resume();
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

    private void standInHasHeardOut() {
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
    public void routeChanged() {
        reads.primaryChanged();
        if (phase == SessionPhase.ACTIVE && held.any()) {
            resume();
        }
    }

    /** Whether what the client sends now must not reach the server that it holds; its route may be in force again later. */
    private boolean heldBack() {
        ServerConnection holding = serverOrNull();
        return holding != null && holding.outlivable() && !holding.permitted(nanos());
    }

    // --- bytes from the client ---

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        times.touched();
        home.servers().traffic().receivedFromClient(in.readableBytes());
        if (phase == SessionPhase.CLOSED) {
            in.release();
            return;
        }
        if (held.any()) {
            held.append(in);
            return;
        }
        scan(in);
    }

    /** Takes the buffer over. */
    private void scan(ByteBuf in) {
        if (in.isReadable() && heldBack()) {
            times.holdBegins(nanos());
            held.append(in);
            return;
        }
        boolean wholly;
        try {
            wholly = scanner.scan(in, channel.alloc(), frames);
        } catch (ProtocolViolation violation) {
            in.release();
            fail(Failure.protocolViolation(String.valueOf(violation.getMessage())));
            return;
        }
        if (!wholly && phase == SessionPhase.WAITING && answeredWithoutServer(in)) {
            return;
        }
        if (!wholly && phase != SessionPhase.CLOSED) {
            held.append(in);
            return;
        }
        in.release();
        if (!scanner.holdsBytes()) {
            standInHasHeardOut();
        }
        if (terminateSeen) {
            closeAfterFlush(ClientCloseReason.CLIENT_TERMINATED);
            return;
        }
        afterScan();
    }

    private boolean answeredWithoutServer(ByteBuf in) {
        if (scanner.holdsBytes()
                || in.getByte(in.readerIndex()) != FrontendTag.PARSE
                || !frames.answerKnownParses(in, outbound.append())) {
            return false;
        }
        reads.source().pool().withdraw(waiter);
        reads.nothingWanted();
        moveTo(SessionPhase.IDLE);
        in.release();
        return true;
    }

    private void afterScan() {
        ServerConnection holding = server;
        if (holding == null || phase != SessionPhase.ACTIVE) {
            return;
        }
        if (!holding.writable()) {
            channel.config().setAutoRead(false);
        } else if (holding.quiet()) {
            serverQuiet();
        }
    }

    /** There is a server now: goes on with what was kept. */
    private void resume() {
        scan(held.take());
        readAgainIfRoom();
    }

    private void readAgainIfRoom() {
        ServerConnection holding = server;
        if (!held.any() && channel.isWritable() && (holding == null || holding.writable())) {
            readAgain(channel);
        }
    }

    private static void readAgain(Channel paused) {
        if (!paused.config().isAutoRead()) {
            paused.config().setAutoRead(true);
        }
    }

    // --- Netty ---

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        home.servers().loop().flushDirty();
        if (!channel.isWritable()) {
            // Much of what it asks is answered without a server: whoever does not read the answers may not ask for
            // more.
            channel.config().setAutoRead(false);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        ServerConnection holding = server;
        if (holding != null && channel.isWritable()) {
            readAgain(holding.channel());
        }
        readAgainIfRoom();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        closed(ClientCloseReason.CLIENT_DISCONNECTED);
        home.servers().loop().flushDirty();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException) {
            closed(ClientCloseReason.CLIENT_DISCONNECTED);
            channel.close();
        } else {
            LOG.error("bug: client closed client={} pool={}", channel.id(), home.key(), cause);
            fail(Failure.bug());
        }
        home.servers().loop().flushDirty();
    }

    // --- the end ---

    /** Tells the client why, and closes. */
    public void fail(Failure failure) {
        if (phase == SessionPhase.CLOSED) {
            return;
        }
        LOG.info(
                "client refused reason={} pool={} address={} message=\"{}\"",
                failure.reason().label(),
                home.key(),
                identity.address(),
                failure.message());
        FailureReply.write(failure, outbound.append());
        closeAfterFlush(failure.reason());
    }

    private void closeAfterFlush(ClientCloseReason reason) {
        closed(reason);
        outbound.flushNow();
        directory.closing(channel, nanos());
        channel.write(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        channel.flush();
    }

    private void closed(ClientCloseReason reason) {
        if (phase == SessionPhase.CLOSED) {
            return;
        }
        ServerConnection holding = server;
        // After a bug of ours nobody knows what the server has been sent.
        boolean midFrame = scanner.insidePassedFrame() || reason == ClientCloseReason.BUG;
        server = null;
        phase = SessionPhase.CLOSED;
        home.clientWent();
        directory.remove(this, reason);
        if (waiter.waiting()) {
            reads.source().pool().withdraw(waiter);
        }
        reads.nothingWanted();
        held.drop();
        channel.eventLoop().execute(scanner::release);
        if (holding != null) {
            readAgain(holding.channel());
            holding.abandon(midFrame || identity.replication());
        }
    }

    // --- time ---

    /** Looks at the timeouts; called a few times a second. */
    void tick(long now) {
        times.tick(now);
        SessionSettings settings = home.settings();
        ServerConnection holding = serverOrNull();
        if (heldForStandby && phase == SessionPhase.IDLE) {
            tickHeldForStandby(now);
            return;
        }
        if (holding == null) {
            failIf(phase == SessionPhase.IDLE ? times.overdueIdle(settings, now) : null);
        } else if (held.any() && phase == SessionPhase.ACTIVE && !holdingBack) {
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
            fail(overdue);
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
            resume();
        }
    }

    private long nanos() {
        return home.servers().loop().nanos();
    }

    // --- cancel, and what the console shows ---

    byte[] cancelSecret() {
        return greeting.secret();
    }

    int processId() {
        return greeting.processId();
    }

    /** Whether it could be closed now without cutting a transaction. */
    public boolean atRest() {
        ServerConnection holding = server;
        return phase == SessionPhase.IDLE || (phase == SessionPhase.ACTIVE && holding != null && holding.quiet());
    }

    /** Cancels what this client's server is doing for it now, and only that; {@code done} runs when the node has been told. */
    void cancel(Runnable done) {
        ServerConnection holding = serverOrNull();
        if (holding == null || holding.ledger().isEmpty()) {
            done.run();
            return;
        }
        home.servers().cancelQuery(holding, done);
    }

    /** The number that KILL_CLIENT takes. */
    public long id() {
        return id;
    }

    public ClientIdentity identity() {
        return identity;
    }

    public SessionPhase phase() {
        return phase;
    }

    public @Nullable ServerConnection heldServer() {
        return server;
    }

    public long connectedAtMillis() {
        return connectedAtMillis;
    }

    public long waitNanos() {
        return waiter.waiting() ? nanos() - waiter.waitingSinceNanos() : 0;
    }

    public int preparedStatements() {
        return frames.preparedStatements();
    }

    public Channel channel() {
        return channel;
    }

    public String applicationName() {
        String reported = state.reported().get("application_name");
        return reported == null ? identity.applicationName() : reported;
    }

    private void moveTo(SessionPhase next) {
        assert phase.mayBecome(next) : phase + " -> " + next;
        phase = next;
    }
}
