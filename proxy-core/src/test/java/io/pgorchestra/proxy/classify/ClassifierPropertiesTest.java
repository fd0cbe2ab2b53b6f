package io.pgorchestra.proxy.classify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pgorchestra.proxy.classify.Classification.Kind;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for any text. Another seed: {@code -Dseed=}. */
@Timeout(60)
class ClassifierPropertiesTest {

    /** Too long to be cached. */
    private static final int SMALL_BYTES = 2500;

    private static final int SOUPS = 20_000;
    private static final int ROUNDS_PER_STATEMENT = 20;
    private static final List<String> BETWEEN = List.of(
            " ", "\n", "\t\r\n ", " /* no; insert 'into */ ", " /* a /* b */ \" */", " -- delete ' $$ \"\n", " --\n\n");
    private static final List<String> PIECES = List.of(
            "SELECT",
            "select",
            "INSERT",
            "INTO",
            "WITH",
            "AS",
            "(",
            "((",
            ")",
            ",",
            ";",
            ".",
            "::",
            ":",
            "=",
            "-",
            "--",
            "/*",
            "*/",
            "'",
            "''",
            "\"",
            "\"\"",
            "$$",
            "$a$",
            "$",
            "$1",
            "E'",
            "U&'",
            "U&\"",
            "B'",
            "x",
            "nextval",
            "lower",
            "pg_stat_x",
            "pg_temp",
            "\\",
            "\\'",
            "\n",
            " ",
            "\t",
            "FOR",
            "UPDATE",
            "ON",
            "OPERATOR",
            "SET",
            "orchestra",
            "reads",
            "TO",
            "COPY",
            "STDOUT",
            "FROM",
            "EXPLAIN",
            "ROUTE",
            "ANALYZE",
            "BEGIN",
            "READ",
            "ONLY",
            "END",
            "1",
            ".5",
            "1e",
            "[",
            "]",
            "é",
            "\u0000",
            "DECLARE",
            "HOLD",
            "SHOW",
            "RESET",
            "SESSION",
            "TRANSACTION",
            "ISOLATION",
            "LEVEL",
            "ROLLBACK",
            "AND",
            "CHAIN");

    private final long seed = Long.getLong("seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final Classifier classifier = new Classifier(TestTexts.functions());

    static List<CorpusCase> wholeStatements() {
        return CorpusCase.all().stream()
                .filter(statement -> !statement.reason().equals("unterminated"))
                .toList();
    }

    @Test
    void classify_ofAnyBytes_answers() {
        for (int soup = 0; soup < SOUPS; soup++) {
            byte[] text = random.nextBoolean() ? pieces() : bytes();
            boolean standard = random.nextBoolean();

            assertNotNull(
                    TestTexts.classify(classifier, text, standard),
                    () -> "-Dseed=" + seed + " " + new String(text, StandardCharsets.ISO_8859_1));
        }
    }

    private byte[] pieces() {
        StringBuilder text = new StringBuilder();
        for (int count = random.nextInt(40); count > 0; count--) {
            text.append(PIECES.get(random.nextInt(PIECES.size()))).append(random.nextBoolean() ? " " : "");
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private byte[] bytes() {
        byte[] text = new byte[random.nextInt(100)];
        random.nextBytes(text);
        return text;
    }

    /** Each of these, again and again, is a place where a reader might look ahead too far too often. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "(",
                ")",
                "$a",
                "$a$",
                "$$",
                "/*",
                "/**/",
                "'",
                "'' ",
                "''\n",
                "\"",
                "\"a\"",
                "-",
                "--\n",
                "a.",
                "a(",
                "lower(",
                "x.y(",
                "pg_temp ",
                "pg_stat_x \t\n",
                "' '\n -- \n",
                "U&'",
                "E'\\",
                "; ",
                "SELECT 1;",
                "AS x(",
                "1.",
                "+-",
                "WITH ",
                ",",
                "::t(",
                "\u00e9"
            })
    void classify_ofAPieceAgainAndAgain_takesTimeInProportion(String piece) {
        byte[] small = ("SELECT " + piece.repeat(SMALL_BYTES / piece.length())).getBytes(StandardCharsets.UTF_8);
        byte[] large = ("SELECT " + piece.repeat(6 * SMALL_BYTES / piece.length())).getBytes(StandardCharsets.UTF_8);

        long perSmall = leastNanos(small);
        long perLarge = leastNanos(large);

        // Six times the text: with the square of the length it would take 36 times as long.
        assertTrue(perLarge < 18 * perSmall + 20_000, perLarge + " ns against " + perSmall);
    }

    /** On the thread's clock, so that a busy machine does not matter; the least of many, past the compiler. */
    private long leastNanos(byte[] text) {
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 30; round++) {
            long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            for (int i = 0; i < 10; i++) {
                TestTexts.classify(classifier, text, true);
            }
            least = Math.min(least, ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before);
        }
        return least / 10;
    }

