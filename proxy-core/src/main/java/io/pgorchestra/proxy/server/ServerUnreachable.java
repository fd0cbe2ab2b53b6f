package io.pgorchestra.proxy.server;

/** A connect that got no answer from Postgres. */
public record ServerUnreachable(String address, String detail) {

    @Override
    public String toString() {
        return address + ": " + detail;
    }
}
