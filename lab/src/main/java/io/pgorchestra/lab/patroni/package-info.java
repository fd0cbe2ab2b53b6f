/** Real Patroni and real ZooKeeper, from the packages of Debian where they are installed, in front of real Postgres. */
@NullMarked
package io.pgorchestra.lab.patroni;

import org.jspecify.annotations.NullMarked;
