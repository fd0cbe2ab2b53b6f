package io.pgorchestra.proxy.admin;

import java.time.Instant;

/** Something that happened to the primary's epoch, in SHOW EPOCHS. */
public record EpochRow(Instant at, String event, long token, int timeline, String detail) {}
