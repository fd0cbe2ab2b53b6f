package io.pgorchestra.proxy.admin;

/**
 * The cluster in SHOW CLUSTER.
 *
 * @param state of the fence, as {@code open}, {@code waiting} or {@code leaseless}; {@code fixed} where nobody watches the node
 * @param primary its name; empty where none is known
 * @param token of the epoch; 0 before the first
 * @param leaseMillis for how long writes may still go to the primary without another confirmation; -1: for ever
 */
public record ClusterRow(
        String name,
        String discovery,
        String state,
        String primary,
        String address,
        long token,
        int timeline,
        long leaseMillis) {}
