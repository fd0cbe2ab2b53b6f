package io.pgorchestra.discovery.zookeeper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.pgorchestra.discovery.AuthorityException;
import io.pgorchestra.discovery.Incarnation;
import io.pgorchestra.discovery.Node;
import io.pgorchestra.discovery.View;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** On znodes as Patroni writes them, kept as files. */
class PatroniVerdictTest {

    private static final Node PG1 = new Node("pg1", "10.0.0.11", 5432);
    private static final Node PG2 = new Node("pg2", "10.0.0.12", 5432);
    private static final Instant BEFORE = Instant.parse("2026-08-03T09:59:58Z");
    private static final Instant AFTER = Instant.parse("2026-08-03T10:00:00Z");

    private Instant now = BEFORE;
    private final PatroniVerdict verdict = new PatroniVerdict("/service/main", () -> now);

    @Test
    void patroni302_says_master_andItsLeaderIsPrimary() {
        View view = verdict.view(new Files("3.0.2").tree(40));

        assertEquals(PG1, view.primary());
        assertEquals(List.of(PG1, PG2), view.members());
        assertEquals(Set.of(), view.flags());
        assertEquals(40, view.epoch().token());
        assertEquals(0, view.epoch().timeline());
        assertEquals(new Incarnation("10", 7268616322854375442L), view.epoch().incarnation());
    }

    @Test
    void patroni4_says_primary_andHasFlagsAndOddAddresses() {
        View view = verdict.view(new Files("4.1.4").tree(40));

        assertEquals(new Node("pg_2", "pg_2", 5432), view.primary());
        assertEquals(List.of(new Node("pg1", "fd00::11", 5433), new Node("pg_2", "pg_2", 5432)), view.members());
        assertEquals(Set.of(View.Flag.PAUSED, View.Flag.FAILSAFE), view.flags());
    }

    @Test
    void scheduledSwitchover_drainsWhenItsTimeHasCome() {
        Files files = new Files("4.1.4");
        assertEquals(false, verdict.view(files.tree(40)).flags().contains(View.Flag.DRAINING));

        now = AFTER;

        assertTrue(verdict.view(files.tree(40)).flags().contains(View.Flag.DRAINING));
    }

    @Test
    void failoverKey_drainsOnlyIfItConcernsThisLeader() {
        assertTrue(drains("{\"leader\":\"pg1\",\"member\":\"pg2\"}"));
        assertTrue(drains("{\"leader\":\"pg1\"}"));
        assertTrue(drains("{\"member\":\"pg2\"}"));
        assertEquals(false, drains("{\"leader\":\"pg2\",\"member\":\"pg1\"}"));
        assertEquals(false, drains("{\"member\":\"pg1\"}"));
        assertEquals(false, drains("{\"leader\":\"pg1\",\"member\":\"pg2\",\"scheduled_at\":\"soon\"}"));
        assertEquals(false, drains("{}"));
        assertEquals(false, drains(""));
    }

    private boolean drains(String failover) {
        Files files = new Files("3.0.2");
        files.contents.put("failover", failover);
        return verdict.view(files.tree(40)).flags().contains(View.Flag.DRAINING);
    }

    @Test
    void noLeader_isNoPrimary_underTheLastToken() {
        Files files = new Files("3.0.2");
        verdict.view(files.tree(40));

        files.contents.remove("leader");
        View view = verdict.view(files.tree(50));

        assertNull(view.primary());
        assertEquals(40, view.epoch().token());
        assertEquals(List.of(PG1, PG2), view.members());
    }

    @Test
    void noLeader_forAProcessThatHasSeenNone_isATokenThatDoesNotGoBack() {
        Files files = new Files("3.0.2");
        files.contents.remove("leader");

        assertEquals(Files.CHILDREN_CHANGED, verdict.view(files.tree(0)).epoch().token());
    }

    @Test
    void noLeader_inFailsafeMode_isNoAnswer() {
        Files files = new Files("4.1.4");
        files.contents.remove("leader");

        AuthorityException failure = assertThrows(AuthorityException.class, () -> verdict.view(files.tree(0)));

        assertTrue(String.valueOf(failure.getMessage()).contains("in failsafe mode"), failure.getMessage());
    }

