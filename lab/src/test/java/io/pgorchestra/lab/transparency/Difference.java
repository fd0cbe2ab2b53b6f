package io.pgorchestra.lab.transparency;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Something in which a conversation through the proxy may differ from the direct one; whatever is not listed here may not. */
enum Difference {

    /** BackendKeyData: the process id is another server's, or invented in transaction mode. The key itself never shows in a trace. */
    PROCESS_ID(true) {
        @Override
        List<String> hidden(List<String> trace) {
            return replaced(trace, "^(B\t\\d+\tBackendKeyData\t) -?\\d+", "$1 PID");
        }
    },

    /** The order of the parameters that a login reports: alphabetical from the proxy, without order from Postgres 16 on. */
    LOGIN_PARAMETER_ORDER(true) {
        @Override
        List<String> hidden(List<String> trace) {
            List<String> hidden = new ArrayList<>(trace);
            int start = 0;
            for (int i = 0; i < hidden.size(); i++) {
                if (!hidden.get(i).contains("\tParameterStatus\t")) {
                    start = i + 1;
                } else if (i + 1 == hidden.size() || hidden.get(i + 1).contains("\tBackendKeyData\t")) {
                    Collections.sort(hidden.subList(start, i + 1));
                }
            }
            return hidden;
        }
    },

    /** Errors that the proxy itself makes at login have no place in Postgres' source. */
    ERROR_PLACE(false) {
        @Override
        List<String> hidden(List<String> trace) {
            return replaced(
                    replaced(trace, "^B\t\\d+\t(ErrorResponse\t.*?) F \"[^\"]*\" L \"\\d+\" R \"[^\"]*\"", "B\tNN\t$1"),
                    "^B\t\\d+\t(ErrorResponse\t)",
                    "B\tNN\t$1");
        }
    },

    /** A prepared statement has a name of the proxy's own on the server, which the server puts into its errors. */
    STATEMENT_NAME(false) {
        @Override
        List<String> hidden(List<String> trace) {
            return replaced(
                    trace, "^B\t\\d+\t(ErrorResponse\t.* M \".*prepared statement )\"[^\"]*\"", "B\tNN\t$1\"NAME\"");
        }
    },

    /** The proxy speaks 3.2 whatever the node does; Postgres before 18 negotiates 3.0, with a shorter cancel key. */
    NEGOTIATED_VERSION(false) {
        @Override
        List<String> hidden(List<String> trace) {
            List<String> hidden =
                    replaced(trace, "^B\t\\d+\t(NegotiateProtocolVersion\t) \\d+ (\\d+)", "B\tNN\t$1 VERSION $2");
            hidden.removeIf(line -> line.endsWith("NegotiateProtocolVersion\t VERSION 0"));
            return replaced(hidden, "^B\t\\d+\t(BackendKeyData)", "B\tNN\t$1");
        }
    };

    private final boolean always;

    Difference(boolean always) {
        this.always = always;
    }

    /** Whether it may differ in every script, without being named there. */
    boolean always() {
        return always;
    }

    /** The trace with what may differ made equal. */
    abstract List<String> hidden(List<String> trace);

    private static List<String> replaced(List<String> trace, String regex, String replacement) {
        Pattern pattern = Pattern.compile(regex);
        List<String> result = new ArrayList<>();
        for (String line : trace) {
            Matcher matcher = pattern.matcher(line);
            result.add(matcher.find() ? matcher.replaceFirst(replacement) : line);
        }
        return result;
    }
}
