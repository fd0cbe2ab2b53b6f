package io.pgorchestra.lab.history;

/** Something that was broken, or mended, on purpose. */
public record Fault(String what, long atNanos) {}
