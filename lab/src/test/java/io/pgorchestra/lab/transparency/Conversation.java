package io.pgorchestra.lab.transparency;

import io.pgorchestra.protocol.auth.ScramClient;
import io.pgorchestra.protocol.frame.TransactionStatus;
import io.pgorchestra.protocol.message.Authentication.AuthenticationSASL;
import io.pgorchestra.protocol.message.Authentication.AuthenticationSASLContinue;
import io.pgorchestra.protocol.message.BackendMessage;
import io.pgorchestra.protocol.message.BackendMessage.ReadyForQuery;
import io.pgorchestra.protocol.message.FrontendMessage;
import io.pgorchestra.protocol.message.FrontendMessage.Bind;
import io.pgorchestra.protocol.message.FrontendMessage.Close;
import io.pgorchestra.protocol.message.FrontendMessage.CopyData;
import io.pgorchestra.protocol.message.FrontendMessage.CopyDone;
import io.pgorchestra.protocol.message.FrontendMessage.CopyFail;
import io.pgorchestra.protocol.message.FrontendMessage.Describe;
import io.pgorchestra.protocol.message.FrontendMessage.Execute;
import io.pgorchestra.protocol.message.FrontendMessage.Flush;
import io.pgorchestra.protocol.message.FrontendMessage.FunctionCall;
import io.pgorchestra.protocol.message.FrontendMessage.Parse;
import io.pgorchestra.protocol.message.FrontendMessage.Query;
import io.pgorchestra.protocol.message.FrontendMessage.SASLInitialResponse;
import io.pgorchestra.protocol.message.FrontendMessage.SASLResponse;
import io.pgorchestra.protocol.message.FrontendMessage.Sync;
import io.pgorchestra.protocol.message.FrontendMessage.Terminate;
import io.pgorchestra.protocol.message.ProtocolVersion;
import io.pgorchestra.protocol.message.StartupPacket;
import io.pgorchestra.protocol.message.StartupPacket.StartupMessage;
import io.pgorchestra.protocol.message.Subject;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A script in the middle of being spoken. */
final class Conversation {

    /** Heard whenever the client is outside a transaction, with nothing on its way. */
    interface AtRest {
        void run() throws IOException;
    }

    /** Begins a line of a trace that says why the script went no further. */
    private static final String FAILED = "! ";

    private final WireClient client;
    private final AtRest atRest;
    private final List<FrontendMessage> gathered = new ArrayList<>();

    private Conversation(WireClient client, AtRest atRest) {
        this.client = client;
        this.atRest = atRest;
    }

    /** Speaks the whole script with whoever listens on the port; returns its trace. */
    static List<String> hold(Script script, int port, int maxWriteBytes, AtRest atRest) throws IOException {
        try (WireClient client = script.logsIn() ? WireClient.login(port) : WireClient.open(port)) {
            client.maxWriteBytes(maxWriteBytes);
            Conversation conversation = new Conversation(client, atRest);
            if (script.logsIn()) {
                atRest.run();
            }
            for (Script.Step step : script.steps()) {
                try {
                    conversation.take(step);
                } catch (IOException | RuntimeException e) {
                    client.note(FAILED + script.name() + ".script, line " + step.line() + ": " + e);
                    break;
                }
            }
            return client.trace();
        }
    }

    /** The lines that say why a script could not be spoken to its end. */
    static List<String> failures(List<String> trace) {
        return trace.stream().filter(line -> line.startsWith(FAILED)).toList();
    }

    private void take(Script.Step step) throws IOException {
        Words words = step.words().rewound();
        switch (step.verb()) {
            case "send" -> send();
            case "read" -> read(words.next(), words.hasNext() ? words.nextInt() : 1);
            case "end" -> {
                send();
                client.receiveToEnd();
                client.note("(end)");
            }
            case "startup" -> client.send(startup(words));
            case "password" -> scram(words.next());
            case "SSLRequest" -> client.send(new StartupPacket.SslRequest());
            case "GSSENCRequest" -> client.send(new StartupPacket.GssEncRequest());
            default -> gathered.add(message(step.verb(), words));
        }
    }

