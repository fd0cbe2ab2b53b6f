package io.pgorchestra.proxy.admin;

import io.pgorchestra.protocol.frame.TransactionStatus;
import io.pgorchestra.protocol.message.BackendMessage;
import io.pgorchestra.protocol.message.ErrorFields;
import io.pgorchestra.protocol.message.FrontendMessage;
import io.pgorchestra.protocol.message.SqlState;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's conversation with the console, over the simple and the extended protocol. Bound to one event loop.
 *
 * <pre>
 *           command does not finish at once        error in the extended protocol
 *   RUNNING &lt;------------------------------- READY -------------------------------&gt; SKIPPING
 *           -------------------------------&gt;       &lt;-------------------------------
 *           finished, failed or cancelled                       Sync
 * </pre>
 *
 * A command that fails after RUNNING goes to READY, and from there to SKIPPING. Every state leads to CLOSED.
 */
public final class AdminSession {
    private static final Logger log = LoggerFactory.getLogger(AdminSession.class);

    // Messages that wait behind a running command; reading stops there. No tool pipelines as many to a console.
    private static final int MAX_BACKLOG = 1_000;

    private enum State {
        /** Takes the next message. */
        READY,
        /** Waits for a command, such as PAUSE. */
        RUNNING,
        /** Ignores messages up to the next Sync. */
        SKIPPING,
        CLOSED;

        boolean mayBecome(State next) {
            return switch (this) {
                case READY -> next != READY;
                case RUNNING -> next == READY || next == CLOSED;
                case SKIPPING -> next == READY || next == CLOSED;
                case CLOSED -> false;
            };
        }
    }

    private State state = State.READY;
    private final ConsoleTransaction transaction = new ConsoleTransaction();
    private final PreparedCommands prepared = new PreparedCommands();
    private final Queue<FrontendMessage> backlog = new ArrayDeque<>();
    /** Counts commands that did not finish at once, so that the late end of a cancelled one is not taken for the next's. */
    private long runNumber;

    private Consumer<Throwable> onRunFailed = failure -> {};
    private String reportedApplicationName;

    private final AdminLogin login;
    private final SessionParameters parameters;
    private final CommandRunner runner;
    private final AdminOutput output;
    private final ReplyWriter replies;

    AdminSession(
            AdminLogin login,
            SessionParameters parameters,
            CommandRunner runner,
            AdminOutput output,
            ReplyWriter replies) {
        this.login = login;
        this.parameters = parameters;
        this.runner = runner;
        this.output = output;
        this.replies = replies;
        reportedApplicationName = parameters.applicationName();
    }

    /** Sends what follows AuthenticationOk: ParameterStatus, BackendKeyData and ReadyForQuery. */
    public void welcome(byte[] secretKey) {
        parameters.reported().forEach((name, value) -> replies.write(new BackendMessage.ParameterStatus(name, value)));
        replies.write(new BackendMessage.BackendKeyData(login.processId(), secretKey));
        replies.write(new BackendMessage.ReadyForQuery(transaction.status()));
        replies.flush();
    }

    /** The name that the client has given itself last. */
    public String applicationName() {
        return parameters.applicationName();
    }

    /** Takes one message. Replies go to the output; while a command runs, messages wait. */
    public void onMessage(FrontendMessage message) {
        if (state == State.CLOSED) {
            return;
        }
        backlog.add(message);
        drain();
    }

    /** Goes on after the output has become writable again. */
    public void onWritable() {
        drain();
    }

    /** Gives up waiting for the running command, on a CancelRequest. What the command has begun stays begun. */
    public void cancel() {
        if (state != State.RUNNING) {
            return;
        }
        runNumber++;
        moveTo(State.READY);
        onRunFailed.accept(new AdminException(SqlState.QUERY_CANCELED, "canceling statement due to user request"));
        drain();
    }

    /** Ends the session when the connection is gone. */
    public void close() {
        if (state == State.CLOSED) {
            return;
        }
        moveTo(State.CLOSED);
        backlog.clear();
        replies.discard();
    }

    private void moveTo(State next) {
        assert state.mayBecome(next) : state + " -> " + next;
        state = next;
    }

