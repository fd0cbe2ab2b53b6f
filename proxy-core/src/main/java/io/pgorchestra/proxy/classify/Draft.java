package io.pgorchestra.proxy.classify;

import io.pgorchestra.proxy.classify.Classification.Kind;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is found out about a text while its statements are read, one after the other. Bound to one thread; used again for the next text. */
final class Draft {

    /** They are for people to read; and looking for each in a list must not become slow. */
    private static final int MAX_FUNCTIONS = 50;

    private static final SessionEffect[] EFFECTS = SessionEffect.values();

    /** For texts about which there is nothing more to say, by kind and reason. */
    private static final Classification[][] PLAIN = plain();

    private Kind kind = Kind.READ;
    private Reason reason = Reason.EMPTY;
    private String detail = "";
    private int statements;
    private int effects;
    private @Nullable OwnCommand own;
    private final List<String> functions = new ArrayList<>();

    void begin() {
        kind = Kind.READ;
        reason = Reason.EMPTY;
        detail = "";
        statements = 0;
        effects = 0;
        own = null;
        functions.clear();
    }

    /** One more statement has been read. */
    void add(Kind its, Reason why, String about) {
        statements++;
        if (statements == 1) {
            settle(its, why, about);
        } else if (kind == Kind.ORCHESTRA || its == Kind.ORCHESTRA) {
            own = null;
            settle(Kind.WRITE, Reason.OWN_COMMAND_NOT_ALONE, its == Kind.ORCHESTRA ? about : detail);
        } else if (kind != Kind.WRITE && its == Kind.WRITE) {
            settle(its, why, about);
        } else if (kind != its || (kind != Kind.READ && kind != Kind.SESSION && kind != Kind.WRITE)) {
            settle(Kind.WRITE, kind == Kind.WRITE ? reason : Reason.MULTI_STATEMENT, detail);
        }
    }

    void add(OwnCommand command) {
        own = command;
        add(Kind.ORCHESTRA, Reason.OWN_COMMAND, "");
    }

    private void settle(Kind its, Reason why, String about) {
        kind = its;
        reason = why;
        detail = about;
    }

    /** What cannot be read to its end may be anything. */
    void broken(Reason trouble) {
        own = null;
        settle(Kind.WRITE, trouble, "");
    }

    void effect(SessionEffect effect) {
        effects |= 1 << effect.ordinal();
    }

    /** A name that the text calls. */
    void function(String name) {
        if (functions.size() < MAX_FUNCTIONS && !functions.contains(name)) {
            functions.add(name);
        }
    }

    Classification done(Hint hint) {
        if (effects == 0 && detail.isEmpty() && own == null && hint == Hint.NONE && functions.isEmpty()) {
            return PLAIN[kind.ordinal()][reason.ordinal()];
        }
        return new Classification(kind, reason, detail, effectSet(), own, hint, functions);
    }

    private Set<SessionEffect> effectSet() {
        if (effects == 0) {
            return Set.of();
        }
        Set<SessionEffect> set = EnumSet.noneOf(SessionEffect.class);
        for (SessionEffect effect : EFFECTS) {
            if ((effects & (1 << effect.ordinal())) != 0) {
                set.add(effect);
            }
        }
        return set;
    }

    private static Classification[][] plain() {
        Kind[] kinds = Kind.values();
        Reason[] reasons = Reason.values();
        Classification[][] plain = new Classification[kinds.length][reasons.length];
        for (Kind kind : kinds) {
            for (Reason reason : reasons) {
                if (kind != Kind.ORCHESTRA) {
                    plain[kind.ordinal()][reason.ordinal()] = plain(kind, reason);
                }
            }
        }
        return plain;
    }

    static Classification plain(Kind kind, Reason reason) {
        return new Classification(kind, reason, "", Set.of(), null, Hint.NONE, List.of());
    }
}
