/**
 * Authorities that live in ZooKeeper: our own znode, and Patroni's tree.
 *
 * <p>Curator keeps the connection. Questions go to ZooKeeper's own asynchronous client, one session each, because an answer is linearizable
 * only if its write and its reads went through one session.
 */
@NullMarked
package io.pgorchestra.discovery.zookeeper;

import org.jspecify.annotations.NullMarked;
