/** Which standbys may serve reads now, and how far behind the primary each is. */
@NullMarked
package io.pgorchestra.proxy.standby;

import org.jspecify.annotations.NullMarked;
