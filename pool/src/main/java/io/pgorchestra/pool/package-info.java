/** Who may use which server, and when. Pure state machines on an injected clock; no I/O. */
@NullMarked
package io.pgorchestra.pool;

import org.jspecify.annotations.NullMarked;
