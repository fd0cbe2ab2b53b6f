package io.pgorchestra.proxy.session;

import java.util.LinkedHashMap;
import java.util.Map;

/** One object for each of the session states that the servers and clients of a pool are in. Bound to one event loop. */
public final class SessionStates {

    /** Past this, rarely seen states are compared value by value again; nothing else is lost. */
    private static final int MAX_KEPT = 256;

    private final Map<SessionState, SessionState> states = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<SessionState, SessionState> eldest) {
            return size() > MAX_KEPT;
        }
    };

    /** The first state seen that is equal to this one. */
    public SessionState canonical(SessionState state) {
        SessionState known = states.putIfAbsent(state, state);
        return known == null ? state : known;
    }
}
