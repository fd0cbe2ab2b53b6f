package io.pgorchestra.lab.up;

import io.pgorchestra.lab.LabException;
import io.pgorchestra.lab.LoopbackPort;
import java.util.ArrayList;
import java.util.List;

/** The ports on 127.0.0.1 that {@code orchestra up} opens; {@code postgres} is that of pg1, 0 for a free one. */
record UpPorts(int clients, int admin, int http, int postgres) {

    private static final int MAX_PORT = 65_535;

    UpPorts {
        List<Named> seen = new ArrayList<>();
        for (Named port : named(clients, admin, http, postgres)) {
            boolean mayBeFree = port.option.equals("--pg-port");
            if (port.number < (mayBeFree ? 0 : 1) || port.number > MAX_PORT) {
                throw new LabException(port.option + " " + port.number + ": expected a port, 1 to " + MAX_PORT + ".");
            }
            for (Named other : seen) {
                if (other.number == port.number) {
                    throw new LabException(
                            other.option + " and " + port.option + " are both " + port.number + "; make them differ.");
                }
            }
            seen.add(port);
        }
    }

    /** Fails with the first port that somebody listens on. */
    void requireFree() {
        for (Named port : named(clients, admin, http, postgres)) {
            if (port.number != 0 && !LoopbackPort.isFree(port.number)) {
                throw new LabException("Port " + port.number + " (" + port.purpose
                        + ") is taken. Stop what listens there, or choose another with " + port.option + ".");
            }
        }
    }

    private static List<Named> named(int clients, int admin, int http, int postgres) {
        return List.of(
                new Named(clients, "clients", "--port"),
                new Named(admin, "admin console", "--admin-port"),
                new Named(http, "HTTP", "--http-port"),
                new Named(postgres, "Postgres", "--pg-port"));
    }

    private record Named(int number, String purpose, String option) {}
}
