package io.pgorchestra.proxy.classify;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a text does, as far as its tokens tell. Immutable; for all threads. */
public final class Classification {

    /** What may be done with a text. */
    public enum Kind {
        /** Every statement of it provably only reads, given its functions: it may run on a standby by itself. */
        READ,
        /** Begins a READ ONLY transaction that a hot standby accepts. */
        BEGIN_READ_ONLY,
        /** Begins a transaction of the session's default access mode. */
        BEGIN,
        /** COMMIT, END, ROLLBACK, ABORT: no transaction is open behind it. */
        END,
        /** SAVEPOINT, RELEASE, ROLLBACK TO, COMMIT AND CHAIN: belongs where its transaction is. */
        IN_TRANSACTION,
        /** Changes the session's state and nothing else: {@link Classification#effects}. */
        SESSION,
        /** One of our own commands, alone: {@link Classification#own}. */
        ORCHESTRA,
        /** Anything else, and when unsure. */
        WRITE
    }

    private final Kind kind;
    private final Reason reason;
    private final String detail;
    private final Set<SessionEffect> effects;
    private final @Nullable OwnCommand own;
    private final Hint hint;
    private final List<String> functions;

    Classification(
            Kind kind,
            Reason reason,
            String detail,
            Set<SessionEffect> effects,
            @Nullable OwnCommand own,
            Hint hint,
            List<String> functions) {
        this.kind = kind;
        this.reason = reason;
        this.detail = detail;
        this.effects = effects.isEmpty() ? Set.of() : Collections.unmodifiableSet(EnumSet.copyOf(effects));
        this.own = own;
        this.hint = hint;
        this.functions = List.copyOf(functions);
        assert (kind == Kind.ORCHESTRA) == (own != null) : kind + " with " + own;
    }

    public Kind kind() {
        return kind;
    }

    /** Short and stable: for counters. */
    public String reason() {
        return reason.label();
    }

    public Reason why() {
        return reason;
    }

    /** The word, function, relation or setting the reason is about; empty if there is none. */
    public String detail() {
        return detail;
    }

    public Set<SessionEffect> effects() {
        return effects;
    }

    /** Not null for {@link Kind#ORCHESTRA}, and for it only. */
    public @Nullable OwnCommand own() {
        return own;
    }

    public Hint hint() {
        return hint;
    }

    /** Names of what it calls, as Postgres folds them, with their schema where the text has one; up to the one that settled the kind, and no more than 50. */
    public List<String> functions() {
        return functions;
    }

    @Override
    public String toString() {
        return kind + " " + reason.label() + (detail.isEmpty() ? "" : " " + detail)
                + (effects.isEmpty() ? "" : " " + effects);
    }
}
