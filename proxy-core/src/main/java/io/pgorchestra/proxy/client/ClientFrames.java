package io.pgorchestra.proxy.client;

import io.netty.buffer.ByteBuf;
import io.pgorchestra.protocol.frame.FrameScanner;
import io.pgorchestra.protocol.frame.FrameSink;
import io.pgorchestra.protocol.frame.FrontendTag;
import io.pgorchestra.protocol.frame.Verdict;
import io.pgorchestra.protocol.message.FrontendMessage.Query;
import io.pgorchestra.protocol.message.MessageWriter;
import io.pgorchestra.protocol.message.ProtocolViolation;
import io.pgorchestra.proxy.classify.Classification;
import io.pgorchestra.proxy.classify.OwnCommand;
import io.pgorchestra.proxy.server.ServerConnection;
import io.pgorchestra.proxy.session.Fate;
import io.pgorchestra.proxy.session.Reply;
import io.pgorchestra.proxy.session.ResponseLedger;
import io.pgorchestra.proxy.statement.DropAll;
import io.pgorchestra.proxy.statement.SharedStatement;
import io.pgorchestra.proxy.statement.TransactionVerb;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Judges what a client sends: makes sure there is a server for it, notes the reply it will bring, and renames prepared statements. */
final class ClientFrames implements FrameSink {

    /** A first message up to this size is waited for before there is a server for it; longer ones stream. */
    private static final int MAX_WHOLE_FIRST_BYTES = 64 * 1024;

    private final ClientSession session;
    private @Nullable StatementRewriter rewriter;

    /** Whether something that may commit a transaction is among the requests in flight; kept only where a lost server is outlived. */
    private boolean commitMayBeUnderWay;

    /** A command that drops all prepared statements has been parsed, and is likely to run before the next Sync. */
    private boolean dropsAllBeforeSync;

    ClientFrames(ClientSession session) {
        this.session = session;
    }

    @Override
    public Verdict frame(byte tag, int bodyBytes) {
        ServerConnection server = session.lease().serverOrNull();
        if (server == null) {
            Verdict verdict = withoutServer(tag, bodyBytes);
            if (verdict != null) {
                return verdict;
            }
            server = session.lease().server();
        }
        if (session.lease().holdsBack()) {
            return Verdict.HOLD;
        }
        if (session.lease().mustWaitForStandby(server) && begins(tag)) {
            session.lease().holdBack();
            return Verdict.HOLD;
        }
        return mayMeanMore(tag, bodyBytes) ? Verdict.READ : withServer(server, tag, bodyBytes);
    }

    /** Whether a transaction may begin with such a message. */
    private static boolean begins(byte tag) {
        return switch (tag) {
            case FrontendTag.COPY_DATA,
                    FrontendTag.COPY_DONE,
                    FrontendTag.COPY_FAIL,
                    FrontendTag.FLUSH,
                    FrontendTag.TERMINATE -> false;
            default -> true;
        };
    }

    /** Whether the text may be one that concerns more than its own transaction, so that it must be read: such texts are short. */
    private boolean mayMeanMore(byte tag, int bodyBytes) {
        return mayBeDatabaseCommand(tag, bodyBytes)
                || (tag == FrontendTag.QUERY && bodyBytes <= DropAll.MAX_BYTES && session.sharesStatements());
    }

    private static boolean mayBeDatabaseCommand(byte tag, int bodyBytes) {
        return (tag == FrontendTag.QUERY || tag == FrontendTag.PARSE) && bodyBytes <= DatabaseCommand.MAX_MESSAGE_BYTES;
    }

