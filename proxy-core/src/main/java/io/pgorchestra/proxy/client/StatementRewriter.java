package io.pgorchestra.proxy.client;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.pgorchestra.protocol.frame.FrameScanner;
import io.pgorchestra.protocol.frame.FrontendTag;
import io.pgorchestra.protocol.frame.Verdict;
import io.pgorchestra.protocol.message.ProtocolViolation;
import io.pgorchestra.proxy.classify.Classification;
import io.pgorchestra.proxy.classify.OwnCommand;
import io.pgorchestra.proxy.server.ServerConnection;
import io.pgorchestra.proxy.session.Fate;
import io.pgorchestra.proxy.session.Reply;
import io.pgorchestra.proxy.session.ResponseLedger;
import io.pgorchestra.proxy.statement.PreparedStatements.Evicted;
import io.pgorchestra.proxy.statement.PreparedStatements.Presence;
import io.pgorchestra.proxy.statement.SharedStatement;
import io.pgorchestra.proxy.statement.StatementChange;
import io.pgorchestra.proxy.statement.StatementNames;
import io.pgorchestra.proxy.statement.TransactionVerb;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lets one client's prepared statements live on whatever server it holds: names become shared ones, and a Parse is put in front where the
 * server lacks the statement. Bound to the session's loop.
 *
 * <p>The unnamed statement is kept by text, so that a Bind to it works on another server, and never finds another client's.
 */
final class StatementRewriter {

    /** An unnamed statement longer than this is not kept; a later Bind to it on another server is answered 26000. */
    private static final int MAX_UNNAMED_BYTES = 64 * 1024;

    private static final byte[] UNNAMED = new byte[0];
    private static final int NONE = -1;
    private static final byte STATEMENT = 'S';
    private static final byte[] OUR_PREFIX = "orchestra_".getBytes(StandardCharsets.US_ASCII);

    private final ClientSession session;
    private final ClientFrames frames;
    private final StatementNames names = new StatementNames();

    /** The unnamed statement's text, kept in place to spare the next one an array. */
    private byte[] unnamedBody = UNNAMED;

    /** How much of it counts; {@link #NONE} without an unnamed statement. */
    private int unnamedBytes = NONE;

    /** Of the unnamed statement; known only where a lost server is outlived. */
    private TransactionVerb unnamedVerb = TransactionVerb.UNKNOWN;

    /** The unnamed statement, if it is one of the proxy's own commands. */
    private @Nullable OwnCommand unnamedOwn;

    StatementRewriter(ClientSession session, ClientFrames frames) {
        this.session = session;
        this.frames = frames;
    }

    int size() {
        return names.size();
    }

    void clear() {
        names.clear();
        forgetUnnamed();
    }

    /** Answers what needs no server, for a client that would have to wait for one. */
    boolean answerKnownParses(ByteBuf in, ByteBuf out) {
        return new KnownParses(session.home(), names, session.parseContext()).answer(in, out);
    }

    /** Takes a Parse for done; the statement is put on a server when the client uses it. */
    void remember(ByteBuf buffer, int bodyIndex, int bodyBytes) {
        int nameEnd = buffer.indexOf(bodyIndex, bodyIndex + bodyBytes, (byte) 0);
        int restBytes = bodyIndex + bodyBytes - nameEnd - 1;
        if (nameEnd == bodyIndex) {
            keepUnnamed(buffer, nameEnd + 1, restBytes);
            return;
        }
        names.put(ByteBufUtil.getBytes(buffer, bodyIndex, nameEnd - bodyIndex), shared(buffer, nameEnd + 1, restBytes));
    }

    private SharedStatement shared(ByteBuf buffer, int index, int lengthBytes) {
        return session.home()
                .statements()
                .shared(ByteBufUtil.getBytes(buffer, index, lengthBytes), session.parseContext());
    }

    /** This client's names for these statements stand from now on for the same texts in its present state. */
    void readAgain(Set<SharedStatement> misread) {
        names.replaceEach(statement -> misread.contains(statement)
                ? session.home().statements().shared(statement.body(), session.parseContext())
                : statement);
    }

