package io.pgorchestra.proxy.client;

import io.netty.buffer.ByteBuf;
import io.pgorchestra.discovery.Lsn;
import io.pgorchestra.protocol.frame.FrontendTag;
import io.pgorchestra.proxy.classify.Classification;
import io.pgorchestra.proxy.classify.SessionEffect;
import io.pgorchestra.proxy.client.OwnWrites.Loss;
import io.pgorchestra.proxy.session.SessionState;
import io.pgorchestra.proxy.standby.Consistency;
import io.pgorchestra.proxy.standby.LsnClock;
import io.pgorchestra.proxy.standby.ReadMode;
import io.pgorchestra.proxy.standby.ReadsFallback;
import io.pgorchestra.proxy.standby.Standby;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides for one session whether what it begins may go to a standby, and to which. Bound to the session's loop.
 *
 * <p>What is decided on is one Query, or a series of the extended protocol up to its Sync, if all of it has come. What has been decided
 * holds until the transaction ends.
 */
final class ReadRouting {

    private static final String NO_STANDBY = "no_standby";
    private static final String SETTING = "set ";

    private final ClientSession session;
    private final ReadPools pools;

    /** Null: as the configuration says. */
    private @Nullable ReadMode ownMode;

    private @Nullable Consistency ownConsistency;

    /** What this session has set that no other server knows: then only its own server may answer it. */
    private String unshared = "";

    private final OwnWrites ownWrites;
    private @Nullable Loss untold;

    // --- the last decision ---

    private final ReadJudge judge;
    private String reason = "";
    private boolean onlyReads;
    private boolean primaryNext;

    /** Whether it may write although it was judged to read: a standby has refused it, or only the client says so. */
    private boolean overruled;

    /** @param mayHaveWritten whether the session has done anything before that may have written */
    ReadRouting(ClientSession session, ReadPools pools, boolean mayHaveWritten) {
        this.session = session;
        this.pools = pools;
        this.judge = new ReadJudge(session);
        this.ownWrites = new OwnWrites(
                pools.standbys().clock(),
                pools.standbys().switchPoints(),
                session.home().servers().route().route(),
                mayHaveWritten);
        pools.standbys().use();
    }

    // --- settings of the session ---

    void mode(@Nullable ReadMode mode) {
        ownMode = mode;
    }

    ReadMode mode() {
        return ownMode == null ? session.home().settings().reads() : ownMode;
    }

    void consistency(@Nullable Consistency wanted) {
        ownConsistency = wanted;
    }

    Consistency consistency() {
        return ownConsistency == null ? session.home().settings().consistency() : ownConsistency;
    }

    /** Another session's token: this one sees from now on what that one had written. */
    void toldOf(int timeline, long position) {
        note(ownWrites.toldOf(timeline, position), "token");
    }

    /** The session has ended something on the primary that may have written. */
    void wrote() {
        ownWrites.wrote();
    }

    /** A route may have been opened. */
    void primaryChanged() {
        note(ownWrites.primaryChanged(session.home().servers().route().route()), "own_write");
    }

    private void note(@Nullable Loss loss, String reason) {
        if (loss != null) {
            session.home().readCounts().count(ReadEvent.COMMIT_POSSIBLY_LOST, reason);
            untold = loss;
        }
    }

    /** What may have been lost of what the session wrote or was told of, if it has not heard of that yet. */
    @Nullable
    Loss takeLoss() {
        Loss loss = untold;
        untold = null;
        return loss;
    }

    // --- the decision ---

    /**
     * Where what begins with this message goes: a standby's servers, or null for the primary's.
     *
     * @param bodyIndex of the message in a buffer that holds all that has come behind it
     */
    @Nullable
    ReadPool choose(byte tag, ByteBuf buffer, int bodyIndex, int bodyBytes) {
        ReadPool chosen = decide(tag, buffer, bodyIndex, bodyBytes);
        Classification text = judge.query();
        if (chosen == null && text != null) {
            note(text);
        }
        return chosen;
    }

