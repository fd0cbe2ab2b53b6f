/**
 * Looking at the nodes themselves, and steering them, over pgjdbc. Knows nothing of ZooKeeper, so that a cluster of static nodes never
 * loads it.
 */
@NullMarked
package io.pgorchestra.discovery.sql;

import org.jspecify.annotations.NullMarked;
