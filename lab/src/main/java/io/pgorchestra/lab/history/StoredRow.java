package io.pgorchestra.lab.history;

/** A write that is there in the end. */
public record StoredRow(long id, Stamp stamp) {}