    private void drain() {
        while ((state == State.READY || state == State.SKIPPING) && output.isWritable()) {
            FrontendMessage message = backlog.poll();
            if (message == null) {
                break;
            }
            handle(message);
        }
        if (state != State.CLOSED) {
            replies.flush();
            output.setReading(backlog.size() < MAX_BACKLOG);
        }
    }

    private void handle(FrontendMessage message) {
        if (message instanceof FrontendMessage.Terminate) {
            terminate();
        } else if (message instanceof FrontendMessage.Sync) {
            sync();
        } else if (state == State.SKIPPING) {
            assert transaction.status() != TransactionStatus.IN_TRANSACTION : "an error fails the transaction";
        } else if (message instanceof FrontendMessage.Query query) {
            query(query.query());
        } else if (message instanceof FrontendMessage.FunctionCall) {
            failQuery(new AdminException(SqlState.FEATURE_NOT_SUPPORTED, "the console has no functions to call"));
        } else {
            extended(message);
        }
    }

    private void terminate() {
        replies.flush();
        close();
        output.close();
    }

    private void sync() {
        if (state == State.SKIPPING) {
            moveTo(State.READY);
        }
        readyForQuery();
    }

    private void readyForQuery() {
        if (transaction.status() == TransactionStatus.IDLE) {
            prepared.closePortals();
        }
        if (!parameters.applicationName().equals(reportedApplicationName)) {
            reportedApplicationName = parameters.applicationName();
            replies.write(new BackendMessage.ParameterStatus("application_name", reportedApplicationName));
        }
        replies.write(new BackendMessage.ReadyForQuery(transaction.status()));
    }

    private void query(String text) {
        prepared.forgetUnnamed();
        List<AdminCommand> commands;
        try {
            commands = AdminCommandParser.parse(text);
        } catch (AdminException failure) {
            failQuery(failure);
            return;
        }
        if (commands.isEmpty()) {
            replies.write(new BackendMessage.EmptyQueryResponse());
        }
        runNext(commands.iterator());
    }

    private void runNext(Iterator<AdminCommand> commands) {
        if (!commands.hasNext()) {
            readyForQuery();
            return;
        }
        AdminCommand command = commands.next();
        await(
                () -> run(command),
                outcome -> {
                    replies.notices(outcome.notices());
                    ResultTable table = outcome.table();
                    if (table != null) {
                        List<Integer> formats =
                                Collections.nCopies(table.columns().size(), CellEncoder.TEXT_FORMAT);
                        replies.description(table.columns(), formats);
                        replies.rows(table.columns(), table.rows(), formats);
                    }
                    replies.write(new BackendMessage.CommandComplete(outcome.tag()));
                    runNext(commands);
                },
                this::failQuery);
    }

    private void extended(FrontendMessage message) {
        try {
            if (message instanceof FrontendMessage.Parse parse) {
                parse(parse);
            } else if (message instanceof FrontendMessage.Bind bind) {
                prepared.bind(bind);
                replies.write(new BackendMessage.BindComplete());
            } else if (message instanceof FrontendMessage.Describe describe) {
                describe(describe);
            } else if (message instanceof FrontendMessage.Execute execute) {
                execute(prepared.portal(execute.portal()), execute);
            } else if (message instanceof FrontendMessage.Close close) {
                prepared.close(close.subject(), close.name());
                replies.write(new BackendMessage.CloseComplete());
            } else if (message instanceof FrontendMessage.Flush) {
                replies.flush();
            } else if (!isLateCopy(message)) {
                refuse(message);
            }
        } catch (AdminException failure) {
            failExtended(failure);
        }
    }

    /** Copy messages outside of a copy are ignored, as Postgres does: they may follow a failed one. */
    private static boolean isLateCopy(FrontendMessage message) {
        return message instanceof FrontendMessage.CopyData
                || message instanceof FrontendMessage.CopyDone
                || message instanceof FrontendMessage.CopyFail;
    }

    private void parse(FrontendMessage.Parse parse) {
        AdminCommand command = PreparedCommands.commandOf(parse.query());
        transaction.check(command);
        prepared.prepare(parse.statement(), command);
        replies.write(new BackendMessage.ParseComplete());
    }