    private @Nullable ReadPool decide(byte tag, ByteBuf buffer, int bodyIndex, int bodyBytes) {
        boolean forced = primaryNext;
        primaryNext = false;
        ReadMode mode = mode();
        onlyReads = judge.onlyReads(mode, tag, buffer, bodyIndex, bodyBytes);
        reason = judge.reason();
        overruled = forced || judge.onlyClaims();
        if (forced && onlyReads) {
            return toPrimary("refused_by_standby");
        }
        if (forced && mode == ReadMode.STANDBY) {
            return counted(null);
        }
        if (mode == ReadMode.STANDBY) {
            ReadPool chosen = pools.choose(needed());
            return chosen == null && onlyReads ? toPrimary(whyNone()) : counted(chosen);
        }
        if (!onlyReads) {
            return toPrimary(reason);
        }
        if (consistency() == Consistency.PRIMARY) {
            return toPrimary("consistency_primary");
        }
        if (!unshared.isEmpty() || session.state().serializableByDefault()) {
            return toPrimary("session_state");
        }
        long needed = needed();
        ReadPool chosen = needed == LsnClock.UNKNOWN ? null : pools.choose(needed);
        return chosen == null ? toPrimary(whyNone()) : counted(chosen);
    }

    /** What begins is too long to be looked at as a whole: it goes to the primary, and may do anything there. */
    void unseen() {
        primaryNext = false;
        onlyReads = false;
        overruled = true;
        toPrimary("too_long");
    }

    private String whyNone() {
        return pools.anyFit() ? "own_write" : NO_STANDBY;
    }

    private @Nullable ReadPool counted(@Nullable ReadPool chosen) {
        session.home()
                .readCounts()
                .count(chosen == null ? ReadEvent.ROUTED_TO_NOBODY : ReadEvent.ROUTED_TO_STANDBY, reason);
        return chosen;
    }

    private @Nullable ReadPool toPrimary(String why) {
        reason = why;
        session.home().readCounts().count(ReadEvent.ROUTED_TO_PRIMARY, why);
        return null;
    }

    /** Whether nobody may answer now what was last decided on: its session waits, or is told so. */
    boolean unanswerable(@Nullable ReadPool chosen) {
        if (chosen != null) {
            return false;
        }
        if (mode() == ReadMode.STANDBY && !onlyReads) {
            return true;
        }
        return onlyReads
                && reason.equals(NO_STANDBY)
                && session.home().settings().readsFallback() != ReadsFallback.PRIMARY;
    }

    /** {@link LsnClock#UNKNOWN} if what the session has written cannot be told apart from what comes now. */
    private long needed() {
        if (consistency() == Consistency.EVENTUAL) {
            return 0;
        }
        return ownWrites.needed();
    }

    /** What a standby that serves the last decision must have replayed. */
    long position() {
        return consistency() == Consistency.EVENTUAL ? 0 : ownWrites.position();
    }

    /** Whether what was last decided on only reads, wherever it goes. */
    boolean onlyReads() {
        return onlyReads;
    }

    /** Whether what was last decided on only reads, and leaves its transaction open when it has run. */
    boolean leavesTransactionOpen() {
        return onlyReads && judge.leavesTransactionOpen();
    }

    /** Whether what was last decided on may have written by the time it is over. */
    boolean mayHaveWritten() {
        return overruled || (!onlyReads && !judge.writesNothing());
    }

    /** Whether what was last decided on could be sent again to another server, if no answer has been passed on. */
    boolean repeatable() {
        return judge.repeatable();
    }

    /** The name that what was last decided on gives a statement; empty if it gives none. */
    byte[] learnt() {
        return judge.learnt();
    }

    /** Where in the buffer what was last decided on ends. */
    int endIndex() {
        return judge.endIndex();
    }

    /** What comes next goes to the primary: a standby could not do it. */
    void primaryNext() {
        primaryNext = true;
    }

