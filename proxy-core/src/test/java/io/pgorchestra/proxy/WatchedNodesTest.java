package io.pgorchestra.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgorchestra.discovery.Node;
import java.util.List;
import org.junit.jupiter.api.Test;

class WatchedNodesTest {

    private static final Node PG1 = new Node("pg1", "10.0.0.1", 5432);
    private static final Node PG2 = new Node("pg2", "10.0.0.2", 5432);

    @Test
    void named_addsWhatTheAuthorityNames_andKeepsWhatItNamesNoMore() {
        WatchedNodes nodes = new WatchedNodes(List.of());

        assertTrue(nodes.named(List.of(PG1, PG2)));
        assertFalse(nodes.named(List.of(PG2)));

        assertEquals(List.of(PG1, PG2), nodes.all());
    }

    @Test
    void named_takesANewAddress_alsoOfAConfiguredNode() {
        WatchedNodes nodes = new WatchedNodes(List.of(PG1));
        nodes.named(List.of(PG2));
        Node moved1 = new Node("pg1", "10.0.0.8", 5432);
        Node moved2 = new Node("pg2", "10.0.0.9", 5432);

        assertTrue(nodes.named(List.of(moved1, moved2)));
        assertFalse(nodes.named(List.of(moved1, moved2)));

        assertEquals(List.of(moved1, moved2), nodes.all());
    }

    @Test
    void named_whenNamesComeAndGo_keepsOnlySoMany() {
        WatchedNodes nodes = new WatchedNodes(List.of(PG1));

        for (int i = 0; i < 3 * WatchedNodes.LIMIT; i++) {
            nodes.named(List.of(new Node("pod" + i, "10.0.1.1", 5432)));
            assertTrue(
                    nodes.all().size() <= WatchedNodes.LIMIT,
                    () -> "size " + nodes.all().size());
        }

        assertEquals(PG1, nodes.all().get(0));
    }
}
