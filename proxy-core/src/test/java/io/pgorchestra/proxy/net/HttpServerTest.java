package io.pgorchestra.proxy.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.pgorchestra.proxy.net.HttpServer.Answer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HttpServerTest {
    private final List<String> asked = new ArrayList<>();
    private final Queue<CompletableFuture<Answer>> answers = new ArrayDeque<>();
    private final EmbeddedChannel channel = new EmbeddedChannel();

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    private void open() {
        HttpServer.initialize(channel, path -> {
            asked.add(path);
            CompletableFuture<Answer> answer = answers.poll();
            return answer == null
                    ? CompletableFuture.completedFuture(new Answer(200, "text/plain", "body of " + path))
                    : answer;
        });
    }

    private String exchange(String request) {
        open();
        channel.writeInbound(Unpooled.copiedBuffer(request, StandardCharsets.US_ASCII));
        return sent();
    }

    private String sent() {
        channel.runPendingTasks();
        StringBuilder text = new StringBuilder();
        for (ByteBuf bytes = channel.readOutbound(); bytes != null; bytes = channel.readOutbound()) {
            text.append(bytes.toString(StandardCharsets.UTF_8));
            bytes.release();
        }
        return text.toString();
    }

    private static String request(String method, String path) {
        return method + " " + path + " HTTP/1.1\r\nHost: x\r\n\r\n";
    }

    @Test
    void get_path_isAnsweredWithoutItsQuery() {
        String response = exchange(request("GET", "/metrics?name=x"));

        assertTrue(response.startsWith("HTTP/1.1 200 OK\r\n"), response);
        assertTrue(response.endsWith("\r\n\r\nbody of /metrics"), response);
        assertEquals(List.of("/metrics"), asked);
        assertTrue(channel.isOpen(), "kept alive");
    }

    @Test
    void head_path_hasTheLengthButNoBody() {
        String response = exchange(request("HEAD", "/metrics"));

        assertTrue(response.contains("content-length: 16\r\n"), response);
        assertTrue(response.endsWith("\r\n\r\n"), response);
    }

    @Test
    void post_isNotAllowed() {
        String response = exchange(request("POST", "/metrics"));

        assertTrue(response.startsWith("HTTP/1.1 405 "), response);
        assertTrue(response.contains("allow: GET, HEAD\r\n"), response);
        assertEquals(List.of(), asked);
    }

    @Test
    void pipelinedRequests_areAnsweredInTheirOrder() {
        CompletableFuture<Answer> first = new CompletableFuture<>();
        answers.add(first);
        exchange(request("GET", "/first") + request("GET", "/second"));
        assertEquals(List.of("/first"), asked);

        first.complete(new Answer(200, "text/plain", "late"));
        String response = sent();

        assertEquals(List.of("/first", "/second"), asked);
        assertTrue(response.indexOf("late") < response.indexOf("body of /second"), response);
        assertTrue(response.contains("late"), response);
    }

    @Test
    void handlerThatFails_isA500AndTheServerLives() {
        answers.add(CompletableFuture.failedFuture(new IllegalStateException("boom")));

        String response = exchange(request("GET", "/first"));

        assertTrue(response.startsWith("HTTP/1.1 500 "), response);
        assertFalse(response.contains("boom"), response);
    }

    @Test
    void garbage_isA400AndTheEnd() {
        String response = exchange("\u0001\u0002\u0003 nonsense\r\n\r\n");

        assertTrue(response.startsWith("HTTP/1.1 400 "), response);
        assertFalse(channel.isOpen());
    }

    @Test
    void header_tooLarge_isRefused() {
        String response = exchange("GET / HTTP/1.1\r\nX: " + "a".repeat(20_000) + "\r\n\r\n");

        assertTrue(response.startsWith("HTTP/1.1 400 "), response);
        assertFalse(channel.isOpen());
        assertEquals(List.of(), asked);
    }

    @Test
    void body_tooLarge_isRefused() {
        String response = exchange("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n" + "a".repeat(5_000));

        assertTrue(response.startsWith("HTTP/1.1 413 "), response);
        assertEquals(List.of(), asked);
    }

    @Test
    void silence_isTimedOut() {
        channel.freezeTime();
        open();

        channel.advanceTimeBy(31, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();

        assertFalse(channel.isOpen());
    }

    @Test
    void bind_onLoopback_servesARealClient() throws Exception {
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        try {
            Channel server = HttpServer.bind(
                            loops,
                            NioServerSocketChannel.class,
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                            path -> CompletableFuture.completedFuture(new Answer(503, "text/plain", path)))
                    .sync()
                    .channel();
            int port = ((InetSocketAddress) server.localAddress()).getPort();

            HttpResponse<String> response = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/readyz"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());

            assertEquals(503, response.statusCode());
            assertEquals("/readyz", response.body());
        } finally {
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
        }
    }
}
