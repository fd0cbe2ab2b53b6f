package io.pgorchestra.discovery.zookeeper;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pgorchestra.discovery.AuthorityException;
import io.pgorchestra.discovery.NodeObservation;
import io.pgorchestra.discovery.ProxyReport;
import java.util.ArrayList;
import java.util.List;

/** A {@link ProxyReport} as the content of its process's znode, whose name is the process's. */
final class ReportJson {

    private ReportJson() {}

    static byte[] write(ProxyReport report) {
        ObjectNode tree = Json.object()
                .put("serial", report.serial())
                .put("used", report.usedToken())
                .put("fenced", report.fencedToken())
                .put("drained", report.drainedToken())
                .put("lease_ms", report.leaseMillis());
        if (!report.observations().isEmpty()) {
            var nodes = tree.putArray("nodes");
            report.observations().forEach(seen -> write(seen, nodes.addObject()));
        }
        return Json.write(tree);
    }

    private static void write(NodeObservation seen, ObjectNode tree) {
        tree.put("node", seen.node())
                .put("state", seen.state().name())
                .put("age_ms", seen.ageMillis())
                .put("system_identifier", Long.toString(seen.systemIdentifier()))
                .put("timeline", seen.timeline())
                .put("lsn", seen.lsn())
                .put("replayed_lsn", seen.replayedLsn())
                .put("started_us", seen.postmasterStartMicros())
                .put("upstream", seen.upstream());
    }

    /** Fails with an {@link AuthorityException} if it makes no sense. */
    static ProxyReport read(String proxy, String content) {
        JsonNode tree = Json.read(content, "the report of " + proxy);
        try {
            List<NodeObservation> observations = new ArrayList<>();
            for (JsonNode seen : tree.path("nodes")) {
                observations.add(observation(seen));
            }
            return new ProxyReport(
                    proxy,
                    required(tree, "serial"),
                    required(tree, "used"),
                    required(tree, "fenced"),
                    required(tree, "drained"),
                    required(tree, "lease_ms"),
                    observations);
        } catch (IllegalArgumentException e) {
            throw new AuthorityException("the report of " + proxy + " makes no sense: " + e.getMessage(), e);
        }
    }

    private static long required(JsonNode tree, String name) {
        JsonNode value = tree.path(name);
        if (!value.canConvertToLong() || !value.isIntegralNumber()) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: a number)");
        }
        return value.longValue();
    }

    private static NodeObservation observation(JsonNode tree) {
        return new NodeObservation(
                tree.path("node").asText(),
                NodeObservation.State.valueOf(tree.path("state").asText()),
                tree.path("age_ms").asLong(),
                tree.path("system_identifier").asLong(),
                tree.path("timeline").asInt(),
                tree.path("lsn").asLong(),
                tree.path("replayed_lsn").asLong(),
                tree.path("started_us").asLong(),
                tree.path("upstream").asText());
    }
}
