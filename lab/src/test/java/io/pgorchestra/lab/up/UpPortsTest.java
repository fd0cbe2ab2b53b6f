package io.pgorchestra.lab.up;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.pgorchestra.lab.LabException;
import io.pgorchestra.lab.LoopbackPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class UpPortsTest {

    @Test
    void requireFree_adminPortTaken_namesPortPurposeAndOption() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int free = LoopbackPort.findFree();
            UpPorts ports = new UpPorts(free, taken.getLocalPort(), free + 20_000, 0);

            LabException failure = assertThrows(LabException.class, ports::requireFree);

            assertEquals(
                    "Port " + taken.getLocalPort() + " (admin console) is taken. Stop what listens there, or choose"
                            + " another with --admin-port.",
                    failure.getMessage());
        }
    }

    @Test
    void new_samePortTwice_namesBothOptions() {
        LabException failure = assertThrows(LabException.class, () -> new UpPorts(6432, 6433, 6432, 0));

        assertEquals("--port and --http-port are both 6432; make them differ.", failure.getMessage());
    }

    @Test
    void new_portOutOfRange_namesTheOption() {
        LabException failure = assertThrows(LabException.class, () -> new UpPorts(0, 6433, 8432, 0));

        assertEquals("--port 0: expected a port, 1 to 65535.", failure.getMessage());
        assertDoesNotThrow(() -> new UpPorts(6432, 6433, 8432, 0));
    }
}
