package io.pgorchestra.proxy.admin;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.pgorchestra.protocol.message.BackendMessage;
import io.pgorchestra.protocol.message.ErrorFields;
import io.pgorchestra.protocol.message.Field;
import io.pgorchestra.protocol.message.MessageWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gathers the replies of one session and sends them in large pieces. */
final class ReplyWriter {
    private static final int SEND_BYTES = 64 * 1024;

    private final AdminOutput output;
    private final ByteBufAllocator allocator;
    private @Nullable ByteBuf gathered;

    ReplyWriter(AdminOutput output, ByteBufAllocator allocator) {
        this.output = output;
        this.allocator = allocator;
    }

    void write(BackendMessage message) {
        ByteBuf out = gathered;
        if (out == null) {
            out = allocator.buffer();
            gathered = out;
        }
        MessageWriter.write(message, out);
        if (out.readableBytes() >= SEND_BYTES) {
            flush();
        }
    }

    void error(ErrorFields fields) {
        write(fields.toErrorResponse());
    }

    void notices(List<ErrorFields> notices) {
        notices.forEach(notice -> write(notice.toNoticeResponse()));
    }

    /** RowDescription, or NoData where there are no columns. */
    void description(List<Column> columns, List<Integer> formats) {
        if (columns.isEmpty()) {
            write(new BackendMessage.NoData());
            return;
        }
        List<Field> fields = new ArrayList<>(columns.size());
        for (int i = 0; i < columns.size(); i++) {
            Column column = columns.get(i);
            fields.add(new Field(
                    column.name(),
                    0,
                    (short) 0,
                    column.type().oid(),
                    (short) column.type().size(),
                    -1,
                    formats.get(i).shortValue()));
        }
        write(new BackendMessage.RowDescription(fields));
    }

    void rows(List<Column> columns, List<List<@Nullable Object>> rows, List<Integer> formats) {
        for (List<@Nullable Object> row : rows) {
            List<byte @Nullable []> cells = new ArrayList<>(row.size());
            for (int i = 0; i < row.size(); i++) {
                cells.add(CellEncoder.encode(columns.get(i).type(), row.get(i), formats.get(i)));
            }
            write(new BackendMessage.DataRow(cells));
        }
    }

    void flush() {
        if (gathered != null) {
            ByteBuf bytes = gathered;
            gathered = null;
            output.send(bytes);
        }
    }

    /** Drops what was not sent. */
    void discard() {
        if (gathered != null) {
            gathered.release();
            gathered = null;
        }
    }
}
