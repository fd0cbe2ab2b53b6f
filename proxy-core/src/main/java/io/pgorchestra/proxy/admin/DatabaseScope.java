package io.pgorchestra.proxy.admin;

/** The databases that a command is for: one, or all. An empty name stands for all. */
public record DatabaseScope(String database) {
    public static final DatabaseScope ALL = new DatabaseScope("");

    public boolean isAll() {
        return database.isEmpty();
    }

    public boolean includes(String name) {
        return isAll() || database.equals(name);
    }
}
