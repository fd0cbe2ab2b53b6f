package io.pgorchestra.proxy.server;

import io.netty.buffer.ByteBuf;
import io.pgorchestra.pool.CloseReason;
import io.pgorchestra.protocol.frame.BackendTag;
import io.pgorchestra.protocol.frame.FrameSink;
import io.pgorchestra.protocol.frame.TransactionStatus;
import io.pgorchestra.protocol.frame.Verdict;
import io.pgorchestra.protocol.message.BackendMessage.DataRow;
import io.pgorchestra.protocol.message.BackendMessage.ErrorResponse;
import io.pgorchestra.protocol.message.BackendMessage.ParameterStatus;
import io.pgorchestra.protocol.message.MessageReader;
import io.pgorchestra.protocol.message.MessageWriter;
import io.pgorchestra.protocol.message.ProtocolViolation;
import io.pgorchestra.proxy.failure.Failure;
import io.pgorchestra.proxy.failure.FailureReply;
import io.pgorchestra.proxy.session.Fate;
import io.pgorchestra.proxy.session.LedgerSink;
import io.pgorchestra.proxy.session.Reply;
import io.pgorchestra.proxy.statement.StatementChange;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Judges what a server sends: passed to the client that asked for it, swallowed when the proxy asked, refused when nobody did. */
final class ServerFrames implements FrameSink, LedgerSink {

    /** Errors and parameter values longer than this pass unread. */
    static final int MAX_READ_BYTES = 64 * 1024;

    /** DO, and its zero byte. */
    private static final int SHORTEST_TAG_BYTES = 3;

    private final ServerConnection server;
    private boolean copyIn;

    /** The commit whose end is expected was cut off from its standbys: it has happened here, and perhaps nowhere else. */
    private boolean commitUnreplicated;

    private @Nullable ErrorResponse lastSwallowedError;

    ServerFrames(ServerConnection server) {
        this.server = server;
    }

    /** Whether the server is waiting for copy data. */
    boolean copyIn() {
        return copyIn;
    }

    @Override
    public Verdict frame(byte tag, int bodyBytes) {
        switch (tag) {
            case BackendTag.DATA_ROW, BackendTag.COPY_DATA -> {
                Fate fate = server.ledger().reply(tag, this);
                return fate == Fate.SWALLOW && answersInquiry(tag, bodyBytes) ? Verdict.READ : verdict(fate);
            }
            case BackendTag.READY_FOR_QUERY -> {
                if (bodyBytes != 1) {
                    throw new ProtocolViolation("length of ReadyForQuery: " + bodyBytes + " (expected: 1)");
                }
                return Verdict.READ;
            }
            case BackendTag.COMMAND_COMPLETE, BackendTag.ERROR_RESPONSE, BackendTag.PARAMETER_STATUS -> {
                if (bodyBytes <= MAX_READ_BYTES) {
                    return Verdict.READ;
                }
            }
            case BackendTag.NOTICE_RESPONSE -> {
                if (server.outlivable() && bodyBytes <= MAX_READ_BYTES) {
                    return Verdict.READ;
                }
            }
            case BackendTag.COPY_IN_RESPONSE, BackendTag.COPY_BOTH_RESPONSE -> {
                copyIn = true;
                if (server.abandoned()) {
                    // It waits for data that will never come, and takes the Sync that was to bring it to rest for a
                    // part of them.
                    server.discard(CloseReason.CLIENT_GONE);
                    return Verdict.DROP;
                }
            }
            default -> {}
        }
        return judge(tag);
    }

    private boolean answersInquiry(byte tag, int bodyBytes) {
        return tag == BackendTag.DATA_ROW && bodyBytes <= MAX_READ_BYTES && server.inquiryInReply() != null;
    }

    @Override
    public Verdict whole(byte tag, ByteBuf buffer, int bodyIndex, int bodyBytes) {
        return switch (tag) {
            case BackendTag.READY_FOR_QUERY -> readyForQuery(buffer, bodyIndex);
            case BackendTag.COMMAND_COMPLETE -> commandComplete(buffer, bodyIndex, bodyBytes);
            case BackendTag.ERROR_RESPONSE -> errorResponse(buffer, bodyIndex, bodyBytes);
            case BackendTag.NOTICE_RESPONSE -> noticeResponse(buffer, bodyIndex, bodyBytes);
            case BackendTag.DATA_ROW -> rowOfInquiry(buffer, bodyIndex, bodyBytes);
            default -> parameterStatus(buffer, bodyIndex, bodyBytes);
        };
    }