    /** What a prepared statement does to its transaction; nothing if there is none of that name. */
    TransactionVerb verb(ByteBuf buffer, int nameIndex, int nameBytes) {
        SharedStatement statement = names.get(buffer, nameIndex, nameBytes);
        return statement == null ? TransactionVerb.NONE : statement.verb();
    }

    void forgetUnnamed() {
        unnamedBytes = NONE;
        unnamedOwn = null;
    }

    /** What the unnamed statement does; null if none is kept. */
    @Nullable
    Classification unnamedStatement() {
        return unnamedBytes == NONE
                ? null
                : session.classify(Unpooled.wrappedBuffer(unnamedBody, 0, unnamedBytes), 0, unnamedBytes);
    }

    /** What the statement of this name does; null if there is none. */
    @Nullable
    Classification namedStatement(ByteBuf buffer, int nameIndex, int nameBytes) {
        SharedStatement statement = names.get(buffer, nameIndex, nameBytes);
        return statement == null ? null : session.classify(statement);
    }

    private void keepUnnamed(ByteBuf buffer, int index, int lengthBytes) {
        if (lengthBytes > MAX_UNNAMED_BYTES) {
            forgetUnnamed();
            return;
        }
        if (unnamedBody.length < lengthBytes) {
            unnamedBody = new byte[lengthBytes];
        }
        buffer.getBytes(index, unnamedBody, 0, lengthBytes);
        unnamedBytes = lengthBytes;
    }

    Verdict parse(ServerConnection server, ByteBuf buffer, int bodyIndex, int bodyBytes) {
        int nameEnd = buffer.indexOf(bodyIndex, bodyIndex + bodyBytes, (byte) 0);
        if (nameEnd < 0) {
            throw new ProtocolViolation("statement name in Parse without an end (expected: a zero byte)");
        }
        session.home().servers().traffic().clientParse();
        int restBytes = bodyIndex + bodyBytes - nameEnd - 1;
        OwnCommand own = session.ownCommand(buffer, nameEnd + 1, restBytes);
        if (own != null && !asItStands(own, buffer, nameEnd + 1, restBytes)) {
            return parseOwn(server, buffer, bodyIndex, nameEnd, own);
        }
        if (nameEnd == bodyIndex) {
            unnamedOwn = own;
            keepUnnamed(buffer, nameEnd + 1, restBytes);
            unnamedVerb =
                    server.outlivable() ? TransactionVerb.of(buffer, nameEnd + 1, restBytes) : TransactionVerb.UNKNOWN;
            server.unnamed().claim(this);
            push(server.ledger(), Reply.PARSE, Fate.FORWARD, server.unnamed());
            return Verdict.PASS;
        }
        byte[] name = ByteBufUtil.getBytes(buffer, bodyIndex, nameEnd - bodyIndex);
        SharedStatement statement = shared(buffer, nameEnd + 1, restBytes);
        parseNamed(server, name, statement);
        return Verdict.DROP;
    }

    /** Once it is the SQL that says what it comes to, a SET, or a RESET, is still one of the proxy's own commands. */
    private boolean asItStands(OwnCommand own, ByteBuf buffer, int index, int lengthBytes) {
        byte[] sql = session.sqlFor(own).getBytes(StandardCharsets.UTF_8);
        return sql.length < lengthBytes
                && ByteBufUtil.equals(buffer, index, Unpooled.wrappedBuffer(sql), 0, sql.length)
                && buffer.getByte(index + sql.length) == 0;
    }

    /** One of the proxy's own commands: the server is given the SQL that says what it comes to. */
    private Verdict parseOwn(ServerConnection server, ByteBuf buffer, int bodyIndex, int nameEnd, OwnCommand own) {
        byte[] sql = session.sqlFor(own).getBytes(StandardCharsets.UTF_8);
        int nameBytes = nameEnd - bodyIndex;
        ByteBuf body = Unpooled.buffer(nameBytes + 1 + sql.length + 3);
        body.writeBytes(buffer, bodyIndex, nameBytes + 1)
                .writeBytes(sql)
                .writeByte(0)
                .writeShort(0);
        if (parse(server, body, 0, body.readableBytes()) == Verdict.PASS) {
            ByteBuf out = append(server);
            out.writeByte(FrontendTag.PARSE).writeInt(4 + body.readableBytes()).writeBytes(body);
        }
        if (nameBytes == 0) {
            unnamedOwn = own;
        }
        return Verdict.DROP;
    }