    private Verdict withServer(ServerConnection server, byte tag, int bodyBytes) {
        ResponseLedger ledger = server.ledger();
        switch (tag) {
            case FrontendTag.QUERY -> {
                boolean looks = server.outlivable()
                        && (!server.quiet() || session.lease().reads().notesTexts());
                forgetUnnamed(server);
                expect(ledger, Reply.QUERY);
                return looks ? Verdict.LOOK : Verdict.PASS;
            }
            case FrontendTag.SYNC -> {
                if (dropsAllBeforeSync) {
                    dropsAllBeforeSync = false;
                    session.lease().holdBack();
                }
                server.unnamed().synced();
                return expect(ledger, Reply.SYNC);
            }
            case FrontendTag.EXECUTE -> {
                return expect(ledger, Reply.EXECUTE);
            }
            case FrontendTag.PARSE -> {
                return session.sharesStatements() ? Verdict.READ : expect(ledger, Reply.PARSE);
            }
            case FrontendTag.BIND -> {
                if (session.sharesStatements()) {
                    return Verdict.HEAD;
                }
                expect(ledger, Reply.BIND);
                running(TransactionVerb.UNKNOWN);
                return Verdict.PASS;
            }
            case FrontendTag.DESCRIBE -> {
                return session.sharesStatements() ? Verdict.HEAD : expect(ledger, Reply.DESCRIBE);
            }
            case FrontendTag.CLOSE -> {
                return session.sharesStatements() ? Verdict.HEAD : expect(ledger, Reply.CLOSE);
            }
            case FrontendTag.FLUSH -> {
                if (bodyBytes > 0) {
                    // Postgres would refuse it and be deaf until a Sync, and no reply tells the ledger that.
                    throw new ProtocolViolation("length of Flush: " + (bodyBytes + 4L) + " (expected: 4)");
                }
                server.synthesizeDue();
                return Verdict.PASS;
            }
            case FrontendTag.FUNCTION_CALL -> {
                return expect(ledger, Reply.FUNCTION_CALL);
            }
            case FrontendTag.COPY_DATA -> {
                return Verdict.PASS;
            }
            case FrontendTag.COPY_DONE, FrontendTag.COPY_FAIL -> {
                if (!ledger.isEmpty()) {
                    ledger.push(Reply.COPY_END, Fate.FORWARD);
                }
                return Verdict.PASS;
            }
            case FrontendTag.TERMINATE -> {
                session.terminateSeen();
                return Verdict.DROP;
            }
            default -> throw unknown(tag);
        }
    }

    /** What to do with a frame of a client that has no server; null once it has got one. */
    private @Nullable Verdict withoutServer(byte tag, int bodyBytes) {
        if (session.lease().standsIn() && tag != FrontendTag.TERMINATE) {
            return tag == FrontendTag.COPY_DATA ? Verdict.DROP : Verdict.READ;
        }
        return switch (tag) {
            // The tail of a copy that the server has ended already, or a Flush of nothing.
            case FrontendTag.COPY_DATA, FrontendTag.COPY_DONE, FrontendTag.COPY_FAIL, FrontendTag.FLUSH -> {
                yield session.lease().waitsForServer() ? Verdict.HOLD : Verdict.DROP;
            }
            case FrontendTag.TERMINATE -> {
                session.terminateSeen();
                yield Verdict.DROP;
            }
            case FrontendTag.QUERY,
                    FrontendTag.PARSE,
                    FrontendTag.BIND,
                    FrontendTag.DESCRIBE,
                    FrontendTag.EXECUTE,
                    FrontendTag.CLOSE,
                    FrontendTag.SYNC,
                    FrontendTag.FUNCTION_CALL -> {
                if (session.lease().closed()) {
                    yield Verdict.DROP;
                }
                if (bodyBytes <= MAX_WHOLE_FIRST_BYTES) {
                    // The message first, then the server: a client that never ends it must not keep one from others.
                    yield Verdict.READ;
                }
                if (session.lease().acquireServer()) {
                    yield null;
                }
                yield Verdict.HOLD;
            }
            default -> throw unknown(tag);
        };
    }

    private static ProtocolViolation unknown(byte tag) {
        return new ProtocolViolation("invalid frontend message type " + (tag & 0xff));
    }

    private Verdict expect(ResponseLedger ledger, Reply reply) {
        begins(ledger);
        ledger.push(reply, Fate.FORWARD);
        return Verdict.PASS;
    }

    private void begins(ResponseLedger ledger) {
        if (ledger.isEmpty()) {
            commitMayBeUnderWay = false;
        }
        if (!ledger.syncOwed()) {
            session.lease().reads().scope().unitBegins();
        }
        session.lease().requestBegins(ledger);
    }

    /** Whether a commit may be among what the lost server had been sent and had not answered. */
    boolean commitMayBeUnderWay() {
        return commitMayBeUnderWay;
    }