    @ParameterizedTest
    @MethodSource("wholeStatements")
    void classify_withBlanksAndCommentsBetweenTokens_saysTheSame(CorpusCase statement) {
        List<Integer> boundaries = boundaries(statement);
        for (int round = 0; round < ROUNDS_PER_STATEMENT; round++) {
            StringBuilder text = new StringBuilder();
            int from = 0;
            byte[] sql = statement.sql().getBytes(StandardCharsets.UTF_8);
            for (int boundary : boundaries) {
                text.append(new String(sql, from, boundary - from, StandardCharsets.UTF_8));
                if (random.nextInt(3) == 0) {
                    text.append(BETWEEN.get(random.nextInt(BETWEEN.size())));
                }
                from = boundary;
            }
            text.append(new String(sql, from, sql.length - from, StandardCharsets.UTF_8));

            assertSame(statement, text.toString());
        }
    }

    /** Behind each token. */
    private static List<Integer> boundaries(CorpusCase statement) {
        Lexer lexer = lexer(statement);
        List<Integer> boundaries = new ArrayList<>();
        while (lexer.next() != Token.END && lexer.token() != Token.BROKEN) {
            boundaries.add(lexer.at());
        }
        return boundaries;
    }

    @ParameterizedTest
    @MethodSource("wholeStatements")
    void classify_inOtherCase_saysTheSame(CorpusCase statement) {
        for (int round = 0; round < ROUNDS_PER_STATEMENT; round++) {
            byte[] text = statement.sql().getBytes(StandardCharsets.UTF_8);
            Lexer lexer = lexer(statement);
            while (lexer.next() != Token.END && lexer.token() != Token.BROKEN) {
                if (lexer.token() == Token.WORD) {
                    changeCase(text, lexer.start(), lexer.end());
                }
            }

            assertSame(statement, new String(text, StandardCharsets.UTF_8));
        }
    }

    private void changeCase(byte[] text, int start, int end) {
        for (int at = start; at < end; at++) {
            int lower = text[at] | 0x20;
            if (text[at] > 0 && lower >= 'a' && lower <= 'z') {
                text[at] = (byte) (random.nextBoolean() ? lower : lower & ~0x20);
            }
        }
    }

    private static Lexer lexer(CorpusCase statement) {
        byte[] sql = (statement.sql() + "\0\0").getBytes(StandardCharsets.UTF_8);
        Lexer lexer = new Lexer();
        lexer.begin(sql, TestTexts.functions().names(), statement.standardConformingStrings());
        return lexer;
    }

    private void assertSame(CorpusCase statement, String text) {
        Classification found = TestTexts.classify(classifier, text, statement.standardConformingStrings());

        assertEquals(
                statement.kind() + " " + statement.effects(),
                found.kind() + " " + found.effects(),
                () -> "-Dseed=" + seed + " " + text);
    }

    @Test
    void classify_ofTwoStatementsTogether_readsOnlyIfBothDo() {
        List<CorpusCase> all = wholeStatements();
        for (int pair = 0; pair < SOUPS; pair++) {
            CorpusCase one = all.get(random.nextInt(all.size()));
            CorpusCase other = all.get(random.nextInt(all.size()));
            if (!one.standardConformingStrings()
                    || !other.standardConformingStrings()
                    || one.sql().contains("ROUTE")) {
                continue;
            }
            String text = one.sql() + "\n;" + other.sql();

            boolean reads = TestTexts.classify(classifier, text).kind() == Kind.READ;

            assertEquals(
                    one.kind() == Kind.READ && other.kind() == Kind.READ, reads, () -> "-Dseed=" + seed + " " + text);
        }
    }
}
