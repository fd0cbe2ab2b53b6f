package io.pgorchestra.lab.transparency;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.pgorchestra.lab.AuthenticationMethod;
import io.pgorchestra.lab.EmbeddedPostgres;
import io.pgorchestra.lab.PostgresUnderTest;
import io.pgorchestra.lab.ProxyUnderTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A login by SCRAM-SHA-256 reads the same through the proxy as from Postgres itself, whether it succeeds or not. */
@Timeout(120)
class LoginTransparencyIT {

    private static final List<Script> SCRIPTS = List.of(
            login("right password", "startup user=postgres database=postgres", "password secret", "read ReadyForQuery"),
            login("wrong password", "startup user=postgres database=postgres", "password wrong", "end"),
            login(
                    "wrong password, unknown database",
                    "startup user=postgres database=nowhere",
                    "password wrong",
                    "end"),
            login("unknown user", "startup user=nobody database=postgres", "password secret", "end"),
            login("unknown database", "startup user=postgres database=nowhere", "password secret", "end"),
            login(
                    "startup parameter that is refused",
                    "startup user=postgres database=postgres geqo=perhaps",
                    "password secret",
                    "end"),
            login(
                    "version 3.0 with a later option",
                    "startup user=postgres _pq_.later=1",
                    "read NegotiateProtocolVersion",
                    "password wrong",
                    "end"));

    private static Script login(String name, String... lines) {
        return Script.parse(name, String.join("\n", lines));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.pgorchestra.lab.PostgresUnderTest#everyMajor")
    void login_throughTheProxy_readsAsTheDirectOne(PostgresUnderTest postgres, @TempDir Path folder)
            throws IOException {
        Path users = Files.writeString(folder.resolve("users.txt"), "\"postgres\" \"secret\"\n");
        try (EmbeddedPostgres node = EmbeddedPostgres.start(
                        postgres.options().withAuthentication(AuthenticationMethod.SCRAM_SHA_256, "secret"));
                ProxyUnderTest transaction = proxy(node, users, "transaction");
                ProxyUnderTest session = proxy(node, users, "session")) {
            List<String> differences = new ArrayList<>();
            for (Script script : SCRIPTS) {
                List<String> direct = Conversation.hold(script, node.port(), Integer.MAX_VALUE, () -> {});
                assertEquals(List.of(), Conversation.failures(direct), script.name());
                for (ProxyUnderTest proxy : List.of(transaction, session)) {
                    List<String> proxied = Conversation.hold(script, proxy.port(), Integer.MAX_VALUE, () -> {});
                    String diff = TraceDiff.of(hidden(direct), hidden(proxied));
                    if (!diff.isEmpty()) {
                        differences.add(script + "\n" + diff);
                    }
                }
            }
            assertEquals("", String.join("\n", differences), "- direct, + through the proxy");
        }
    }

    private static ProxyUnderTest proxy(EmbeddedPostgres node, Path users, String mode) {
        return ProxyUnderTest.start(
                node.port(),
                "auth_type: scram-sha-256",
                "auth_file: " + users,
                "pool_mode: " + mode,
                "default_pool_size: 2");
    }

    private static List<String> hidden(List<String> trace) {
        List<String> hidden = trace;
        for (Difference difference : EnumSet.complementOf(EnumSet.of(Difference.NEGOTIATED_VERSION))) {
            hidden = difference.hidden(hidden);
        }
        return hidden;
    }
}
