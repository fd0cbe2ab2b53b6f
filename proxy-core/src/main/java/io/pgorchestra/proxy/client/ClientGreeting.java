package io.pgorchestra.proxy.client;

import io.netty.buffer.ByteBuf;
import io.pgorchestra.protocol.frame.TransactionStatus;
import io.pgorchestra.protocol.message.Authentication.AuthenticationOk;
import io.pgorchestra.protocol.message.BackendMessage.BackendKeyData;
import io.pgorchestra.protocol.message.BackendMessage.ParameterStatus;
import io.pgorchestra.protocol.message.BackendMessage.ReadyForQuery;
import io.pgorchestra.protocol.message.MessageWriter;
import io.pgorchestra.protocol.message.ProtocolVersion;
import io.pgorchestra.proxy.session.ParameterSet;
import io.pgorchestra.proxy.session.SessionState;
import java.util.Map;
import java.util.TreeMap;

/** The end of a login: what the client's startup parameters come to, and the messages from AuthenticationOk to ReadyForQuery. */
final class ClientGreeting {

    private static final byte[] NO_SECRET = new byte[0];

    private final ClientIdentity identity;
    private int processId;
    private byte[] secret = NO_SECRET;

    ClientGreeting(ClientIdentity identity) {
        this.identity = identity;
    }

    int processId() {
        return processId;
    }

    byte[] secret() {
        return secret;
    }

    /** Whether the client understands cancel keys of more than four bytes. */
    boolean longKeys() {
        return identity.protocolVersion() >= ProtocolVersion.V3_2;
    }

    /**
     * The state the client asks for, on a server that logged in in this one.
     *
     * @throws IllegalArgumentException if {@code options} cannot be understood
     */
    SessionState wantedState(SessionState server) {
        Map<String, String> wanted = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        identity.parameters().forEach((name, value) -> {
            if (!name.equals("options") && !name.equals("replication")) {
                wanted.put(name, value);
            }
        });
        wanted.putAll(StartupOptions.parse(identity.parameters().getOrDefault("options", "")));
        ParameterSet reported = server.reported();
        Map<String, String> unreported = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (Map.Entry<String, String> entry : wanted.entrySet()) {
            if (reported.contains(entry.getKey())) {
                reported = reported.with(entry.getKey(), entry.getValue());
            } else {
                unreported.put(entry.getKey(), entry.getValue());
            }
        }
        return new SessionState(reported, ParameterSet.of(unreported));
    }

    void write(ByteBuf out, SessionState state, int newProcessId, byte[] newSecret) {
        processId = newProcessId;
        secret = newSecret;
        MessageWriter.write(new AuthenticationOk(), out);
        state.reported().asMap().forEach((name, value) -> MessageWriter.write(new ParameterStatus(name, value), out));
        MessageWriter.write(new BackendKeyData(newProcessId, newSecret), out);
        MessageWriter.write(new ReadyForQuery(TransactionStatus.IDLE), out);
    }
}
