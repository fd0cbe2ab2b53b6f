package io.pgorchestra.proxy.admin;

/**
 * How often one kind of event has happened for one reason since the proxy started.
 *
 * @param database the database it happened in, or empty where none was known yet
 * @param reason one of a fixed, small set: it becomes a metric's label
 */
public record EventRow(EventKind kind, String database, String reason, long count) {}
