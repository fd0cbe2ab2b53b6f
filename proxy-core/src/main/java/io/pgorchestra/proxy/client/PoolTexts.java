package io.pgorchestra.proxy.client;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pgorchestra.proxy.catalog.CurrentFunctions;
import io.pgorchestra.proxy.classify.Classification;
import io.pgorchestra.proxy.classify.Classifier;
import io.pgorchestra.proxy.classify.Functions;
import io.pgorchestra.proxy.session.ParameterSet;
import io.pgorchestra.proxy.session.SessionState;
import io.pgorchestra.proxy.statement.SharedStatement;
import org.jspecify.annotations.Nullable;

/** Tells what the texts of a pool's clients do, each read by the rules of its session. Bound to the pool's loop. */
@SuppressWarnings("ReferenceEquality") // Functions and sets of parameters are replaced as a whole.
final class PoolTexts {

    private final CurrentFunctions functions;
    private final Classifier classifier;

    /** The last session's parameters, which are mostly the next one's too, and the rules that follow from them. */
    private @Nullable ParameterSet lastReported;

    private TextRules lastRules = TextRules.USUAL;

    /** @param functions of the pool's database */
    PoolTexts(CurrentFunctions functions) {
        this.functions = functions;
        this.classifier = new Classifier(functions.get());
    }

    /** What a text does that a session in this state has sent. */
    Classification classify(ByteBuf buffer, int index, int lengthBytes, SessionState state) {
        Functions present = functions.get();
        if (classifier.functions() != present) {
            classifier.functions(present);
        }
        TextRules rules = rules(state.reported());
        return rules.asciiSafe()
                ? classifier.classify(buffer, index, lengthBytes, rules.standardConformingStrings())
                : classifier.classifyUnsafe(buffer, index, lengthBytes, rules.standardConformingStrings());
    }

    /** What a prepared statement does; judged once for all who know it by the same text, functions and rules. */
    Classification classify(SharedStatement statement, SessionState state) {
        Functions present = functions.get();
        TextRules rules = rules(state.reported());
        Classification known = statement.classification(present, rules);
        if (known == null) {
            byte[] body = statement.body();
            known = classify(Unpooled.wrappedBuffer(body), 0, body.length, state);
            statement.classified(known, present, rules);
        }
        return known;
    }

    private TextRules rules(ParameterSet reported) {
        if (reported != lastReported) {
            lastReported = reported;
            lastRules = TextRules.of(reported);
        }
        return lastRules;
    }
}
