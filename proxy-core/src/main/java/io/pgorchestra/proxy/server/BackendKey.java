package io.pgorchestra.proxy.server;

/** What a CancelRequest must carry to reach one backend: its process id and its secret key, of 4 to 256 bytes. */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record BackendKey(int processId, byte[] secret) {

    @Override
    public String toString() {
        return "BackendKey[processId=" + processId + "]";
    }
}