    /** A statement with this verb is about to be run. */
    void running(TransactionVerb verb) {
        commitMayBeUnderWay |= verb.mayCommit();
        session.lease().reads().scope().running(verb);
    }

    @Override
    public void look(byte tag, int bodyBytes, ByteBuf buffer, int bodyIndex, int availableBytes) {
        running(
                availableBytes < bodyBytes
                        ? TransactionVerb.UNKNOWN
                        : TransactionVerb.of(buffer, bodyIndex, bodyBytes));
        if (availableBytes == bodyBytes) {
            session.lease().reads().note(buffer, bodyIndex, bodyBytes);
        }
    }

    /** What the statement that a whole Bind or Describe names does to its transaction; UNKNOWN if it names the unnamed one, or none. */
    TransactionVerb verbOfNamed(byte tag, ByteBuf buffer, int bodyIndex, int bodyBytes) {
        int end = bodyIndex + bodyBytes;
        int nameIndex = switch (tag) {
            case FrontendTag.BIND -> buffer.indexOf(bodyIndex, end, (byte) 0) + 1;
            case FrontendTag.DESCRIBE -> bodyIndex + 1;
            default -> 0;
        };
        int nameEnd = nameIndex == 0 || nameIndex >= end ? -1 : buffer.indexOf(nameIndex, end, (byte) 0);
        return nameEnd <= nameIndex ? TransactionVerb.UNKNOWN : rewriter().verb(buffer, nameIndex, nameEnd - nameIndex);
    }

    /** A Parse that no server was asked for: the next server that the client names it to will be. */
    void parsedInStead(ByteBuf buffer, int bodyIndex, int bodyBytes) {
        if (session.sharesStatements()) {
            rewriter().remember(buffer, bodyIndex, bodyBytes);
        }
    }

    private void forgetUnnamed(ServerConnection server) {
        server.unnamed().forget();
        StatementRewriter present = rewriter;
        if (present != null) {
            present.forgetUnnamed();
        }
    }

    @Override
    public void pass(ByteBuf buffer, int index, int lengthBytes) {
        ServerConnection server = session.lease().serverOrNull();
        if (server != null) {
            server.outbound().pass(buffer, index, lengthBytes);
        }
    }

    @Override
    public Verdict whole(byte tag, ByteBuf buffer, int bodyIndex, int bodyBytes) {
        if (session.lease().serverOrNull() == null) {
            if (session.lease().closed()) {
                return Verdict.DROP;
            }
            if (session.lease().standsIn()) {
                session.lease().answerInStead(tag, buffer, bodyIndex, bodyBytes);
                return Verdict.DROP;
            }
            if (!session.lease().acquireServer(tag, buffer, bodyIndex, bodyBytes)) {
                if (session.lease().standsIn()) {
                    session.lease().answerInStead(tag, buffer, bodyIndex, bodyBytes);
                    return Verdict.DROP;
                }
                return Verdict.HOLD;
            }
        }
        ServerConnection server = session.lease().server();
        if (tag == FrontendTag.QUERY) {
            OwnCommand own = session.ownCommand(buffer, bodyIndex, bodyBytes);
            if (own != null) {
                return runOwn(server, own);
            }
        }
        if (mayBeDatabaseCommand(tag, bodyBytes)) {
            noteDatabaseCommand(tag, buffer, bodyIndex, bodyIndex + bodyBytes);
        }
        if (tag == FrontendTag.PARSE && session.sharesStatements()) {
            begins(server.ledger());
            int query = buffer.indexOf(bodyIndex, bodyIndex + bodyBytes, (byte) 0) + 1;
            dropsAllBeforeSync |= DropAll.is(buffer, query, bodyIndex + bodyBytes);
            session.lease().reads().note(buffer, query, bodyIndex + bodyBytes - query);
            return rewriter().parse(server, buffer, bodyIndex, bodyBytes);
        }
        if (tag == FrontendTag.QUERY
                && session.sharesStatements()
                && DropAll.is(buffer, bodyIndex, bodyIndex + bodyBytes)) {
            session.lease().holdBack();
        }
        Verdict verdict = withServer(server, tag, bodyBytes);
        if (verdict == Verdict.LOOK) {
            look(tag, bodyBytes, buffer, bodyIndex, bodyBytes);
            return Verdict.PASS;
        }
        return verdict == Verdict.HEAD ? wholeWithNames(tag, buffer, bodyIndex, bodyBytes) : verdict;
    }