    private void parseNamed(ServerConnection server, byte[] name, SharedStatement statement) {
        SharedStatement taken = names.get(name);
        if (taken != null) {
            // The server itself shall say 42P05: it is asked for a name that it has. If it has lost it meanwhile, it
            // must not get another text under that name.
            ensurePrepared(server, taken, names.unansweredSeries(name));
            writeParse(server, taken, Fate.FORWARD, StatementChange.NONE);
            return;
        }
        StatementChange given = ofThisServer(
                server, names.giving(name, statement, server.ledger().series()));
        if (has(server, statement, StatementNames.ANSWERED)) {
            push(server.ledger(), Reply.PARSE, Fate.SYNTHESIZE, given);
            return;
        }
        session.home().servers().traffic().serverParse();
        writeParse(server, statement, Fate.FORWARD, new StatementChange() {
            @Override
            public void undo() {
                given.undo();
            }

            @Override
            public void done() {
                given.done();
                session.home().knownStatements().add(statement);
            }
        });
        evict(server);
    }

    /** If the client has moved on, it may have given the name again elsewhere. */
    private StatementChange ofThisServer(ServerConnection server, StatementChange change) {
        return new StatementChange() {
            @Override
            public void undo() {
                if (session.lease().holds(server)) {
                    change.undo();
                }
            }

            @Override
            public void done() {
                change.done();
            }
        };
    }

    void forgetNamed(byte[] name) {
        names.put(name, null);
    }

    int bind(ServerConnection server, int bodyBytes, ByteBuf buffer, int bodyIndex, int availableBytes) {
        int end = bodyIndex + availableBytes;
        int portalEnd = buffer.indexOf(bodyIndex, end, (byte) 0);
        int nameEnd = portalEnd < 0 ? -1 : buffer.indexOf(portalEnd + 1, end, (byte) 0);
        if (nameEnd < 0) {
            return FrameScanner.NEED_MORE;
        }
        session.home().servers().traffic().bind();
        int nameIndex = portalEnd + 1;
        SharedStatement statement = resolve(server, buffer, nameIndex, nameEnd - nameIndex);
        OwnCommand own = statement == null ? unnamedOwn : ownCommand(statement);
        if (own != null) {
            session.carryOut(own);
        }
        frames.running(statement == null ? unnamedVerb : statement.verb());
        server.ledger().push(Reply.BIND, Fate.FORWARD);
        int oldNameBytes = nameEnd - nameIndex;
        if (keepsName(statement, buffer, nameIndex, oldNameBytes)) {
            return FrameScanner.AS_IT_IS;
        }
        ByteBuf out = append(server);
        out.writeByte(FrontendTag.BIND);
        int lengthIndex = out.writerIndex();
        out.writeInt(0);
        out.writeBytes(buffer, bodyIndex, portalEnd + 1 - bodyIndex);
        int newNameBytes = writeName(out, statement, buffer, nameIndex, oldNameBytes);
        out.setInt(lengthIndex, bodyBytes + 4 + newNameBytes - oldNameBytes);
        return nameEnd + 1 - bodyIndex;
    }

    private @Nullable OwnCommand ownCommand(SharedStatement statement) {
        return statement.mayBeOwnCommand() ? session.classify(statement).own() : null;
    }

