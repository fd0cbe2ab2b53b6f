package io.pgorchestra.discovery;

import java.util.List;

/**
 * An authority's answer to {@link Authority#confirm}.
 *
 * @param peers the reports of all other processes that are present now
 */
public record Confirmation(View view, List<ProxyReport> peers) {
    public Confirmation {
        peers = List.copyOf(peers);
    }
}
