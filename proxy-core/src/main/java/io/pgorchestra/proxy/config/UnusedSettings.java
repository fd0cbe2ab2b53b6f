package io.pgorchestra.proxy.config;

import java.util.HashMap;
import java.util.Map;

/** Settings of PgBouncer that have nothing to set here: accepted, and said so. */
final class UnusedSettings {
    private static final String LOGS = "logs go to the standard output";
    private static final String UNIX_SOCKETS = "unix sockets are not served";
    private static final String ONE_PROCESS = "one process uses all cores, so there are no peers";
    private static final String NO_TLS = "TLS is not supported yet and is off";
    private static final String NO_DNS = "names are resolved by the system at each connect";
    private static final String BUFFERS = "buffers find their own size";

    private static final Map<String, String> REASONS = reasons();

    private UnusedSettings() {}

    /** By name, why it has no effect. */
    static Map<String, String> all() {
        return REASONS;
    }

    private static Map<String, String> reasons() {
        Map<String, String> reasons = new HashMap<>();
        putAll(reasons, LOGS, "logfile", "syslog", "syslog_facility", "syslog_ident", "verbose");
        putAll(reasons, "statistics are in SHOW STATS and /metrics", "log_stats");
        putAll(reasons, "there is nothing it names", "job_name", "service_name", "conffile");
        putAll(reasons, "the process is started by a service manager as the right user", "pidfile", "user");
        putAll(reasons, UNIX_SOCKETS, "unix_socket_dir", "unix_socket_mode", "unix_socket_group");
        putAll(reasons, ONE_PROCESS, "so_reuseport", "peer_id");
        putAll(reasons, "auth_type hba is not supported yet", "auth_hba_file", "auth_ident_file", "auth_ldap_options");
        putAll(reasons, BUFFERS, "tcp_socket_buffer", "sbuf_loopcnt");
        putAll(reasons, NO_DNS, "dns_max_ttl", "dns_nxdomain_ttl", "dns_zone_check_period", "resolv_conf");
        putAll(reasons, "empty pools cost nothing", "pool_idle_timeout", "autodb_idle_timeout");
        putAll(reasons, "servers are closed as soon as they are free", "server_fast_close");
        putAll(reasons, "there is no SUSPEND", "suspend_timeout");
        putAll(reasons, "no notice is sent at login", "login_notify_message");
        for (String side : new String[] {"client", "server"}) {
            for (String what : new String[] {"ca_file", "cert_file", "key_file", "ciphers", "protocols"}) {
                reasons.put(side + "_tls_" + what, NO_TLS);
            }
            reasons.put(side + "_tls13_ciphers", NO_TLS);
        }
        putAll(reasons, NO_TLS, "client_tls_dheparams", "client_tls_ecdhcurve");
        return Map.copyOf(reasons);
    }

    private static void putAll(Map<String, String> reasons, String reason, String... names) {
        for (String name : names) {
            reasons.put(name, reason);
        }
    }
}
