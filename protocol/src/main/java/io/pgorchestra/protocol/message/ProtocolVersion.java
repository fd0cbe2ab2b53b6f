package io.pgorchestra.protocol.message;

import java.util.List;
import java.util.Map;

/**
 * Protocol version numbers as they stand in a startup packet: major in the upper 16 bits, minor in the lower.
 *
 * <p>Minor version 1 is reserved and was never used; 3.2 (Postgres 18) differs from 3.0 by cancel keys of up to 256
 * bytes. Source: <a href="https://www.postgresql.org/docs/current/protocol.html#PROTOCOL-VERSIONS">Protocol
 * Versions</a>.
 */
public final class ProtocolVersion {
    public static final int V3_0 = 3 << 16;
    public static final int V3_2 = 3 << 16 | 2;

    /** The highest version that this proxy speaks. */
    public static final int LATEST = V3_2;

    /** Startup parameters with this prefix are protocol options, not settings; none is defined as of 3.2. */
    public static final String OPTION_PREFIX = "_pq_.";

    private ProtocolVersion() {}

    public static int major(int version) {
        return version >>> 16;
    }

    public static int minor(int version) {
        return version & 0xffff;
    }

    public static String toString(int version) {
        return major(version) + "." + minor(version);
    }

    /** The version to speak with a client that asks for {@code requested}: that one, or the latest we know. */
    public static int negotiate(int requested) {
        return Math.min(requested, LATEST);
    }

    /** The names of all protocol options among a startup packet's parameters; as of 3.2 none of them is known. */
    public static List<String> options(Map<String, String> parameters) {
        return parameters.keySet().stream().filter(ProtocolVersion::isOption).toList();
    }

    public static boolean isOption(String parameterName) {
        return parameterName.startsWith(OPTION_PREFIX);
    }

    /** Whether a server must send NegotiateProtocolVersion before it authenticates this client. */
    public static boolean mustNegotiate(StartupPacket.StartupMessage startup) {
        return startup.protocolVersion() > LATEST
                || !options(startup.parameters()).isEmpty();
    }
}
