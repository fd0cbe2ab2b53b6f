/** The protocol by which all Orchestra processes stop writing to an old primary before any of them writes to a new one. */
@NullMarked
package io.pgorchestra.discovery.fencing;

import org.jspecify.annotations.NullMarked;