    int describe(ServerConnection server, int bodyBytes, ByteBuf buffer, int bodyIndex, int availableBytes) {
        if (availableBytes < bodyBytes) {
            return FrameScanner.NEED_MORE;
        }
        checkTypeAndName(bodyBytes, buffer, bodyIndex);
        int nameBytes = bodyBytes - 2;
        boolean portal = buffer.getByte(bodyIndex) != STATEMENT;
        SharedStatement statement = portal ? null : resolve(server, buffer, bodyIndex + 1, nameBytes);
        server.ledger().push(Reply.DESCRIBE, Fate.FORWARD);
        if (portal || keepsName(statement, buffer, bodyIndex + 1, nameBytes)) {
            return FrameScanner.AS_IT_IS;
        }
        writeDescribe(server, statement, buffer, bodyIndex, nameBytes);
        return bodyBytes;
    }

    int close(ServerConnection server, int bodyBytes, ByteBuf buffer, int bodyIndex, int availableBytes) {
        if (availableBytes < bodyBytes) {
            return FrameScanner.NEED_MORE;
        }
        checkTypeAndName(bodyBytes, buffer, bodyIndex);
        int nameBytes = bodyBytes - 2;
        if (buffer.getByte(bodyIndex) == STATEMENT && nameBytes > 0) {
            closeNamed(server, ByteBufUtil.getBytes(buffer, bodyIndex + 1, nameBytes));
            return bodyBytes;
        }
        if (buffer.getByte(bodyIndex) == STATEMENT) {
            ensureUnnamed(server);
            forgetUnnamed();
        }
        server.ledger().push(Reply.CLOSE, Fate.FORWARD);
        return FrameScanner.AS_IT_IS;
    }

    /** The server keeps the statement for others; only this client forgets it. */
    private void closeNamed(ServerConnection server, byte[] name) {
        push(server.ledger(), Reply.CLOSE, Fate.SYNTHESIZE, ofThisServer(server, names.taking(name)));
    }

    /** The shared statement behind a client's name, present on the server; null if the name goes out as it is. */
    private @Nullable SharedStatement resolve(ServerConnection server, ByteBuf buffer, int nameIndex, int nameBytes) {
        if (nameBytes == 0) {
            ensureUnnamed(server);
            return null;
        }
        SharedStatement statement = names.get(buffer, nameIndex, nameBytes);
        if (statement != null
                && server.prepared().use(statement, server.ledger().series()) != Presence.PRESENT) {
            ensurePrepared(server, statement, names.unansweredSeries(buffer, nameIndex, nameBytes));
        }
        return statement;
    }

    private void ensurePrepared(ServerConnection server, SharedStatement statement, long givenIn) {
        if (has(server, statement, givenIn)) {
            return;
        }
        session.home().servers().traffic().serverParse();
        writeParse(server, statement, Fate.SWALLOW, StatementChange.NONE);
        evict(server);
    }

    /**
     * Whether the statement is there; what else may have its name is closed.
     *
     * @param givenIn the series of the client's own Parse under this name: if that fails, it is not to be there
     */
    private boolean has(ServerConnection server, SharedStatement statement, long givenIn) {
        return switch (server.prepared().use(statement, server.ledger().series())) {
            case PRESENT -> true;
            case ABSENT -> false;
            case IN_DOUBT -> {
                if (server.prepared().lastParsedIn(statement, givenIn)) {
                    yield true;
                }
                writeCloseStatement(server, statement.name());
                push(
                        server.ledger(),
                        Reply.CLOSE,
                        Fate.SWALLOW,
                        server.prepared().closing(statement));
                yield false;
            }
        };
    }

    private void evict(ServerConnection server) {
        int max = session.home().settings().maxPreparedStatements();
        Evicted evicted = server.prepared().evictOver(max);
        while (evicted != null) {
            writeCloseStatement(server, evicted.statement().name());
            push(server.ledger(), Reply.CLOSE, Fate.SWALLOW, evicted.closing());
            evicted = server.prepared().evictOver(max);
        }
    }

    /** The server's unnamed statement may be another client's: it is replaced by ours, or by none. */
    private void ensureUnnamed(ServerConnection server) {
        if (server.unnamed().owner() == this) {
            return;
        }
        server.unnamed().claim(this);
        if (unnamedBytes != NONE) {
            session.home().servers().traffic().serverParse();
            writeParse(server, UNNAMED, unnamedBody, unnamedBytes);
            push(server.ledger(), Reply.PARSE, Fate.SWALLOW, server.unnamed());
            return;
        }
        writeCloseStatement(server, UNNAMED);
        push(server.ledger(), Reply.CLOSE, Fate.SWALLOW, server.unnamed());
    }

