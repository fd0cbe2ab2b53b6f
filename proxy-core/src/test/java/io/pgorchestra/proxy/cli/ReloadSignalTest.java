package io.pgorchestra.proxy.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs({OS.LINUX, OS.MAC})
@Timeout(60)
class ReloadSignalTest {

    /** {@code systemctl reload} ended the proxy, with all its clients. */
    @Test
    void hangUp_readsTheConfigurationAgain_andEndsNothing() throws IOException, InterruptedException {
        CountDownLatch reloaded = new CountDownLatch(2);
        ReloadSignal.handledBy(reloaded::countDown);

        hangUp();
        while (reloaded.getCount() == 2) {
            Thread.onSpinWait();
        }
        hangUp();

        assertTrue(reloaded.await(30, TimeUnit.SECONDS), "the second time, too");
    }

    private static void hangUp() throws IOException, InterruptedException {
        String self = String.valueOf(ProcessHandle.current().pid());
        assertEquals(
                0, new ProcessBuilder("kill", "-HUP", self).inheritIO().start().waitFor());
    }
}
