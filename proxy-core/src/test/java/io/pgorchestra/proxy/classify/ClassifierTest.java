package io.pgorchestra.proxy.classify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pgorchestra.proxy.classify.Classification.Kind;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClassifierTest {

    private static final String LONG_COLUMNS = "a".repeat(50) + ", " + "b".repeat(50);

    private final Classifier classifier = new Classifier(TestTexts.functions());

    @Test
    void classify_ofTextWithoutZeroByte_endsWithItsLength() {
        ByteBuf buffer = Unpooled.copiedBuffer("SELECT 1 INTO x", StandardCharsets.UTF_8);

        assertEquals(Kind.READ, classifier.classify(buffer, 0, 8, true).kind());
        assertEquals(Kind.WRITE, classifier.classify(buffer, 0, 15, true).kind());
        assertEquals(Kind.READ, classifier.classify(buffer, 15, 0, true).kind());
    }

    @Test
    void classify_ofBuffer_leavesItAsItIs() {
        ByteBuf buffer = Unpooled.copiedBuffer("SELECT Upper FROM T", StandardCharsets.UTF_8);

        classifier.classify(buffer, 0, buffer.readableBytes(), true);

        assertEquals("SELECT Upper FROM T", buffer.toString(StandardCharsets.UTF_8));
    }

    @Test
    void classify_ofTextOverTheLimit_isWrite() {
        String most = "SELECT '" + "x".repeat(Classifier.MAX_TEXT_BYTES - 9) + "'";

        assertEquals(Kind.READ, TestTexts.classify(classifier, most).kind());
        assertEquals("too_long", TestTexts.classify(classifier, most + " ").reason());
    }

    @Test
    void classify_ofDeepParentheses_isWriteBeyondTheLimit() {
        String most = "SELECT " + "(".repeat(Depths.MAX) + "1" + ")".repeat(Depths.MAX);

        assertEquals(Kind.READ, TestTexts.classify(classifier, most).kind());
        assertEquals(
                "too_deep",
                TestTexts.classify(classifier, most.replace("1", "(1)")).reason());
    }

    @ParameterizedTest
    @CsvSource({
        "SELECT app.take_ticket(), volatile_function, app.take_ticket(...)",
        "SELECT NextVal('x'), primary_function, nextval(...)",
        "SELECT nothing(1), unknown_function, nothing(...)",
        "SELECT * FROM PG_Locks, primary_relation, pg_locks",
        "SELECT c.next_of FROM customers c, volatile_function, .next_of",
        "SELECT 1::drawn, volatile_type, drawn",
        "VACUUM, other_statement, vacuum",
        "CREATE TABLE t (), other_statement, create",
        "SET Work_Mem = 1, set, work_mem",
        "SHOW ALL, show, all",
    })
    void detail_namesWhatItIsAbout(String sql, String reason, String detail) {
        Classification found = TestTexts.classify(classifier, sql);

        assertEquals(reason + " " + detail, found.reason() + " " + found.detail());
    }

    @Test
    void functions_ofText_areThoseCalledOnce() {
        Classification found = TestTexts.classify(
                classifier,
                "SELECT Lower(a), lower(b), pg_catalog.\"upper\"(c), \"Odd Name\"(1), count(*) FROM f(a), coalesce(b) WHERE x IN (1)");

        assertEquals(List.of("lower", "pg_catalog.upper", "Odd Name", "count", "f"), found.functions());
        assertEquals(FunctionClass.STABLE, classifier.functions().classOf("pg_catalog.upper"));
        assertEquals(FunctionClass.UNKNOWN, classifier.functions().classOf("f"));
        assertEquals(FunctionClass.PRIMARY, classifier.functions().classOf("public.dblink_exec"));
    }

    @Test
    void functions_ofNewCatalog_forgetWhatWasCached() {
        String sql = "SELECT " + LONG_COLUMNS + ", app.fresh(1) FROM accounts";
        for (int times = 0; times < 3; times++) {
            assertEquals("unknown_function", TestTexts.classify(classifier, sql).reason());
        }

        classifier.functions(new Functions.Builder()
                .function("app", "fresh", FunctionClass.STABLE)
                .build());

        assertEquals(Kind.READ, TestTexts.classify(classifier, sql).kind());
    }

    @Test
    void classify_ofLongTextAgain_answersWithTheSameObject() {
        String sql = "SELECT " + LONG_COLUMNS + ", lower(c) FROM t";
        Classification first = TestTexts.classify(classifier, sql);
        Classification second = TestTexts.classify(classifier, sql);

        assertNotSame(first, second);
        assertSame(second, TestTexts.classify(classifier, sql));
        assertEquals(first.toString(), second.toString());
    }

    /** The setting is part of what is remembered. */
    @Test
    void classify_ofLongTextUnderTheOtherSetting_isReadAnew() {
        String sql = "SELECT " + LONG_COLUMNS + ", '\\', nextval(''s''), \\''";
        for (int times = 0; times < 3; times++) {
            assertEquals(Kind.WRITE, TestTexts.classify(classifier, sql, true).kind());
            assertEquals(Kind.READ, TestTexts.classify(classifier, sql, false).kind());
        }
    }

    @Test
    void classifyUnsafe_beyondAscii_isWrite() {
        // In Shift JIS the second byte of this character is a backslash's.
        ByteBuf text = Unpooled.copiedBuffer("SELECT '表'", Charset.forName("Shift_JIS"));
        ByteBuf ascii = Unpooled.copiedBuffer("SELECT 'x'", StandardCharsets.US_ASCII);

        assertEquals(
                "unsafe_encoding",
                classifier.classifyUnsafe(text, 0, text.readableBytes(), true).reason());
        assertEquals(
                Kind.READ,
                classifier.classifyUnsafe(ascii, 0, ascii.readableBytes(), true).kind());
    }

    @ParameterizedTest
    @ValueSource(strings = {"SJIS", "Shift_JIS", "shift-jis-2004", "BIG5", "Win950", "GBK", "gb18030", "UHC", "JOHAB"})
    void areAsciiSafe_ofEncodingWithQuotesInCharacters_isFalse(String name) {
        assertFalse(ClientEncodings.areAsciiSafe(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF8", "LATIN1", "EUC_JP", "SQL_ASCII", "win1252"})
    void areAsciiSafe_ofOthers_isTrue(String name) {
        assertTrue(ClientEncodings.areAsciiSafe(name));
    }

    /** The server cuts names after 63 bytes. */
    @Test
    void classify_ofNameLongerThanPostgresKeeps_meansTheCutOne() {
        String kept = "n".repeat(63);
        Classifier withLongName = new Classifier(new Functions.Builder()
                .function("public", kept, FunctionClass.VOLATILE)
                .primaryRelation("r".repeat(63))
                .build());

        assertEquals(
                "volatile_function",
                TestTexts.classify(withLongName, "SELECT " + kept + "_and_more(1)")
                        .reason());
        assertEquals(
                "primary_relation",
                TestTexts.classify(withLongName, "SELECT * FROM \"" + "r".repeat(70) + "\"")
                        .reason());
    }

    /** How a name beyond ASCII is spelled depends on encodings: when the catalog warns of one, it may be any. */
    @Test
    void classify_ofNameBeyondAscii_whenTheCatalogWarnsOfOne_isWrite() {
        Classifier warned =
                new Classifier(new Functions.Builder().primaryRelation("größe").build());

        assertEquals(
                "unicode_name",
                TestTexts.classify(warned, "SELECT * FROM grösse_ä").reason());
        assertEquals(Kind.READ, TestTexts.classify(warned, "SELECT 'größe'").kind());
    }
}
