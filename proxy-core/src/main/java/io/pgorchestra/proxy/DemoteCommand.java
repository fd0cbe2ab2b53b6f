package io.pgorchestra.proxy;

import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.sql.Demotion;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code demote_command}: a program of the operator's that stops a primary in order and starts it as a standby. It gets six arguments: name,
 * host and port of the primary, and of the next one; it succeeds by exit code 0.
 */
final class DemoteCommand implements Demotion {

    private static final Logger LOG = LoggerFactory.getLogger(DemoteCommand.class);

    /** A checkpoint and the last write-ahead log may take a while; longer, and the switchover is better called off. */
    private static final long LIMIT_SECONDS = 60;

    private final String command;

    /** @param command empty: there is none, and every demotion fails */
    DemoteCommand(String command) {
        this.command = command;
    }

    @Override
    public CompletionStage<Void> demote(Node primary, Node next) {
        if (command.isEmpty()) {
            return CompletableFuture.failedFuture(
                    new IOException("demote_command is not set (expected: a program that stops " + primary + ")"));
        }
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread runner = new Thread(() -> run(primary, next, done), "orchestra-demote");
        runner.setDaemon(true);
        runner.start();
        return done;
    }

    private void run(Node primary, Node next, CompletableFuture<Void> done) {
        List<String> words = List.of(
                command,
                primary.name(),
                primary.host(),
                Integer.toString(primary.port()),
                next.name(),
                next.host(),
                Integer.toString(next.port()));
        try {
            Process process = new ProcessBuilder(words)
                    .redirectOutput(Redirect.DISCARD)
                    .redirectError(Redirect.DISCARD)
                    .start();
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException(command + " did not end within " + LIMIT_SECONDS + " s");
            }
            if (process.exitValue() != 0) {
                throw new IOException(command + " ended with " + process.exitValue() + " (expected: 0)");
            }
            done.complete(null);
        } catch (IOException failed) {
            LOG.error("demotion failed node={} reason=\"{}\"", primary, failed.getMessage());
            done.completeExceptionally(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            done.completeExceptionally(interrupted);
        }
    }
}
