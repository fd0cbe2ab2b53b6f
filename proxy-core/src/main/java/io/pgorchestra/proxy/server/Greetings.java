package io.pgorchestra.proxy.server;

import io.pgorchestra.proxy.session.SessionState;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a pool's servers answer to the startup parameters of clients, so that a client with known ones logs in without a server. Bound to
 * one loop.
 */
public final class Greetings {

    /** Drivers send a handful of variants; an application that puts a request id into application_name must not fill memory. */
    private static final int MAX_KEPT = 256;

    private final Map<Map<String, String>, SessionState> states = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Map<String, String>, SessionState> eldest) {
            return size() > MAX_KEPT;
        }
    };

    public @Nullable SessionState get(Map<String, String> startupParameters) {
        return states.get(startupParameters);
    }

    public void put(Map<String, String> startupParameters, SessionState state) {
        states.put(startupParameters, state);
    }

    public void clear() {
        states.clear();
    }
}
