package io.pgorchestra.proxy.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A configuration file as it was read, before anyone asked what the words mean. */
final class RawConfig {
    final List<Entry> settings = new ArrayList<>();
    final Map<String, Section> databases = new LinkedHashMap<>();
    final Map<String, Section> users = new LinkedHashMap<>();

    @Nullable
    Section cluster;

    /** Whether the file has databases at all; without them any database may be asked for. */
    boolean namesDatabases;

    /** The file as a whole. */
    final Position file;

    RawConfig(Position file) {
        this.file = file;
    }

    /**
     * A key and its value.
     *
     * @param list whether the value was written as a list; its items are then separated by commas
     */
    record Entry(String key, String value, boolean list, Position position) {}

    /** Entries under one name. */
    record Section(Position position, List<Entry> entries) {}
}