    @Test
    void restartedPatroni_isANewTokenForTheSameNode_evenWhileItsMemberIsMissing() {
        Files files = new Files("3.0.2");
        View first = verdict.view(files.tree(40));

        files.contents.remove("members/pg1");
        View second = verdict.view(files.tree(60));

        assertEquals(first.primary(), second.primary());
        assertEquals(60, second.epoch().token());
        assertEquals(List.of(PG2), second.members());
    }

    @Test
    void leaderThatWasNeverAMember_isNotKnownToBeAnywhere() {
        Files files = new Files("3.0.2");
        files.contents.put("leader", "pg9");

        View view = verdict.view(files.tree(60));

        assertNull(view.primary());
        assertEquals(60, view.epoch().token());
    }

    @Test
    void leaderOfAStandbyCluster_isNoPrimary() {
        Files files = new Files("3.0.2");
        files.contents.computeIfPresent("members/pg1", (name, text) -> text.replace("master", "standby_leader"));

        assertNull(verdict.view(files.tree(40)).primary());
    }

    @Test
    void memberWithoutSense_isLeftOut() {
        Files files = new Files("3.0.2");
        files.contents.put("members/pg2", "{\"conn_url\":\"postgres://a:1,b:2/postgres\"}");
        files.contents.put("members/pg3", "\u0000");

        assertEquals(List.of(PG1), verdict.view(files.tree(40)).members());
    }

    @Test
    void uninitializedCluster_isNoAnswer() {
        Files files = new Files("3.0.2");
        files.contents.remove("initialize");

        AuthorityException failure = assertThrows(AuthorityException.class, () -> verdict.view(files.tree(40)));

        assertTrue(String.valueOf(failure.getMessage()).startsWith("/service/main/initialize is missing"));
    }

    @Test
    void connUrls_ofAllForms() {
        assertEquals(new Node("n", "h", 5432), ConnUrl.node("n", "postgresql://h/postgres"));
        assertEquals(new Node("n", "h.example", 6000), ConnUrl.node("n", "postgres://user:p%40ss@h.example:6000"));
        assertNull(ConnUrl.node("n", "postgres://h:0/postgres"));
        assertNull(ConnUrl.node("n", "postgres://h:70000/postgres"));
        assertNull(ConnUrl.node("n", "http://h:5432/"));
        assertNull(ConnUrl.node("n", ""));
    }

    /** The znodes of a cluster, which a test may change. */
    private static final class Files {

        private static final long CHILDREN_CHANGED = 45;
        private static final List<String> NAMES = List.of(
                "initialize", "leader", "config", "failover", "failsafe", "members/pg1", "members/pg2", "members/pg_2");

        private final Map<String, String> contents = new LinkedHashMap<>();

        private Files(String version) {
            for (String name : NAMES) {
                try (InputStream file =
                        PatroniVerdictTest.class.getResourceAsStream("/patroni/" + version + "/" + name)) {
                    if (file != null) {
                        contents.put(name, new String(file.readAllBytes(), StandardCharsets.UTF_8));
                    }
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            }
            assertTrue(contents.size() >= 5, "no files for " + version);
        }

        PatroniTree tree(long leaderCzxid) {
            Map<String, JsonNode> members = new LinkedHashMap<>();
            contents.forEach((name, text) -> {
                if (name.startsWith("members/")) {
                    members.put(name.substring("members/".length()), json(text));
                }
            });
            return new PatroniTree(
                    CHILDREN_CHANGED,
                    znode("initialize", 10),
                    znode("leader", leaderCzxid),
                    json(contents.getOrDefault("config", "")),
                    json(contents.getOrDefault("failover", "")),
                    json(contents.getOrDefault("failsafe", "")),
                    members);
        }

        private Pipeline.@Nullable Znode znode(String name, long czxid) {
            String text = contents.get(name);
            Stat stat = new Stat();
            stat.setCzxid(czxid);
            return text == null ? null : new Pipeline.Znode(text, stat);
        }

        private static JsonNode json(String text) {
            return Json.readLeniently(text);
        }
    }
}
