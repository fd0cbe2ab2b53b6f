package io.pgorchestra.proxy.classify;

/** What {@link Lexer} tells apart. */
enum Token {
    END,
    /** An unquoted name or a keyword, folded to lower case. */
    WORD,
    /** A name in double quotes. */
    QUOTED,
    STRING,
    NUMBER,
    /** {@code $1}. */
    PARAMETER,
    OPERATOR,
    OPEN,
    CLOSE,
    COMMA,
    DOT,
    CAST,
    SEMICOLON,
    OTHER,
    /** What cannot be read on from: {@link Lexer#trouble}. */
    BROKEN
}
