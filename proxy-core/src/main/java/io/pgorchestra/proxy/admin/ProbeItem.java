package io.pgorchestra.proxy.admin;

/**
 * One expression of a probing SELECT.
 *
 * @param text the constant, or the parameter's name for {@link Source#PARAMETER}; otherwise unused
 */
record ProbeItem(Column column, Source source, String text) {
    /** Where the value comes from when the probe runs. */
    enum Source {
        CONSTANT,
        NULL,
        VERSION,
        DATABASE,
        USER,
        BACKEND_PID,
        PARAMETER
    }
}
