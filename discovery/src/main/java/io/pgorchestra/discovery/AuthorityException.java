package io.pgorchestra.discovery;

/** Why an authority gave no answer, in words for an operator. */
public final class AuthorityException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public AuthorityException(String text) {
        super(text);
    }

    public AuthorityException(String text, Throwable cause) {
        super(text, cause);
    }
}
