package io.pgorchestra.lab;

/** How a node lets clients in: the methods of {@code pg_hba.conf} that the lab offers. */
public enum AuthenticationMethod {
    TRUST("trust"),
    PASSWORD("password"),
    MD5("md5"),
    SCRAM_SHA_256("scram-sha-256");

    private final String hbaName;

    AuthenticationMethod(String hbaName) {
        this.hbaName = hbaName;
    }

    String hbaName() {
        return hbaName;
    }
}
