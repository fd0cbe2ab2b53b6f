/** A real ZooKeeper inside this JVM. */
@NullMarked
package io.pgorchestra.lab.zookeeper;

import org.jspecify.annotations.NullMarked;
