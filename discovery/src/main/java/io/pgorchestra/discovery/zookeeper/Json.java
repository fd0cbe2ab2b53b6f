package io.pgorchestra.discovery.zookeeper;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pgorchestra.discovery.AuthorityException;
import java.nio.charset.StandardCharsets;

/** JSON as trees: what others have added is ignored, what they left out has a meaning of its own. */
final class Json {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Json() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /** {@code where} is the znode, for the complaint. */
    static JsonNode read(String content, String where) {
        try {
            JsonNode tree = MAPPER.readTree(content);
            if (tree.isObject()) {
                return tree;
            }
        } catch (JacksonException e) {
            throw new AuthorityException(where + " holds no JSON: " + e.getOriginalMessage(), e);
        }
        throw new AuthorityException(where + " holds no JSON object");
    }

    /** What is none, or is nothing, is an empty object. */
    static JsonNode readLeniently(String content) {
        try {
            JsonNode tree = MAPPER.readTree(content);
            return tree.isObject() ? tree : object();
        } catch (JacksonException e) {
            return object();
        }
    }

    static byte[] write(ObjectNode tree) {
        return tree.toString().getBytes(StandardCharsets.UTF_8);
    }
}
