package io.pgorchestra.proxy.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the value of one entry as its setting wants it. */
final class ValueReader {
    private ValueReader() {}

    /** The value, or null when it was refused, which is then a problem. */
    static @Nullable Object read(Setting setting, RawConfig.Entry entry, String what, Findings findings) {
        SettingType<?> type = setting.type();
        boolean takesList = setting.defaultValue(Setting.Dialect.ORCHESTRA) instanceof List;
        Object value = entry.list() && !takesList ? null : type.parse(entry.value());
        if (value == null) {
            String shown =
                    entry.list() ? "[" + entry.value() + "]" : entry.value().strip();
            findings.problem(
                    entry.position(),
                    what,
                    shown.isEmpty() ? "\"\"" : shown,
                    type.expected(),
                    type.adviceOn(entry.value()));
        }
        return value;
    }
}