    private Verdict readyForQuery(ByteBuf buffer, int bodyIndex) {
        copyIn = false;
        boolean unreplicated = commitUnreplicated;
        commitUnreplicated = false;
        server.ready(TransactionStatus.of(buffer.getByte(bodyIndex)));
        Fate fate = server.ledger().reply(BackendTag.READY_FOR_QUERY, this);
        Lessee client = server.lessee();
        if (fate != Fate.FORWARD || client == null) {
            server.swallowedReady();
            return Verdict.DROP;
        }
        if (unreplicated) {
            // In the extended protocol it is the Sync that commits: its statements have reported success already.
            sayUnreplicated(client);
        }
        client.requestAnswered();
        if (server.ledger().isEmpty()) {
            server.clientAnswered();
        }
        return Verdict.PASS;
    }

    private Verdict commandComplete(ByteBuf buffer, int bodyIndex, int bodyBytes) {
        copyIn = false;
        if (bodyBytes >= SHORTEST_TAG_BYTES) {
            noteCommand(buffer, bodyIndex, bodyBytes);
        }
        Verdict verdict = judge(BackendTag.COMMAND_COMPLETE);
        if (commitUnreplicated && verdict == Verdict.PASS) {
            return reportUnreplicated();
        }
        return verdict;
    }

    private Verdict noticeResponse(ByteBuf buffer, int bodyIndex, int bodyBytes) {
        commitUnreplicated |= SyncRepWarning.is(buffer, bodyIndex, bodyBytes);
        return judge(BackendTag.NOTICE_RESPONSE);
    }

    /** In the place of a success that a failover would take back. */
    private Verdict reportUnreplicated() {
        commitUnreplicated = false;
        Lessee client = server.lessee();
        if (client != null) {
            sayUnreplicated(client);
        }
        return Verdict.DROP;
    }

    private void sayUnreplicated(Lessee client) {
        server.passRunSoFar();
        FailureReply.writeError(Failure.commitUnreplicated(), client.outbound().append());
    }

    /** What changes more than rows, whoever asked; the many others are told by two or three letters, before a text is made. */
    private void noteCommand(ByteBuf buffer, int bodyIndex, int bodyBytes) {
        byte second = buffer.getByte(bodyIndex + 1);
        byte third = buffer.getByte(bodyIndex + 2);
        switch (buffer.getByte(bodyIndex)) {
            case 'A' -> {
                if (second == 'L') {
                    noteDefinition(buffer, bodyIndex, bodyBytes);
                }
            }
            case 'C' -> {
                if (second == 'R') {
                    server.schemaChanged();
                }
            }
            case 'D' -> {
                if (second == 'R' || second == 'I' || (second == 'E' && third == 'A')) {
                    noteDefinition(buffer, bodyIndex, bodyBytes);
                } else if (second == 'O') {
                    server.schemaChanged();
                }
            }
            case 'R' -> {
                if (second == 'O') {
                    server.rolledBack();
                } else if (second == 'E' && third == 'S') {
                    server.parametersReset();
                }
            }
            default -> {}
        }
    }

    private void noteDefinition(ByteBuf buffer, int bodyIndex, int bodyBytes) {
        switch (buffer.toString(bodyIndex, bodyBytes - 1, StandardCharsets.US_ASCII)) {
            case "DISCARD ALL" -> server.statementsDropped(true);
            case "DEALLOCATE ALL" -> server.statementsDropped(false);
            case "DEALLOCATE", "DISCARD PLANS", "DISCARD SEQUENCES" -> {}
            case "ALTER ROLE", "DROP ROLE", "ALTER DATABASE" -> server.loginsOutdatedAtCommit();
            default -> server.schemaChanged();
        }
    }

