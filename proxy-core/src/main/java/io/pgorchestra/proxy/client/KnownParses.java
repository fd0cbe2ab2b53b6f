package io.pgorchestra.proxy.client;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.pgorchestra.protocol.frame.BackendTag;
import io.pgorchestra.protocol.frame.FrameScanner;
import io.pgorchestra.protocol.frame.FrontendTag;
import io.pgorchestra.protocol.frame.TransactionStatus;
import io.pgorchestra.proxy.statement.SharedStatement;
import io.pgorchestra.proxy.statement.StatementNames;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answers a client that would have to wait for a server although it only prepares statements which a server of this pool has
 * prepared before.
 *
 * <p>Clients that share one thread can starve each other otherwise: one blocks the thread in its Parse, waiting for a server, while
 * another, which holds the server in a transaction, cannot go on.
 */
final class KnownParses {

    private final PoolHome home;
    private final StatementNames names;
    private final String context;

    /** @param context what the meaning of this client's texts depends on */
    KnownParses(PoolHome home, StatementNames names, String context) {
        this.home = home;
        this.names = names;
        this.context = context;
    }

    /** Takes everything in the buffer and appends the answers, if it is nothing but such requests; else leaves both as they are. */
    boolean answer(ByteBuf in, ByteBuf out) {
        List<Parse> parses = read(in);
        if (parses == null) {
            return false;
        }
        for (Parse parse : parses) {
            if (parse.statement() == null) {
                out.writeByte(BackendTag.READY_FOR_QUERY).writeInt(5).writeByte(TransactionStatus.IDLE.code());
            } else {
                names.put(parse.name(), parse.statement());
                home.servers().traffic().clientParse();
                out.writeByte(BackendTag.PARSE_COMPLETE).writeInt(4);
            }
        }
        in.readerIndex(in.writerIndex());
        return true;
    }

    /** A Parse, or a Sync where there is no statement. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record Parse(byte[] name, @Nullable SharedStatement statement) {

        private static final Parse SYNC = new Parse(new byte[0], null);

        @Override
        public String toString() {
            return statement == null ? "Sync" : "Parse " + statement;
        }
    }

    /** Null if there is anything else, or a part of a message, or no Sync at the end. */
    private @Nullable List<Parse> read(ByteBuf in) {
        List<Parse> parses = new ArrayList<>();
        int index = in.readerIndex();
        int end = in.writerIndex();
        boolean synced = false;
        while (index < end) {
            if (end - index < FrameScanner.HEADER_BYTES) {
                return null;
            }
            int next = index + 1 + in.getInt(index + 1);
            if (next > end || next < index + FrameScanner.HEADER_BYTES) {
                return null;
            }
            byte tag = in.getByte(index);
            Parse parse =
                    tag == FrontendTag.SYNC ? Parse.SYNC : tag == FrontendTag.PARSE ? known(in, index, next) : null;
            if (parse == null) {
                return null;
            }
            synced = tag == FrontendTag.SYNC;
            parses.add(parse);
            index = next;
        }
        return synced ? parses : null;
    }

    private @Nullable Parse known(ByteBuf in, int index, int next) {
        int nameIndex = index + FrameScanner.HEADER_BYTES;
        int nameEnd = in.indexOf(nameIndex, next, (byte) 0);
        if (nameEnd <= nameIndex) {
            return null;
        }
        byte[] name = ByteBufUtil.getBytes(in, nameIndex, nameEnd - nameIndex);
        if (names.get(name) != null) {
            return null;
        }
        SharedStatement statement =
                home.statements().shared(ByteBufUtil.getBytes(in, nameEnd + 1, next - nameEnd - 1), context);
        return home.knownStatements().contains(statement) ? new Parse(name, statement) : null;
    }
}
