package io.pgorchestra.proxy.classify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class OwnCommandTest {

    private final Classifier classifier = new Classifier(Functions.builtIn());

    static List<Arguments> commands() {
        return Stream.of(
                        Arguments.of("SET orchestra.reads = auto", new OwnCommand.Set("reads", "auto")),
                        Arguments.of(
                                "SET SESSION Orchestra.READS TO 'Standby';", new OwnCommand.Set("reads", "standby")),
                        Arguments.of(
                                "SET LOCAL orchestra.consistency = primary",
                                new OwnCommand.SetLocal("consistency", "primary")),
                        Arguments.of("SET orchestra.token = 'A''b/1'", new OwnCommand.Set("token", "A'b/1")),
                        Arguments.of("SET \"orchestra\".\"token\" TO $$x$$", new OwnCommand.Set("token", "x")),
                        Arguments.of("SET orchestra.reads TO DEFAULT", new OwnCommand.Reset("reads")),
                        Arguments.of("RESET orchestra.reads ;", new OwnCommand.Reset("reads")),
                        Arguments.of("show orchestra . token", new OwnCommand.Show("token")),
                        Arguments.of("EXPLAIN ROUTE SELECT 1", new OwnCommand.ExplainRoute("SELECT 1")),
                        Arguments.of(
                                "explain\n/* x */ Route\tINSERT INTO T VALUES (';'); SELECT 'A' ; ;\n",
                                new OwnCommand.ExplainRoute("INSERT INTO T VALUES (';'); SELECT 'A'")),
                        Arguments.of("EXPLAIN ROUTE SELECT 'open", new OwnCommand.ExplainRoute("SELECT 'open")))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void own_ofCommand_isReadWithItsValues(String sql, OwnCommand expected) {
        assertEquals(expected, TestTexts.classify(classifier, sql).own());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SET orchestra.speed = 1         | orchestra.speed | orchestra.reads, orchestra.consistency, orchestra.token",
                "SHOW orchestra.speed            | orchestra.speed | orchestra.reads",
                "RESET orchestra.speed           | orchestra.speed | orchestra.reads",
                "SET orchestra.reads = sometimes | sometimes       | primary, standby, auto",
                "SET orchestra.consistency = 1   | 1               | eventual, session, primary",
                "SET orchestra.reads             | orchestra.reads | primary | standby | auto",
                "SET orchestra.reads = auto, standby | orchestra.reads | SET orchestra.reads =",
                "SET orchestra.token = ''        | orchestra.token | SET orchestra.token =",
                "SHOW orchestra.reads now        | orchestra.reads | nothing behind the name",
                "EXPLAIN ROUTE ;                 | EXPLAIN ROUTE   | EXPLAIN ROUTE sql",
            })
    void own_ofWrongCommand_saysWhatAndWhatWasExpected(String sql, String what, String expected) {
        OwnCommand.Wrong wrong = assertInstanceOf(
                OwnCommand.Wrong.class, TestTexts.classify(classifier, sql).own());

        assertTrue(wrong.message().contains(what), wrong.message());
        assertTrue(wrong.message().contains(expected), wrong.message());
    }

    @Test
    void own_ofOtherParameters_isNone() {
        for (String sql : List.of(
                "SET orchestral.reads = 1", "SHOW reads", "SELECT set_config('orchestra.reads', 'auto', false)")) {
            Classification found = TestTexts.classify(classifier, sql);

            assertNotNull(found);
            assertEquals(null, found.own(), sql);
        }
    }
}
