package io.pgorchestra.proxy.statement;

import com.github.benmanes.caffeine.cache.Interner;
import java.util.concurrent.atomic.AtomicLong;

/** Every text that some client has prepared and still knows, once. For all threads; a text nobody knows any more is forgotten. */
public final class StatementCatalog {

    private final Interner<SharedStatement> statements = Interner.newWeakInterner();
    private final AtomicLong lastId = new AtomicLong();

    /**
     * The statement of this text.
     *
     * @param context all else that the text's meaning depends on, as {@link SharedStatement} says
     */
    public SharedStatement shared(byte[] body, String context) {
        return statements.intern(new SharedStatement(lastId.incrementAndGet(), body, context));
    }
}
