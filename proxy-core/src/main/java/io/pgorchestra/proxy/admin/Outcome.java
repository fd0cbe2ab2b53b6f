package io.pgorchestra.proxy.admin;

import io.pgorchestra.protocol.message.ErrorFields;
import io.pgorchestra.protocol.message.Severity;
import io.pgorchestra.protocol.message.SqlState;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a command that was done answers.
 *
 * @param table null for a command that returns no rows, which is not the same as one that returns none this time
 */
record Outcome(String tag, @Nullable ResultTable table, List<ErrorFields> notices) {

    static Outcome done(String tag) {
        return new Outcome(tag, null, List.of());
    }

    static Outcome rows(String tag, ResultTable table) {
        return new Outcome(tag, table, List.of());
    }

    static Outcome of(String tag, CommandResult result) {
        List<ErrorFields> notices = new ArrayList<>();
        for (String notice : result.notices()) {
            notices.add(notice(notice));
        }
        return new Outcome(tag, null, notices);
    }

    static ErrorFields notice(String message) {
        return ErrorFields.of(Severity.NOTICE, SqlState.SUCCESSFUL_COMPLETION, message);
    }
}
