/** What a client owes and is owed: replies, parameters, the end of a lease. Pure. */
@NullMarked
package io.pgorchestra.proxy.session;

import org.jspecify.annotations.NullMarked;
