package io.pgorchestra.lab.rehearsal;

import io.pgorchestra.lab.LabException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * How each proxy gets links of its own to the nodes, though all of the cluster call a node by one name and one port, as they must: the name
 * is another address for each proxy, by a hosts file that only its JVM reads.
 */
final class OwnLinks {

    /** By which every node is called; for Postgres, which asks the system, it is what it always is. */
    static final String NAME = "localhost";

    private OwnLinks() {}

    /** What {@link #NAME} is for the first proxy, the second and so on. */
    static InetAddress address(int proxy) {
        try {
            return InetAddress.getByAddress(new byte[] {127, 0, (byte) (proxy + 1), 1});
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are an address", e);
        }
    }

    /** The options of a JVM for which {@link #NAME} is this address. */
    static List<String> options(InetAddress own, Path folder) {
        Path hosts = folder.resolve("hosts");
        try {
            Files.writeString(hosts, own.getHostAddress() + " " + NAME + "\n");
        } catch (IOException e) {
            throw new LabException("Cannot write " + hosts + ": " + e.getMessage(), e);
        }
        return List.of("-Djdk.net.hosts.file=" + hosts);
    }

    /** Why it cannot be done here; empty if it can. Linux answers for all of 127.0.0.0/8, others for one address. */
    static String obstacle() {
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress(address(0), 0));
            return "";
        } catch (IOException e) {
            return "cannot listen at " + address(0).getHostAddress() + ": " + e.getMessage();
        }
    }
}
