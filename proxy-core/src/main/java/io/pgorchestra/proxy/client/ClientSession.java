package io.pgorchestra.proxy.client;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.pgorchestra.pool.LeaseHolder;
import io.pgorchestra.pool.PoolMode;
import io.pgorchestra.protocol.frame.FrameScanner;
import io.pgorchestra.protocol.message.ProtocolViolation;
import io.pgorchestra.proxy.classify.Classification;
import io.pgorchestra.proxy.classify.OwnCommand;
import io.pgorchestra.proxy.failure.ClientCloseReason;
import io.pgorchestra.proxy.failure.Failure;
import io.pgorchestra.proxy.failure.FailureReply;
import io.pgorchestra.proxy.net.Outbound;
import io.pgorchestra.proxy.server.Greetings.Greeting;
import io.pgorchestra.proxy.server.Lessee;
import io.pgorchestra.proxy.server.ServerConnection;
import io.pgorchestra.proxy.server.ServerStartup;
import io.pgorchestra.proxy.session.SessionState;
import io.pgorchestra.proxy.statement.SharedStatement;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client that has proved who it is, until it goes: borrows servers from its pool and lets bytes flow. Bound to its pool's loop.
 *
 * <p>Replies come by {@link Lessee}, the pool's answers by {@link LeaseHolder}, what the client sends by {@link ClientFrames}.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A failed write or close ends in channelInactive.
public final class ClientSession extends ChannelInboundHandlerAdapter {

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
    private final PoolMode mode;
    private final ClientGreeting greeting;
    private final SessionTimes times;
    private final HeldBytes held;
    private final ClientLease lease;
    private final long connectedAtMillis;
    private final long id;

