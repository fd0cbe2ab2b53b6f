package io.pgorchestra.discovery.zookeeper;

/** Why a publication was refused, or never got through, in words for an operator. */
public final class PublishException extends Exception {

    private static final long serialVersionUID = 1L;

    PublishException(String text) {
        super(text);
    }
}
