package io.pgorchestra.proxy.config;

import io.pgorchestra.pool.PoolMode;
import org.jspecify.annotations.Nullable;

/**
 * A user who has settings of their own.
 *
 * @param overrides the settings
 */
public record UserConfig(String name, SettingValues overrides) {

    /** Their own {@code pool_mode}, or null when they have the database's or the global one. */
    public @Nullable PoolMode poolMode() {
        return (PoolMode) overrides.get(Setting.POOL_MODE);
    }
}
