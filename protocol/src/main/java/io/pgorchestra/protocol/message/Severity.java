package io.pgorchestra.protocol.message;

/** The severities of ErrorResponse (the first three) and NoticeResponse, as spelled in field V. */
public enum Severity {
    /** The statement failed; the connection lives. */
    ERROR,
    /** The connection ends after this message. */
    FATAL,
    /** The whole server ends after this message. */
    PANIC,
    WARNING,
    NOTICE,
    DEBUG,
    INFO,
    LOG
}