    private @Nullable ParseContext parseContext;
    private boolean terminateSeen;

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
        this.times = new SessionTimes(home.servers().loop().nanos());
        this.held = new HeldBytes(channel);
        this.lease = new ClientLease(
                this, mode, mode == PoolMode.SESSION ? new ServerStartup(identity.parameters()) : ServerStartup.SHARED);
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
                lease.beginWith(known.state());
                greet(known.state(), directory.inventedProcessId());
                return;
            }
        }
        lease.begin();
    }

    /** Fails with an {@link IllegalArgumentException} if what the client asks for makes no sense. */
    SessionState wantedState(SessionState granted) {
        return greeting.wantedState(granted);
    }

    int inventedProcessId() {
        return directory.inventedProcessId();
    }

    /** The client is logged in. */
    void greet(SessionState greeted, int processId) {
        byte[] secret = directory.cancelKeys().register(processId, greeting.longKeys(), this);
        greeting.write(outbound.append(), greeted, processId, secret);
        home.servers().traffic().login();
        directory.loggedIn(this);
        if (held.any()) {
            resume();
        }
    }

    // --- what ClientFrames asks ---

    PoolHome home() {
        return home;
    }

    ClientLease lease() {
        return lease;
    }

    Outbound outbound() {
        return outbound;
    }

    FrameScanner scanner() {
        return scanner;
    }

    ClientFrames frames() {
        return frames;
    }

    HeldBytes held() {
        return held;
    }

    SessionTimes times() {
        return times;
    }

    boolean sharesStatements() {
        return mode != PoolMode.SESSION && home.settings().maxPreparedStatements() > 0;
    }

    /** All that the meaning of a text to be prepared depends on, besides the text. */
    String parseContext() {
        ParseContext known = parseContext;
        long schema = home.servers().schema().get();
        if (known == null || !known.isOf(state(), schema)) {
            known = ParseContext.of(state(), schema);
            parseContext = known;
        }
        return known.text();
    }

    void terminateSeen() {
        terminateSeen = true;
    }

    /** The proxy's own command that a text is; null for all others. */
    @Nullable
    OwnCommand ownCommand(ByteBuf buffer, int index, int lengthBytes) {
        return OwnCommand.mayBe(buffer, index, index + lengthBytes)
                ? classify(buffer, index, lengthBytes).own()
                : null;
    }

    /** What a text of this client's does. */
    Classification classify(ByteBuf buffer, int index, int lengthBytes) {
        return home.texts().classify(buffer, index, lengthBytes, state());
    }

    /** What a prepared statement does for this client. */
    Classification classify(SharedStatement statement) {
        return home.texts().classify(statement, state());
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
        return lease.state();
    }

    /** Does what one of the proxy's own commands says. */
    void carryOut(OwnCommand command) {
        if (home.readPools() != null) {
            ReadCommands.carryOut(command, lease.reads().routing());
        }
    }

    /** The SQL by which a server says what one of the proxy's own commands comes to. */
    String sqlFor(OwnCommand command) {
        return ReadCommands.sql(
                command, home.readPools() == null ? null : lease.reads().routing());
    }

    void passRunSoFar() {
        scanner.passRunSoFar(frames);
    }

    // --- bytes from the client ---

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        times.touched();
        home.servers().traffic().receivedFromClient(in.readableBytes());
        if (lease.closed()) {
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
        if (in.isReadable() && lease.heldBack()) {
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
        if (!wholly && lease.answeredWithoutServer(in)) {
            in.release();
            return;
        }
        if (!wholly && !lease.closed()) {
            held.append(in);
            return;
        }
        in.release();
        if (!scanner.holdsBytes()) {
            lease.standInHasHeardOut();
        }
        if (terminateSeen) {
            closeAfterFlush(ClientCloseReason.CLIENT_TERMINATED);
            return;
        }
        lease.afterScan();
    }

    /** There is a server now: goes on with what was kept. */
    void resume() {
        scan(held.take());
        readAgainIfRoom();
    }

    void readAgainIfRoom() {
        ServerConnection holding = lease.heldServer();
        if (!held.any() && channel.isWritable() && (holding == null || holding.writable())) {
            readAgain(channel);
        }
    }

    static void readAgain(Channel paused) {
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
        ServerConnection holding = lease.heldServer();
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
        if (lease.closed()) {
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

    void closeAfterFlush(ClientCloseReason reason) {
        closed(reason);
        outbound.flushNow();
        directory.closing(channel, nanos());
        channel.write(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        channel.flush();
    }

    private void closed(ClientCloseReason reason) {
        if (lease.closed()) {
            return;
        }
        // After a bug of ours nobody knows what the server has been sent.
        boolean midFrame = scanner.insidePassedFrame() || reason == ClientCloseReason.BUG;
        lease.end(midFrame || identity.replication());
        home.clientWent();
        directory.remove(this, reason);
        held.drop();
        channel.eventLoop().execute(scanner::release);
    }

    // --- time ---

    /** Looks at the timeouts; called a few times a second. */
    void tick(long now) {
        times.tick(now);
        lease.tick(now);
    }

    /** The route has changed: what was held back may go on. */
    public void routeChanged() {
        lease.routeChanged();
    }

    long nanos() {
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
        ServerConnection holding = lease.heldServer();
        SessionPhase phase = lease.phase();
        return phase == SessionPhase.IDLE || (phase == SessionPhase.ACTIVE && holding != null && holding.quiet());
    }

    /** Cancels what this client's server is doing for it now, and only that; {@code done} runs when the node has been told. */
    void cancel(Runnable done) {
        ServerConnection holding = lease.serverOrNull();
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
        return lease.phase();
    }

    public @Nullable ServerConnection heldServer() {
        return lease.heldServer();
    }

    public long connectedAtMillis() {
        return connectedAtMillis;
    }

    public long waitNanos() {
        return lease.waitNanos();
    }

    public int preparedStatements() {
        return frames.preparedStatements();
    }

    public Channel channel() {
        return channel;
    }

    public String applicationName() {
        String reported = state().reported().get("application_name");
        return reported == null ? identity.applicationName() : reported;
    }
}
