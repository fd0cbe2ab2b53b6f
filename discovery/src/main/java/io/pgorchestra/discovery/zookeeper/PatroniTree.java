package io.pgorchestra.discovery.zookeeper;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What we read of Patroni's znodes of one cluster, read at one time.
 *
 * @param childrenChangedZxid when a znode directly below the root last came or went: not before the last leader did either
 * @param members by name
 */
record PatroniTree(
        long childrenChangedZxid,
        Pipeline.@Nullable Znode initialize,
        Pipeline.@Nullable Znode leader,
        JsonNode config,
        JsonNode failover,
        JsonNode failsafe,
        Map<String, JsonNode> members) {}
