package io.pgorchestra.proxy.statement;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One text with its parameter types, prepared under one name of ours on every server that needs it. Immutable; equal by content.
 */
public final class SharedStatement {

    /** Not a name that a driver would choose. */
    private static final String NAME_PREFIX = "orchestra_";

    private final byte[] body;
    private final byte[] name;
    private final int hash;

    /** @param body of the Parse message, without the name: query, zero byte, parameter types */
    SharedStatement(long id, byte[] body) {
        this.body = body;
        this.name = (NAME_PREFIX + id).getBytes(StandardCharsets.US_ASCII);
        this.hash = Arrays.hashCode(body);
    }

    /** The Parse message's body behind the name. Not to be changed. */
    public byte[] body() {
        return body;
    }

    /** The name on servers, without a zero byte. Not to be changed. */
    public byte[] name() {
        return name;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || (other instanceof SharedStatement statement
                        && hash == statement.hash
                        && Arrays.equals(body, statement.body));
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return new String(name, StandardCharsets.US_ASCII);
    }
}
