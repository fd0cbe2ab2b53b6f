package io.pgorchestra.proxy.admin;

/** The traffic of one database since the proxy started. */
public record StatsRow(String database, TrafficTotals totals) {}
