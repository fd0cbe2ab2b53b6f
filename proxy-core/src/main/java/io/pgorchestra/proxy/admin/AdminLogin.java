package io.pgorchestra.proxy.admin;

/**
 * Who has logged in to the console.
 *
 * @param database the name by which it asked for the console
 * @param processId as in the BackendKeyData that {@link AdminSession#welcome} sends
 */
public record AdminLogin(String user, String database, AdminRole role, String applicationName, int processId) {}