    private void describe(FrontendMessage.Describe describe) {
        switch (describe.subject()) {
            case STATEMENT -> {
                List<Column> columns = prepared.statement(describe.name()).columns();
                replies.write(new BackendMessage.ParameterDescription(List.of()));
                replies.description(columns, Collections.nCopies(columns.size(), CellEncoder.TEXT_FORMAT));
            }
            case PORTAL -> {
                Portal portal = prepared.portal(describe.name());
                replies.description(portal.command().columns(), portal.formats());
            }
        }
    }

    private void execute(Portal portal, FrontendMessage.Execute execute) {
        if (portal.command() instanceof AdminCommand.Empty) {
            replies.write(new BackendMessage.EmptyQueryResponse());
            return;
        }
        Outcome known = portal.outcome();
        if (known == null) {
            await(
                    () -> run(portal.command()),
                    outcome -> {
                        portal.complete(outcome);
                        replies.notices(outcome.notices());
                        answer(portal, outcome, execute.maxRows());
                    },
                    this::failExtended);
            return;
        }
        if (known.table() == null) {
            throw new AdminException(
                    SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE, "portal \"" + execute.portal() + "\" cannot be run");
        }
        answer(portal, known, execute.maxRows());
    }

    private void answer(Portal portal, Outcome outcome, int maxRows) {
        ResultTable table = outcome.table();
        if (table != null) {
            replies.rows(table.columns(), portal.read(table, maxRows), portal.formats());
            if (!portal.isExhausted(table)) {
                replies.write(new BackendMessage.PortalSuspended());
                return;
            }
        }
        replies.write(new BackendMessage.CommandComplete(outcome.tag()));
    }

    private CompletionStage<Outcome> run(AdminCommand command) {
        transaction.check(command);
        if (command instanceof AdminCommand.Transaction step) {
            return CompletableFuture.completedFuture(Outcome.done(transaction.follow(step.verb())));
        }
        if (command instanceof AdminCommand.Deallocate deallocate) {
            prepared.deallocate(deallocate.statement());
        }
        return runner.run(command);
    }

    /** Runs {@code then} with the outcome, at once if it is there, else later and with all messages waiting. */
    private void await(
            Supplier<CompletionStage<Outcome>> command, Consumer<Outcome> then, Consumer<Throwable> onFailure) {
        CompletionStage<Outcome> running;
        try {
            running = command.get();
        } catch (RuntimeException failure) {
            running = CompletableFuture.failedStage(failure);
        }
        CompletableFuture<Outcome> ended = running.toCompletableFuture();
        if (ended.isDone()) {
            settle(ended, then, onFailure);
            return;
        }
        moveTo(State.RUNNING);
        replies.flush();
        onRunFailed = onFailure;
        long number = ++runNumber;
        running.whenComplete((outcome, failure) -> output.loop().execute(() -> {
            if (state == State.RUNNING && runNumber == number) {
                moveTo(State.READY);
                settle(ended, then, onFailure);
                drain();
            }
        }));
    }

    private static void settle(
            CompletableFuture<Outcome> ended, Consumer<Outcome> then, Consumer<Throwable> onFailure) {
        Outcome outcome;
        try {
            outcome = ended.join();
        } catch (CompletionException failure) {
            onFailure.accept(failure.getCause() == null ? failure : failure.getCause());
            return;
        } catch (CancellationException failure) {
            onFailure.accept(failure);
            return;
        }
        then.accept(outcome);
    }

    private void failQuery(Throwable failure) {
        writeError(failure);
        readyForQuery();
    }

    private void failExtended(Throwable failure) {
        writeError(failure);
        moveTo(State.SKIPPING);
    }

    private void writeError(Throwable failure) {
        transaction.fail();
        if (!(failure instanceof AdminException answer)) {
            log.error("console command failed user={}", login.user(), failure);
            replies.error(ErrorFields.error(SqlState.INTERNAL_ERROR, "internal error: " + failure));
            return;
        }
        ErrorFields fields = ErrorFields.error(answer.sqlState(), String.valueOf(answer.getMessage()));
        replies.error(answer.hint().isEmpty() ? fields : fields.withHint(answer.hint()));
    }

    private void refuse(FrontendMessage message) {
        replies.error(ErrorFields.fatal(
                SqlState.PROTOCOL_VIOLATION,
                "unexpected message: " + message.getClass().getSimpleName()));
        terminate();
    }
}
