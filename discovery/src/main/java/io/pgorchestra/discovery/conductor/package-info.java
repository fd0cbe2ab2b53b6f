/** Failover and planned switchover where nobody else does them: one elected process acts, and every step is a compare-and-set. */
@NullMarked
package io.pgorchestra.discovery.conductor;

import org.jspecify.annotations.NullMarked;
