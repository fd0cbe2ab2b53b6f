package io.pgorchestra.proxy.statement;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pgorchestra.proxy.classify.Classification;
import io.pgorchestra.proxy.classify.OwnCommand;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One text with its parameter types, prepared under one name of ours on every server that needs it. Immutable; equal by content.
 *
 * <p>The same text is another statement where it means something else: literals are read by the session's TimeZone and DateStyle,
 * names by its search_path, bytes by its client_encoding, and all of it by the schema of the day.
 */
public final class SharedStatement {

    /** Not a name that a driver would choose. */
    private static final String NAME_PREFIX = "orchestra_";

    private final byte[] body;
    private final String context;
    private final byte[] name;
    private final int hash;
    private final TransactionVerb verb;
    private final boolean mayBeOwnCommand;

    /** The last judgement, for all who ask by the same knowledge and rules. */
    private volatile @Nullable Classified classified;

    private record Classified(Classification classification, Object by, Object rules) {}

    /**
     * @param body of the Parse message, without the name: query, zero byte, parameter types
     * @param context all else that its meaning depends on
     */
    SharedStatement(long id, byte[] body, String context) {
        this.body = body;
        this.context = context;
        this.name = (NAME_PREFIX + id).getBytes(StandardCharsets.US_ASCII);
        this.hash = 31 * Arrays.hashCode(body) + context.hashCode();
        ByteBuf text = Unpooled.wrappedBuffer(body);
        this.verb = TransactionVerb.of(text, 0, body.length);
        this.mayBeOwnCommand = OwnCommand.mayBe(text, 0, body.length);
    }

    /** Whether it looks like one of the proxy's own commands. */
    public boolean mayBeOwnCommand() {
        return mayBeOwnCommand;
    }

    /** What its text does, if that has been judged by this knowledge of functions and these rules; null if not. */
    @SuppressWarnings("ReferenceEquality") // Knowledge is replaced as a whole.
    public @Nullable Classification classification(Object functions, Object rules) {
        Classified last = classified;
        return last != null && last.by == functions && last.rules.equals(rules) ? last.classification : null;
    }

    public void classified(Classification classification, Object functions, Object rules) {
        classified = new Classified(classification, functions, rules);
    }

    /** The Parse message's body behind the name. Not to be changed. */
    public byte[] body() {
        return body;
    }

    /** What it does to the transaction around it. */
    public TransactionVerb verb() {
        return verb;
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
                        && Arrays.equals(body, statement.body)
                        && context.equals(statement.context));
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
