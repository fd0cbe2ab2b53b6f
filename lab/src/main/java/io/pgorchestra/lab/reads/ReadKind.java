package io.pgorchestra.lab.reads;

/** How a session does one thing. */
public enum ReadKind {
    /** One SELECT. */
    READ,
    /** Two SELECTs between BEGIN READ ONLY and COMMIT. */
    READ_IN_TRANSACTION,
    /** A SELECT of what another session wrote, after that one's token has been taken over. */
    READ_BY_TOKEN,
    /** A SELECT of what the open transaction has written. */
    READ_IN_WRITING_TRANSACTION,
    /** Anything that writes, or asks for the token. */
    WRITE,
    CONNECT
}
