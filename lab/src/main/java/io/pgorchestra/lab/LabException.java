package io.pgorchestra.lab;

/** An expected failure of the lab, told in one line that says what to do. */
public final class LabException extends RuntimeException {

    public LabException(String message) {
        super(message);
    }

    public LabException(String message, Throwable cause) {
        super(message, cause);
    }
}