    private Verdict errorResponse(ByteBuf buffer, int bodyIndex, int bodyBytes) {
        copyIn = false;
        if (ErrorMeaning.endsConnection(buffer, bodyIndex, bodyBytes)) {
            server.goodbyeSeen();
            return server.lessee() == null || server.outlivable() ? Verdict.DROP : Verdict.PASS;
        }
        if (ErrorMeaning.isOutdatedPlan(buffer, bodyIndex, bodyBytes)) {
            // Somebody has changed the schema without this proxy in between.
            server.schemaChanged();
        }
        Inquiry inquiry = server.inquiryInReply();
        Fate fate = server.ledger().reply(BackendTag.ERROR_RESPONSE, this);
        if (inquiry != null) {
            inquiry.error(readError(buffer, bodyIndex, bodyBytes));
        } else if (fate == Fate.SWALLOW) {
            lastSwallowedError = readError(buffer, bodyIndex, bodyBytes);
        }
        return verdict(fate);
    }

    private static ErrorResponse readError(ByteBuf buffer, int bodyIndex, int bodyBytes) {
        return (ErrorResponse) MessageReader.readBackend(BackendTag.ERROR_RESPONSE, buffer.slice(bodyIndex, bodyBytes));
    }

    private Verdict rowOfInquiry(ByteBuf buffer, int bodyIndex, int bodyBytes) {
        Inquiry inquiry = server.inquiryInReply();
        if (inquiry != null) {
            inquiry.row((DataRow) MessageReader.readBackend(BackendTag.DATA_ROW, buffer.slice(bodyIndex, bodyBytes)));
        }
        return Verdict.DROP;
    }

    @Nullable
    ErrorResponse lastSwallowedError() {
        return lastSwallowedError;
    }

    private Verdict parameterStatus(ByteBuf buffer, int bodyIndex, int bodyBytes) {
        int end = bodyIndex + bodyBytes;
        int nameEnd = buffer.indexOf(bodyIndex, end, (byte) 0);
        if (nameEnd < 0 || buffer.indexOf(nameEnd + 1, end, (byte) 0) != end - 1) {
            throw new ProtocolViolation(
                    "ParameterStatus without its two zero bytes (expected: name and value, each ended by one)");
        }
        String name = buffer.toString(bodyIndex, nameEnd - bodyIndex, StandardCharsets.UTF_8);
        String value = buffer.toString(nameEnd + 1, end - nameEnd - 2, StandardCharsets.UTF_8);
        String told = server.reported(name, value);
        Verdict verdict = judge(BackendTag.PARAMETER_STATUS);
        Lessee client = server.lessee();
        if (told == null || client == null || verdict != Verdict.PASS) {
            return verdict;
        }
        server.passRunSoFar();
        MessageWriter.write(new ParameterStatus(name, told), client.outbound().append());
        return Verdict.DROP;
    }

    private Verdict judge(byte tag) {
        return verdict(server.ledger().reply(tag, this));
    }

    private Verdict verdict(Fate fate) {
        return fate == Fate.FORWARD && server.lessee() != null ? Verdict.PASS : Verdict.DROP;
    }

    @Override
    public void pass(ByteBuf buffer, int index, int lengthBytes) {
        Lessee client = server.lessee();
        if (client != null) {
            client.outbound().pass(buffer, index, lengthBytes);
        }
    }

    @Override
    public int head(byte tag, int bodyBytes, ByteBuf buffer, int bodyIndex, int availableBytes) {
        throw new AssertionError("no HEAD verdict is given here");
    }

    // --- LedgerSink ---

    @Override
    public void synthesize(Reply reply) {
        Lessee client = server.lessee();
        if (client != null) {
            server.passRunSoFar();
            client.answerBegins();
            client.synthesize(reply);
        }
    }

    @Override
    public void succeeded(Reply reply, Object note) {
        if (note instanceof StatementChange change) {
            change.done();
        }
    }

    @Override
    public void undone(Reply reply, Object note) {
        if (note instanceof StatementChange change) {
            change.undo();
        }
    }

    @Override
    public void swallowed(Reply reply, @Nullable Object note, boolean failed) {
        if (note instanceof Injection injection) {
            server.injectionEnded(injection, failed);
        }
    }
}
