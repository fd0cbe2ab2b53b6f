package io.pgorchestra.proxy.catalog;

import io.pgorchestra.proxy.classify.Functions;

/** What is known at present of one database's functions. For all threads. */
public final class CurrentFunctions {

    private volatile Functions functions = Functions.builtIn();

    public Functions get() {
        return functions;
    }

    /** The catalog has been read again. */
    public void set(Functions newer) {
        functions = newer;
    }
}
