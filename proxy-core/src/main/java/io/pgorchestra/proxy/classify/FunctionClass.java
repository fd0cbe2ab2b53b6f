package io.pgorchestra.proxy.classify;

/** What is known of all functions of one name together: the worst of its overloads. From the best to the worst. */
public enum FunctionClass {
    IMMUTABLE,
    STABLE,
    /** Volatile, but without effects and with an answer that is as good from a standby, such as random(). */
    HARMLESS,
    VOLATILE,
    /** Only the primary may answer, whatever the catalog says: sequences, locks, what is about this server or session. */
    PRIMARY,
    UNKNOWN;

    public boolean mayRunOnStandby() {
        return this == IMMUTABLE || this == STABLE || this == HARMLESS;
    }

    FunctionClass worse(FunctionClass other) {
        return compareTo(other) >= 0 ? this : other;
    }
}
