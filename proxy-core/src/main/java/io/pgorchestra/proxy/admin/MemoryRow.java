package io.pgorchestra.proxy.admin;

/**
 * Memory held for one purpose, in PgBouncer's terms of a slab.
 *
 * @param itemBytes the size of one item
 * @param used items in use
 * @param free items kept for reuse
 */
public record MemoryRow(String name, int itemBytes, long used, long free, long totalBytes) {}
