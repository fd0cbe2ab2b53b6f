package io.pgorchestra.proxy.config;

/** A row of {@code SHOW CONFIG}, in the spelling of PgBouncer's console. */
public record SettingRow(String key, String value, String defaultValue, boolean changeable) {}
