package io.pgorchestra.proxy.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import org.junit.jupiter.api.Test;

class UserListTest {
    private static final String SCRAM = "SCRAM-SHA-256$4096:c2FsdA==$" + "A".repeat(43) + "=:" + "B".repeat(43) + "=";

    private final Findings findings = new Findings();

    @Test
    void secret_ofEveryForm_isKeptAsItStands() {
        UserList users = parse("; comment\n\n# comment\n\"app\" \"clear \"\"quoted\"\"\"\r\n\"we\"\"ird\"\t\"md5"
                + "0".repeat(32) + "\" more\n\"dba\" \"" + SCRAM + "\"\n\"locked\" \"\"");
        assertEquals("clear \"quoted\"", users.secret("app"));
        assertEquals("md5" + "0".repeat(32), users.secret("we\"ird"));
        assertEquals(SCRAM, users.secret("dba"));
        assertEquals("", users.secret("locked"));
        assertNull(users.secret("nobody"));
        assertFalse(findings.hasProblems());
    }

    @Test
    void brokenLines_areAllReportedWithoutAnySecret() {
        parse(
                "app \"hunter2\"\n\"app\" hunter2\n\"app\" \"hunter2\n\"dba\" \"SCRAM-SHA-256$hunter2\"\n\"\" \"hunter2\"");
        List<String> problems = findings.asProblems().problems().stream()
                .map(ConfigProblem::toString)
                .toList();
        assertEquals(
                List.of(
                        "u.txt:1: broken user name (expected: \"name\" \"secret\"); put the name in double quotes",
                        "u.txt:2: broken secret of user app (expected: \"name\" \"secret\"); "
                                + "put the secret in double quotes, a double quote within it twice",
                        "u.txt:3: broken secret of user app (expected: \"name\" \"secret\"); "
                                + "put the secret in double quotes, a double quote within it twice",
                        "u.txt:4: broken SCRAM secret of user dba (expected: "
                                + "SCRAM-SHA-256$ITERATIONS:SALT$STOREDKEY:SERVERKEY); copy it from pg_authid.rolpassword",
                        "u.txt:5: broken user name (expected: \"name\" \"secret\"); put the name in double quotes"),
                problems);
    }

    @Test
    void repeatedUser_lastLineCounts() {
        UserList users = parse("\"app\" \"old\"\n\"app\" \"new\"");
        assertEquals("new", users.secret("app"));
        assertEquals(
                "u.txt:2: user app stands here again: the last line counts",
                findings.notes().get(0).toString());
    }

    @Test
    void toString_showsNoSecret() {
        assertEquals("UserList[app]", parse("\"app\" \"hunter2\"").toString());
    }

    private UserList parse(String text) {
        return UserList.parse(text, "u.txt", findings);
    }
}