    private static void push(ResponseLedger ledger, Reply reply, Fate fate, StatementChange change) {
        if (!ledger.push(reply, fate, change)) {
            change.undo();
        }
    }

    private static void checkTypeAndName(int bodyBytes, ByteBuf buffer, int bodyIndex) {
        if (bodyBytes < 2
                || buffer.indexOf(bodyIndex + 1, bodyIndex + bodyBytes, (byte) 0) != bodyIndex + bodyBytes - 1) {
            throw new ProtocolViolation("name in Describe or Close of " + bodyBytes
                    + " bytes (expected: a type byte and a name ended by a zero byte)");
        }
    }

    /** Where to write what goes to the server in front of the frame now being judged, or instead of it. */
    private ByteBuf append(ServerConnection server) {
        session.passRunSoFar();
        return server.outbound().append();
    }

    /** Puts the statement on the server; {@code further} is told what becomes of it, too. */
    private void writeParse(ServerConnection server, SharedStatement statement, Fate fate, StatementChange further) {
        writeParse(server, statement.name(), statement.body(), statement.body().length);
        StatementChange parsing =
                server.prepared().parsing(statement, server.ledger().series());
        push(server.ledger(), Reply.PARSE, fate, new StatementChange() {
            @Override
            public void undo() {
                further.undo();
                parsing.undo();
            }

            @Override
            public void done() {
                parsing.done();
                further.done();
            }
        });
    }

    private void writeParse(ServerConnection server, byte[] name, byte[] body, int bodyBytes) {
        ByteBuf out = append(server);
        out.writeByte(FrontendTag.PARSE);
        out.writeInt(4 + name.length + 1 + bodyBytes);
        out.writeBytes(name).writeByte(0).writeBytes(body, 0, bodyBytes);
    }

    private void writeCloseStatement(ServerConnection server, byte[] name) {
        ByteBuf out = append(server);
        out.writeByte(FrontendTag.CLOSE);
        out.writeInt(4 + 1 + name.length + 1);
        out.writeByte(STATEMENT).writeBytes(name).writeByte(0);
    }

    private void writeDescribe(
            ServerConnection server,
            @Nullable SharedStatement statement,
            ByteBuf buffer,
            int bodyIndex,
            int nameBytes) {
        ByteBuf out = append(server);
        out.writeByte(FrontendTag.DESCRIBE);
        int lengthIndex = out.writerIndex();
        out.writeInt(0);
        out.writeByte(buffer.getByte(bodyIndex));
        int written = writeName(out, statement, buffer, bodyIndex + 1, nameBytes);
        out.setInt(lengthIndex, 4 + 1 + written + 1);
    }

    /** Whether the server knows the statement by the name that the client gives it. */
    private static boolean keepsName(
            @Nullable SharedStatement statement, ByteBuf buffer, int nameIndex, int nameBytes) {
        return statement == null && !startsLikeOurs(buffer, nameIndex, nameBytes);
    }

    /** Writes another name than the client gave, and its zero byte; returns its length. */
    private static int writeName(
            ByteBuf out, @Nullable SharedStatement statement, ByteBuf buffer, int nameIndex, int nameBytes) {
        if (statement != null) {
            out.writeBytes(statement.name()).writeByte(0);
            return statement.name().length;
        }
        // A name of ours that this client never prepared must not find another client's statement.
        out.writeByte(' ').writeBytes(buffer, nameIndex, nameBytes).writeByte(0);
        return 1 + nameBytes;
    }

    private static boolean startsLikeOurs(ByteBuf buffer, int nameIndex, int nameBytes) {
        if (nameBytes < OUR_PREFIX.length) {
            return false;
        }
        for (int i = 0; i < OUR_PREFIX.length; i++) {
            if (buffer.getByte(nameIndex + i) != OUR_PREFIX[i]) {
                return false;
            }
        }
        return true;
    }
}
