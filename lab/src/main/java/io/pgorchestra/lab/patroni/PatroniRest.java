package io.pgorchestra.lab.patroni;

import io.pgorchestra.lab.LabException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** The REST interface of one Patroni. */
public final class PatroniRest {

    /** A switchover is answered when it is through. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final HttpClient client = HttpClient.newBuilder()
            .connectTimeout(Duration.ofSeconds(2))
            .version(HttpClient.Version.HTTP_1_1)
            .build();
    private final int port;

    PatroniRest(int port) {
        this.port = port;
    }

    int port() {
        return port;
    }

    /** What this Patroni says about all members, as JSON. */
    String cluster() {
        return send(HttpRequest.newBuilder(uri("/cluster")));
    }

    /** Hands over; returns when the next leader has taken over, or fails with Patroni's words. */
    public void switchOver(String leader, String candidate) {
        send(HttpRequest.newBuilder(uri("/switchover"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"leader\":\"" + leader + "\",\"candidate\":\"" + candidate + "\"}")));
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    private String send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> answer =
                    client.send(request.timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new LabException("Patroni answers " + answer.statusCode() + ": " + answer.body());
            }
            return answer.body();
        } catch (IOException e) {
            throw new LabException("Patroni does not answer: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted", e);
        }
    }
}
