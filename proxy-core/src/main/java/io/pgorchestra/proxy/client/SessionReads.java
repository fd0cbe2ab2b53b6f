package io.pgorchestra.proxy.client;

import io.netty.buffer.ByteBuf;
import io.pgorchestra.pool.PoolMode;
import io.pgorchestra.protocol.frame.FrontendTag;
import io.pgorchestra.proxy.client.OwnWrites.Loss;
import io.pgorchestra.proxy.server.ServerConnection;
import io.pgorchestra.proxy.server.ServerPool;
import io.pgorchestra.proxy.standby.ReadMode;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where one session's servers come from, lease by lease: the primary, or a standby for what only reads. Keeps what the routing of reads has
 * to know of each lease. Bound to the session's loop.
 */
final class SessionReads {

    private final ClientSession session;
    private final PoolHome home;
    private final LeaseScope scope = new LeaseScope();
    private final RepeatableRequest request = new RepeatableRequest();

    /** Null for a session that has never wanted anything but the primary. */
    private @Nullable ReadRouting routing;

    /** The standby's servers that one is held or waited for of; null for the primary's. */
    private @Nullable ReadPool standby;

    /** Whether this session has held a server of the primary's, and so may have written. */
    private boolean heldPrimary;

    SessionReads(ClientSession session, PoolHome home) {
        this.session = session;
        this.home = home;
    }

    // --- routing ---

    /** What routes this session's reads, made now if it is the first time. */
    ReadRouting routing() {
        ReadRouting present = routing;
        if (present == null) {
            present = new ReadRouting(session, Objects.requireNonNull(home.readPools()), heldPrimary);
            routing = present;
        }
        return present;
    }

    @Nullable
    ReadRouting routingOrNull() {
        return routing;
    }

    /** What decides where this message goes; null if there is nothing to decide. */
    @Nullable
    ReadRouting routingFor(PoolMode mode, byte tag, ByteBuf buffer, int bodyIndex) {
        if (routing == null && mode != PoolMode.SESSION && home.readPools() != null) {
            boolean hinted = tag == FrontendTag.QUERY && buffer.getByte(bodyIndex) == '/';
            if (hinted || home.settings().reads() != ReadMode.PRIMARY) {
                return routing();
            }
        }
        return routing;
    }

    /** A route may have been opened. */
    void primaryChanged() {
        if (routing != null) {
            routing.primaryChanged();
        }
    }

    /** What the session has not been told yet of what may have been lost; null for nothing. */
    @Nullable
    Loss takeLoss() {
        if (routing == null) {
            return null;
        }
        routing.primaryChanged();
        return routing.takeLoss();
    }

    // --- the servers ---

    /** From now on servers are taken of this standby's; null for the primary's. */
    void use(@Nullable ReadPool next) {
        if (standby != null) {
            standby.readerWent();
        }
        standby = next;
        if (next != null) {
            next.readerCame();
        }
    }

    boolean onStandby() {
        return standby != null;
    }

    /** The servers that one of is held or waited for. */
    ServerPool source() {
        ReadPool from = standby;
        return from == null ? home.servers() : from.servers();
    }

    /** The standby has dropped a connection: before the next look says so, nobody else should try. */
    void doubtStandby() {
        if (standby != null) {
            standby.standby().doubted("connection lost");
        }
    }

    // --- the lease ---

    /** Whether a standby's server shows less than what it is wanted for: the node has been restarted since it was chosen. */
    boolean outdated(ServerConnection granted) {
        return standby != null && routing != null && routing.onlyReads() && !granted.covers(routing.position());
    }

    /** A server has been taken. */
    void leaseBegins() {
        heldPrimary |= standby == null;
        scope.begin(routing != null && routing.leavesTransactionOpen());
    }

    LeaseScope scope() {
        return scope;
    }

    /** Whether texts that go to the server held now must be looked at for what they set: the first one has been. */
    boolean notesTexts() {
        return routing != null && standby == null && scope.begun();
    }

    /** A text goes to the server held now. */
    void note(ByteBuf buffer, int index, int lengthBytes) {
        if (routing != null && standby == null) {
            routing.note(session.classify(buffer, index, lengthBytes));
        }
    }

    /** Whether all that was sent to the server held now leaves the data as they were. */
    boolean wroteNothing() {
        return standby != null || (routing != null && !scope.exceeded() && !routing.mayHaveWritten());
    }

    /** The server is let go, or lost. */
    void leaseEnds() {
        if (routing != null && !wroteNothing()) {
            routing.wrote();
        }
        nothingWanted();
    }

    /** No server is held, waited for or asked. */
    void nothingWanted() {
        request.drop();
        use(null);
    }

    /** What could be asked of another server. */
    RepeatableRequest request() {
        return request;
    }
}
