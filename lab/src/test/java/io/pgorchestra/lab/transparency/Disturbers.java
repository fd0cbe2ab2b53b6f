package io.pgorchestra.lab.transparency;

import io.pgorchestra.protocol.message.BackendMessage.ReadyForQuery;
import io.pgorchestra.protocol.message.FrontendMessage.Bind;
import io.pgorchestra.protocol.message.FrontendMessage.Close;
import io.pgorchestra.protocol.message.FrontendMessage.Execute;
import io.pgorchestra.protocol.message.FrontendMessage.Parse;
import io.pgorchestra.protocol.message.FrontendMessage.Sync;
import io.pgorchestra.protocol.message.Subject;
import java.io.IOException;
import java.util.List;

/**
 * Two clients of a pool of two servers, who see to it that a third one never gets the same server twice in a row: one of them always
 * holds a server, with statements of the same names as the scripts', and parameters set that a server reports.
 */
final class Disturbers implements AutoCloseable {

    private WireClient holding;
    private WireClient free;

    private Disturbers(WireClient holding, WireClient free) {
        this.holding = holding;
        this.free = free;
    }

    static Disturbers start(int port) throws IOException {
        WireClient first = WireClient.login(port);
        try {
            Disturbers disturbers = new Disturbers(first, WireClient.login(port));
            disturb(first);
            return disturbers;
        } catch (IOException | RuntimeException | Error e) {
            first.close();
            throw e;
        }
    }

    /** Takes the server that is free, and then lets the other one go. */
    void swap() throws IOException {
        disturb(free);
        holding.query("COMMIT");
        WireClient held = free;
        free = holding;
        holding = held;
    }

    private static void disturb(WireClient client) throws IOException {
        client.query("BEGIN");
        client.query("SET TimeZone = 'Asia/Tokyo'; SET application_name = 'disturber'; SET DateStyle = 'German'");
        for (String name : List.of("s1", "s2", "")) {
            client.send(
                    new Close(Subject.STATEMENT, name),
                    new Parse(name, "SELECT 'of the disturber'::text AS disturbed", List.of()),
                    new Bind("", name, List.of(), List.of(), List.of()),
                    new Execute("", 0),
                    new Sync());
            client.receiveUntil(ReadyForQuery.class);
        }
    }

    @Override
    public void close() throws IOException {
        holding.close();
        free.close();
    }
}
