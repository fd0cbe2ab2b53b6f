package io.pgorchestra.lab.history;

/**
 * What a server said about itself from inside an operation.
 *
 * @param port on which the node itself listens, whatever lies between ({@code inet_server_port()})
 * @param timeline that it wrote; 0 for a read
 * @param clockMicros its clock; comparable, for all nodes of a lab are on one machine
 */
public record Stamp(int port, int timeline, long clockMicros) {}