    /** A text goes to the primary: what it sets that other servers will not know. */
    void note(Classification text) {
        Set<SessionEffect> effects = text.effects();
        if (effects.isEmpty()) {
            return;
        }
        for (SessionEffect effect : effects) {
            if (effect == SessionEffect.SET_ROLE
                    || effect == SessionEffect.TEMP_TABLE
                    || effect == SessionEffect.LOAD) {
                unshared = effect.name().toLowerCase(Locale.ROOT);
            }
        }
        // SET TRANSACTION READ WRITE, in what began as READ ONLY.
        overruled |= effects.contains(SessionEffect.SET_LOCAL);
        boolean sets = effects.contains(SessionEffect.SET_SESSION) && !effects.contains(SessionEffect.RESET);
        if (sets && !session.state().reported().contains(parameter(text))) {
            unshared = SETTING + text.detail();
        } else if (effects.contains(SessionEffect.RESET)
                && text.detail().equals("all")
                && unshared.startsWith(SETTING)) {
            unshared = "";
        }
    }

    private static String parameter(Classification text) {
        Set<SessionEffect> effects = text.effects();
        boolean isolation =
                effects.contains(SessionEffect.SET_SERIALIZABLE) || effects.contains(SessionEffect.SET_OTHER_ISOLATION);
        boolean access =
                effects.contains(SessionEffect.SET_READ_ONLY) || effects.contains(SessionEffect.SET_READ_WRITE);
        return access && !isolation ? SessionState.READ_ONLY_BY_DEFAULT : text.detail();
    }

    /** DISCARD ALL has run. */
    void discarded() {
        unshared = "";
    }

    /** Where this text would go now, and why; in the order in which a person reads it. */
    Map<String, String> explain(ByteBuf text, int lengthBytes) {
        Classification seen = session.classify(text, 0, lengthBytes);
        ReadJudge asked = new ReadJudge(session);
        boolean reads = asked.onlyReads(mode(), FrontendTag.QUERY, text, 0, lengthBytes);
        String why = asked.reason();
        long needed = needed();
        boolean standby = mode() == ReadMode.STANDBY;
        if (reads && !standby) {
            if (consistency() == Consistency.PRIMARY) {
                why = "consistency_primary";
            } else if (!unshared.isEmpty()) {
                why = "session_state";
            } else if (needed == LsnClock.UNKNOWN || pools.choose(needed) == null) {
                why = whyNone();
            } else {
                standby = true;
            }
        } else if (!standby && mode() == ReadMode.PRIMARY && seen.kind() == Classification.Kind.READ) {
            why = "reads_primary";
        }
        Map<String, String> rows = new LinkedHashMap<>();
        rows.put("route", standby ? "standby" : "primary");
        rows.put("reason", why);
        rows.put("detail", why.equals("session_state") ? unshared : seen.detail());
        rows.put("kind", seen.kind().name().toLowerCase(Locale.ROOT));
        rows.put("functions", String.join(", ", seen.functions()));
        rows.put("reads", mode().name().toLowerCase(Locale.ROOT));
        rows.put("consistency", consistency().name().toLowerCase(Locale.ROOT));
        rows.put(
                "epoch", String.valueOf(session.home().servers().route().route().epoch()));
        rows.put("waits_for_lsn", needed == LsnClock.UNKNOWN ? "not known yet" : Lsn.format(needed));
        pools.standbys().all().forEach(each -> rows.put("standby " + each.node().name(), described(each)));
        return rows;
    }

    private static String described(Standby standby) {
        Standby.Look look = standby.look();
        String lag = look.lagNanos() == Long.MAX_VALUE ? "unknown" : look.lagNanos() / 1_000_000 + " ms";
        return (look.fit() ? "fit" : "unfit: " + look.why()) + ", replayed " + Lsn.format(look.replayed()) + ", lag "
                + lag;
    }
}
