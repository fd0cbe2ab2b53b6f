package io.pgorchestra.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.sql.Demotion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoteCommandTest {

    private static final Node OLD = new Node("pg1", "10.0.0.1", 5432);
    private static final Node NEXT = new Node("pg2", "10.0.0.2", 5433);

    @TempDir
    private Path folder;

    private CompletableFuture<Long> demote(String script) throws IOException {
        Path program = Files.writeString(folder.resolve("demote"), "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        return new DemoteCommand(program.toString()).demote(OLD, NEXT).toCompletableFuture();
    }

    @Test
    void demote_whenTheProgramSaysWhereItStopped_doesNotWaitForItsEnd() throws Exception {
        Path goOn = folder.resolve("go-on");
        Path ended = folder.resolve("ended");
        CompletableFuture<Long> position = demote("echo 1/B000028 > \"$7\"\nwhile [ -d " + folder + " ] && [ ! -e "
                + goOn + " ]; do sleep 0.05; done\n: > " + ended);

        assertEquals(0x1_0B00_0028L, position.get(20, TimeUnit.SECONDS));
        assertFalse(Files.exists(ended));
        Files.createFile(goOn);
    }

    @Test
    void demote_whenTheProgramSaysNothing_endsWithItAndKnowsNoPosition() throws Exception {
        CompletableFuture<Long> position = demote("[ \"$1 $2 $3 $4 $5 $6\" = 'pg1 10.0.0.1 5432 pg2 10.0.0.2 5433' ]");

        assertEquals(Demotion.UNKNOWN_POSITION, position.get(20, TimeUnit.SECONDS));
    }

    @Test
    void demote_whenTheProgramFails_fails() throws Exception {
        CompletableFuture<Long> position = demote("exit 3");

        ExecutionException failure = assertThrows(ExecutionException.class, () -> position.get(20, TimeUnit.SECONDS));
        assertTrue(String.valueOf(failure.getMessage()).contains("ended with 3"));
    }

    @Test
    void parse_whatIsNoPosition_isUnknown() {
        assertEquals(Demotion.UNKNOWN_POSITION, DemoteCommand.parse("in production"));
        assertEquals(Demotion.UNKNOWN_POSITION, DemoteCommand.parse(""));
    }
}
