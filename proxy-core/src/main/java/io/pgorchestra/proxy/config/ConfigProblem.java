package io.pgorchestra.proxy.config;

/**
 * One thing that is wrong with a configuration. Never holds a secret.
 *
 * @param line counted from 1; 0 is the file as a whole
 * @param what the setting or the place
 * @param value what stands there; empty when that says nothing or is secret
 * @param expected what should stand there; empty when there is no such thing
 * @param advice what to do
 */
public record ConfigProblem(String file, int line, String what, String value, String expected, String advice) {

    /** {@code FILE:LINE: WHAT: VALUE (expected: EXPECTED); ADVICE}. */
    @Override
    public String toString() {
        return new Position(file, line) + ": " + what + (value.isEmpty() ? "" : ": " + value)
                + (expected.isEmpty() ? "" : " (expected: " + expected + ")") + "; " + advice;
    }
}
