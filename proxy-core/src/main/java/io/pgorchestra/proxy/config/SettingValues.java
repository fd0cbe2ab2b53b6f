package io.pgorchestra.proxy.config;

import io.pgorchestra.proxy.config.Setting.Dialect;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Values of some settings, each of its setting's kind. Immutable. */
public final class SettingValues {
    static final SettingValues NONE = new SettingValues(new EnumMap<>(Setting.class));

    private final Map<Setting, Object> values;

    private SettingValues(Map<Setting, Object> values) {
        this.values = Collections.unmodifiableMap(values);
    }

    static SettingValues defaults(Dialect dialect) {
        Map<Setting, Object> values = new EnumMap<>(Setting.class);
        for (Setting setting : Setting.values()) {
            values.put(setting, setting.defaultValue(dialect));
        }
        return new SettingValues(values);
    }

    SettingValues with(Setting setting, Object value) {
        Map<Setting, Object> changed = new EnumMap<>(Setting.class);
        changed.putAll(values);
        changed.put(setting, value);
        return new SettingValues(changed);
    }

    /** The value, or null when this setting has none here. */
    @Nullable
    public Object get(Setting setting) {
        return values.get(setting);
    }

    Map<Setting, Object> asMap() {
        return values;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SettingValues that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return values.toString();
    }
}
