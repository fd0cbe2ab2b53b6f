/** Password exchanges as pure machines: bytes in, bytes out, no I/O. */
@NullMarked
package io.pgorchestra.protocol.auth;

import org.jspecify.annotations.NullMarked;
