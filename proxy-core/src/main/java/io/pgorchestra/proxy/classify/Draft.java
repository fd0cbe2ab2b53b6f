package io.pgorchestra.proxy.classify;

import io.pgorchestra.proxy.classify.Classification.Kind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is found out about a text while its statements are read, one after the other. Bound to one thread; used again for the next text. */
final class Draft {

    /** They are for people to read; and looking for each in a list must not become slow. */
    private static final int MAX_FUNCTIONS = 50;

    /** For texts about which there is nothing more to say, by kind and reason. */
    private static final Map<Kind, Map<Reason, Classification>> PLAIN = plain();

    private Kind kind = Kind.READ;
    private Reason reason = Reason.EMPTY;
    private String detail = "";
    private int statements;
    private final Set<SessionEffect> effects = EnumSet.noneOf(SessionEffect.class);
    private @Nullable OwnCommand own;
    private final List<String> functions = new ArrayList<>();

    void begin() {
        kind = Kind.READ;
        reason = Reason.EMPTY;
        detail = "";
        statements = 0;
        effects.clear();
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
        effects.add(effect);
    }

    /** A name that the text calls. */
    void function(String name) {
        if (functions.size() < MAX_FUNCTIONS && !functions.contains(name)) {
            functions.add(name);
        }
    }

    Classification done(Hint hint) {
        if (effects.isEmpty() && detail.isEmpty() && own == null && hint == Hint.NONE && functions.isEmpty()) {
            Map<Reason, Classification> ofKind = PLAIN.get(kind);
            Classification plain = ofKind == null ? null : ofKind.get(reason);
            if (plain != null) {
                return plain;
            }
        }
        return new Classification(kind, reason, detail, effects, own, hint, functions);
    }

    private static Map<Kind, Map<Reason, Classification>> plain() {
        Map<Kind, Map<Reason, Classification>> plain = new EnumMap<>(Kind.class);
        for (Kind kind : EnumSet.complementOf(EnumSet.of(Kind.ORCHESTRA))) {
            Map<Reason, Classification> ofKind = new EnumMap<>(Reason.class);
            for (Reason reason : Reason.values()) {
                ofKind.put(reason, plain(kind, reason));
            }
            plain.put(kind, ofKind);
        }
        return plain;
    }

    static Classification plain(Kind kind, Reason reason) {
        return new Classification(kind, reason, "", Set.of(), null, Hint.NONE, List.of());
    }
}
