package io.pgorchestra.proxy.classify;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every statement of corpus.txt is taken for what is written beside it. */
class CorpusTest {

    private static final int AT_LEAST = 500;

    private final Classifier classifier = new Classifier(TestTexts.functions());

    static List<CorpusCase> corpus() {
        return CorpusCase.all();
    }

    @Test
    void corpus_hasHundredsOfStatements() {
        assertTrue(corpus().size() >= AT_LEAST, corpus().size() + " statements");
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void classify_ofStatement_saysWhatIsWritten(CorpusCase expected) {
        Classification found = TestTexts.classify(classifier, expected.sql(), expected.standardConformingStrings());

        assertAll(
                () -> assertEquals(
                        expected.kind() + " " + expected.reason(),
                        found.kind() + " " + found.reason(),
                        () -> expected.sql() + ": " + found),
                () -> assertEquals(expected.effects(), found.effects()),
                () -> assertEquals(expected.hint(), found.hint()));
    }
}
