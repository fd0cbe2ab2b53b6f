package io.pgorchestra.proxy.classify;

/** A command for the proxy itself. Names come in lower case and without the prefix; values unquoted, as they were written. */
public sealed interface OwnCommand {

    /** {@code SET [SESSION] orchestra.NAME = VALUE}. */
    record Set(String name, String value) implements OwnCommand {}

    /** {@code SET LOCAL orchestra.NAME = VALUE}: until the transaction ends. */
    record SetLocal(String name, String value) implements OwnCommand {}

    /** {@code RESET orchestra.NAME}, {@code SET orchestra.NAME TO DEFAULT}. */
    record Reset(String name) implements OwnCommand {}

    /** {@code SHOW orchestra.NAME}. */
    record Show(String name) implements OwnCommand {}

    /** {@code EXPLAIN ROUTE sql}: the text behind the word ROUTE, without the last semicolon. */
    record ExplainRoute(String sql) implements OwnCommand {}

    /** Meant for us, but not understood; {@code message} is for the client. */
    record Wrong(String message) implements OwnCommand {}
}