    private void send() throws IOException {
        if (!gathered.isEmpty()) {
            client.send(gathered.toArray(FrontendMessage[]::new));
            gathered.clear();
        }
    }

    private void read(String type, int count) throws IOException {
        send();
        if (type.equals("byte")) {
            client.receiveEncryptionAnswer();
            return;
        }
        BackendMessage last = null;
        for (int seen = 0; seen < count; ) {
            last = client.receive();
            seen += last.getClass().getSimpleName().equals(type) ? 1 : 0;
        }
        if (last instanceof ReadyForQuery ready && ready.status() == TransactionStatus.IDLE) {
            atRest.run();
        }
    }

    private static StartupMessage startup(Words words) {
        Map<String, String> parameters = new LinkedHashMap<>();
        int version = ProtocolVersion.V3_0;
        while (words.hasNext()) {
            String word = words.next();
            int equals = word.indexOf('=');
            String name = word.substring(0, equals);
            String value = word.substring(equals + 1);
            if (name.equals("version")) {
                int dot = value.indexOf('.');
                version = Integer.parseInt(value.substring(0, dot)) << 16 | Integer.parseInt(value.substring(dot + 1));
            } else {
                parameters.put(name, value);
            }
        }
        return new StartupMessage(version, parameters);
    }

    /** Answers the server's SASL requests with this password, as far as it gets. */
    private void scram(String password) throws IOException {
        ScramClient scram = ScramClient.ofPassword(password, new SecureRandom());
        if (client.receive() instanceof AuthenticationSASL) {
            client.send(new SASLInitialResponse("SCRAM-SHA-256", scram.clientFirst()));
        }
        if (client.receive() instanceof AuthenticationSASLContinue challenge) {
            client.send(new SASLResponse(scram.clientFinal(challenge.data())));
        }
    }

    private static FrontendMessage message(String name, Words words) {
        return switch (name) {
            case "Query" -> new Query(words.next());
            case "Parse" -> new Parse(words.next(), words.next(), oids(words));
            case "Bind" -> {
                String portal = words.next();
                String statement = words.next();
                List<Integer> formats = words.nextFormats("formats");
                yield new Bind(portal, statement, formats, values(words), words.nextFormats("results"));
            }
            case "Describe" -> new Describe(subject(words), words.next());
            case "Execute" -> new Execute(words.next(), words.hasNext() ? words.nextInt() : 0);
            case "Close" -> new Close(subject(words), words.next());
            case "Sync" -> new Sync();
            case "Flush" -> new Flush();
            case "Terminate" -> new Terminate();
            case "CopyData" -> new CopyData(words.nextBytes());
            case "CopyDone" -> new CopyDone();
            case "CopyFail" -> new CopyFail(words.next());
            case "FunctionCall" -> {
                int oid = words.nextInt();
                List<Integer> formats = words.nextFormats("formats");
                List<byte @Nullable []> arguments = values(words);
                List<Integer> results = words.nextFormats("results");
                yield new FunctionCall(oid, formats, arguments, results.isEmpty() ? 0 : results.get(0));
            }
            default -> throw words.wrong("a message or an order, not " + name);
        };
    }

    private static Subject subject(Words words) {
        return Subject.of((byte) words.next().charAt(0));
    }

    private static List<Integer> oids(Words words) {
        List<Integer> oids = new ArrayList<>();
        while (words.hasNext()) {
            oids.add(words.nextInt());
        }
        return oids;
    }

    private static List<byte @Nullable []> values(Words words) {
        List<byte @Nullable []> values = new ArrayList<>();
        while (words.nextIsValue()) {
            values.add(words.nextValue());
        }
        return values;
    }
}
