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

    private final Map<Map<String, String>, Greeting> greetings = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Map<String, String>, Greeting> eldest) {
            return size() > MAX_KEPT;
        }
    };

    /** Startup parameters, and the session state that a server made of them. */
    public record Greeting(Map<String, String> startupParameters, SessionState state) {}

    /** Its parameters are equal to the given ones, and the same object for all clients: thousands of them hold one. */
    public @Nullable Greeting get(Map<String, String> startupParameters) {
        return greetings.get(startupParameters);
    }

    public void put(Map<String, String> startupParameters, SessionState state) {
        greetings.put(startupParameters, new Greeting(startupParameters, state));
    }

    public void clear() {
        greetings.clear();
    }
}
