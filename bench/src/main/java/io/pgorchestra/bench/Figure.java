package io.pgorchestra.bench;

/** A row of the table: what was measured, and in what unit. */
record Figure(String title, Unit unit) {}