    /** One of the proxy's own commands: the server is asked what the proxy has to say. */
    private Verdict runOwn(ServerConnection server, OwnCommand own) {
        session.passRunSoFar();
        forgetUnnamed(server);
        expect(server.ledger(), Reply.QUERY);
        session.carryOut(own);
        MessageWriter.write(new Query(session.sqlFor(own)), server.outbound().append());
        return Verdict.DROP;
    }

    /** A frame whose front would have been enough, had there been a server when it began. */
    private Verdict wholeWithNames(byte tag, ByteBuf buffer, int bodyIndex, int bodyBytes) {
        int taken = head(tag, bodyBytes, buffer, bodyIndex, bodyBytes);
        if (taken == FrameScanner.AS_IT_IS) {
            return Verdict.PASS;
        }
        if (taken == FrameScanner.NEED_MORE) {
            throw new ProtocolViolation("names in message " + FrontendTag.nameOf(tag) + ": no end in " + bodyBytes
                    + " bytes (expected: each ended by a zero byte)");
        }
        if (taken < bodyBytes) {
            pass(buffer, bodyIndex + taken, bodyBytes - taken);
        }
        return Verdict.DROP;
    }

    private void noteDatabaseCommand(byte tag, ByteBuf buffer, int bodyIndex, int bodyEnd) {
        int start = bodyIndex;
        if (tag == FrontendTag.PARSE) {
            int nameEnd = buffer.indexOf(bodyIndex, bodyEnd, (byte) 0);
            start = nameEnd < 0 ? bodyEnd : nameEnd + 1;
        }
        if (DatabaseCommand.at(buffer, start, bodyEnd)) {
            session.home()
                    .servers()
                    .databaseCommandSent(buffer.toString(start, bodyEnd - start, StandardCharsets.UTF_8));
        }
    }

    @Override
    public int head(byte tag, int bodyBytes, ByteBuf buffer, int bodyIndex, int availableBytes) {
        ServerConnection server = session.lease().serverOrNull();
        if (server == null) {
            return availableBytes;
        }
        begins(server.ledger());
        return switch (tag) {
            case FrontendTag.BIND -> rewriter().bind(server, bodyBytes, buffer, bodyIndex, availableBytes);
            case FrontendTag.DESCRIBE -> rewriter().describe(server, bodyBytes, buffer, bodyIndex, availableBytes);
            default -> rewriter().close(server, bodyBytes, buffer, bodyIndex, availableBytes);
        };
    }

    @Nullable
    Classification unnamedStatement() {
        return rewriter().unnamedStatement();
    }

    @Nullable
    Classification namedStatement(ByteBuf buffer, int nameIndex, int nameBytes) {
        return rewriter().namedStatement(buffer, nameIndex, nameBytes);
    }

    /** The client is going to give this name once more; empty for none. */
    void forgetNamed(byte[] name) {
        StatementRewriter present = rewriter;
        if (present != null && name.length > 0) {
            present.forgetNamed(name);
        }
    }

    void statementsMisread(Set<SharedStatement> misread) {
        StatementRewriter present = rewriter;
        if (present != null) {
            present.readAgain(misread);
        }
    }

    /** The session's own commands have dropped every prepared statement. */
    void statementsDropped() {
        StatementRewriter present = rewriter;
        if (present != null) {
            present.clear();
        }
    }

    /** Answers what needs no server, for a client that would have to wait for one. */
    boolean answerKnownParses(ByteBuf in, ByteBuf out) {
        return session.sharesStatements() && rewriter().answerKnownParses(in, out);
    }

    int preparedStatements() {
        return rewriter == null ? 0 : rewriter.size();
    }

    private StatementRewriter rewriter() {
        StatementRewriter present = rewriter;
        if (present == null) {
            present = new StatementRewriter(session, this);
            rewriter = present;
        }
        return present;
    }
}
