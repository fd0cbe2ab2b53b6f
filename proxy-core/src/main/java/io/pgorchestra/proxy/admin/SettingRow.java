package io.pgorchestra.proxy.admin;

/** One setting as SHOW CONFIG lists it. A changeable one can be SET while the proxy runs. */
public record SettingRow(String key, String value, String defaultValue, boolean changeable) {}
