package io.pgorchestra.proxy.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
@Timeout(60)
class ReloadSignalTest {

    /** {@code systemctl reload} ended the proxy, with all its clients. */
    @Test
    void hangUp_readsTheConfigurationAgain_andEndsNothing() throws IOException, InterruptedException {
        assumeFalse(isIgnored(), "SIGHUP is ignored, as below nohup, and then the JVM leaves it so");
        Semaphore reloads = new Semaphore(0);
        ReloadSignal.handledBy(reloads::release);

        for (String time : List.of("the first time", "the second time, too")) {
            hangUp();
            assertTrue(reloads.tryAcquire(30, TimeUnit.SECONDS), time);
        }
    }

    /** The lowest bit is signal 1, SIGHUP. */
    private static boolean isIgnored() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .anyMatch(line -> (Long.parseUnsignedLong(
                                        line.substring(line.indexOf(':') + 1).strip(), 16)
                                & 1)
                        == 1);
    }

    private static void hangUp() throws IOException, InterruptedException {
        String self = String.valueOf(ProcessHandle.current().pid());
        assertEquals(
                0, new ProcessBuilder("kill", "-HUP", self).inheritIO().start().waitFor());
    }
}
