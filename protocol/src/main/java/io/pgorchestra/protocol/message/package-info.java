/** Every message of the Postgres wire protocol as a record, named as in its documentation; for the control plane. */
@NullMarked
package io.pgorchestra.protocol.message;

import org.jspecify.annotations.NullMarked;
