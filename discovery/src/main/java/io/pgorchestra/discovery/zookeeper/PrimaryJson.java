package io.pgorchestra.discovery.zookeeper;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pgorchestra.discovery.AuthorityException;
import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.PrimaryRecord;
import io.pgorchestra.discovery.PrimaryRecord.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A {@link PrimaryRecord} as the content of our znode:
 *
 * <pre>
 * {"epoch":42,"phase":"serving","node":"pg2","host":"10.0.0.12","port":5432,
 *  "system_identifier":"7268616322854375442","timeline":7,"synchronous":["pg3"],"quorum":1,
 *  "members":[{"node":"pg2","host":"10.0.0.12","port":5432},{"node":"pg3","host":"10.0.0.13","port":5432}]}
 * </pre>
 *
 * The system identifier is text because a number of that size is rounded by many who read JSON. A tool that knows no more may leave out
 * everything but {@code epoch}, {@code node}, {@code host} and {@code port}.
 */
final class PrimaryJson {

    private PrimaryJson() {}

    static byte[] write(PrimaryRecord record) {
        ObjectNode tree = Json.object()
                .put("epoch", record.epoch())
                .put("phase", record.phase().name().toLowerCase(Locale.ROOT));
        if (record.primary() != null) {
            write(record.primary(), tree);
        }
        if (record.former() != null) {
            tree.put("former", record.former());
        }
        if (record.target() != null) {
            tree.put("target", record.target());
        }
        tree.put("system_identifier", Long.toString(record.systemIdentifier())).put("timeline", record.timeline());
        var synchronous = tree.putArray("synchronous");
        record.synchronous().forEach(synchronous::add);
        tree.put("quorum", record.quorum());
        var members = tree.putArray("members");
        record.members().forEach(member -> write(member, members.addObject()));
        return Json.write(tree);
    }

    private static void write(Node node, ObjectNode tree) {
        tree.put("node", node.name()).put("host", node.host()).put("port", node.port());
    }

    /** Fails with an {@link AuthorityException} if it makes no sense. */
    static PrimaryRecord read(String content, String path) {
        JsonNode tree = Json.read(content, path);
        try {
            Node primary = tree.has("node") ? node(tree) : null;
            List<Node> members = new ArrayList<>();
            tree.path("members").forEach(member -> members.add(node(member)));
            if (primary != null && members.isEmpty()) {
                members.add(primary);
            }
            List<String> synchronous = new ArrayList<>();
            tree.path("synchronous").forEach(name -> synchronous.add(name.asText()));
            return new PrimaryRecord(
                    tree.path("epoch").asLong(),
                    phase(tree, primary),
                    primary,
                    text(tree, "former"),
                    text(tree, "target"),
                    Long.parseLong(tree.path("system_identifier").asText("0")),
                    tree.path("timeline").asInt(),
                    synchronous,
                    tree.path("quorum").asInt(),
                    members);
        } catch (IllegalArgumentException e) {
            throw new AuthorityException(path + " holds no valid record: " + e.getMessage(), e);
        }
    }

    private static Phase phase(JsonNode tree, @Nullable Node primary) {
        if (!tree.has("phase")) {
            return primary == null ? Phase.FAILING_OVER : Phase.SERVING;
        }
        return Phase.valueOf(tree.path("phase").asText().toUpperCase(Locale.ROOT));
    }

    private static Node node(JsonNode tree) {
        return new Node(
                tree.path("node").asText(),
                tree.path("host").asText(),
                tree.path("port").asInt());
    }

    private static @Nullable String text(JsonNode tree, String name) {
        return tree.hasNonNull(name) ? tree.path(name).asText() : null;
    }
}
