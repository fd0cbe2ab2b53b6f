package io.pgorchestra.proxy.admin;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.pgorchestra.protocol.message.BackendMessage;
import io.pgorchestra.protocol.message.FrontendMessage;
import io.pgorchestra.protocol.message.MessageReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;

/** A client of one console session, and the connection between them; its loop runs when it is told to. */
final class ConsoleClient implements AdminOutput {
    final FakeAdminTarget target = new FakeAdminTarget();
    final AdminSession session;
    private final AdminConsole console;
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final List<BackendMessage> received = new ArrayList<>();
    private long nanoTime = 1_000;
    boolean writable = true;
    boolean reading = true;
    boolean closed;

    ConsoleClient(AdminRole role) {
        console = new AdminConsole(target, () -> nanoTime);
        session = console.open(new AdminLogin("dba", "pgbouncer", role, "psql", 99), this, ByteBufAllocator.DEFAULT);
    }

    static ConsoleClient admin() {
        return new ConsoleClient(AdminRole.ADMIN);
    }

    void advanceSeconds(long seconds) {
        nanoTime += seconds * 1_000_000_000L;
    }

    void rollAverages() {
        console.rollAverages().toCompletableFuture().join();
    }

    /** Sends messages and returns what came back, each as a line of text. */
    List<String> exchange(FrontendMessage... messages) {
        for (FrontendMessage message : messages) {
            session.onMessage(message);
        }
        return takeLines();
    }

    List<String> query(String sql) {
        return exchange(new FrontendMessage.Query(sql));
    }

    void runLoop() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    List<BackendMessage> take() {
        List<BackendMessage> messages = List.copyOf(received);
        received.clear();
        return messages;
    }

    List<String> takeLines() {
        return take().stream().map(ConsoleClient::line).toList();
    }

    private static String line(BackendMessage message) {
        if (message instanceof BackendMessage.RowDescription description) {
            return "columns "
                    + String.join(
                            "|",
                            description.fields().stream()
                                    .map(field -> field.name() + ":" + field.typeOid())
                                    .toList());
        }
        if (message instanceof BackendMessage.DataRow row) {
            return "row "
                    + String.join(
                            "|",
                            row.columns().stream()
                                    .map(cell -> cell == null ? "NULL" : new String(cell, StandardCharsets.UTF_8))
                                    .toList());
        }
        if (message instanceof BackendMessage.CommandComplete complete) {
            return complete.commandTag();
        }
        if (message instanceof BackendMessage.ReadyForQuery ready) {
            return "ready " + (char) ready.status().code();
        }
        if (message instanceof BackendMessage.ErrorResponse error) {
            return error.fields().severity() + " " + error.fields().sqlState() + " "
                    + error.fields().message() + " / " + error.fields().hint();
        }
        if (message instanceof BackendMessage.NoticeResponse notice) {
            return "NOTICE " + notice.fields().message();
        }
        if (message instanceof BackendMessage.ParameterStatus status) {
            return "parameter " + status.name() + "=" + status.value();
        }
        return message.getClass().getSimpleName();
    }

    @Override
    public Executor loop() {
        return tasks::add;
    }

    @Override
    public void send(ByteBuf bytes) {
        while (bytes.isReadable()) {
            byte tag = bytes.readByte();
            int bodyBytes = bytes.readInt() - Integer.BYTES;
            received.add(MessageReader.readBackend(tag, bytes.readSlice(bodyBytes)));
        }
        bytes.release();
    }

    @Override
    public boolean isWritable() {
        return writable;
    }

    @Override
    public void setReading(boolean reading) {
        this.reading = reading;
    }

    @Override
    public void close() {
        closed = true;
    }
}
