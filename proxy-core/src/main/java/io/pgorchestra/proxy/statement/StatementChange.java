package io.pgorchestra.proxy.statement;

/** A change to what is prepared, made when its request was sent, taken back if the server never carries it out. */
@FunctionalInterface
public interface StatementChange {

    StatementChange NONE = () -> {};

    void undo();

    /** The server has carried it out. */
    default void done() {}
}
