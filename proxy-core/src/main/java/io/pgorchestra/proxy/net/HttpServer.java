package io.pgorchestra.proxy.net;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerKeepAliveHandler;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A small HTTP server for metrics and health checks: GET and HEAD, no bodies in, one request at a time. */
public final class HttpServer {
    private static final Logger log = LoggerFactory.getLogger(HttpServer.class);

    private static final int MAX_REQUEST_LINE = 4_096;
    private static final int MAX_HEADER_BYTES = 16_384;
    private static final int MAX_BODY_BYTES = 1_024;
    // For a client that says nothing, reads nothing, or waits for an answer.
    private static final int IDLE_TIMEOUT_SECONDS = 30;

    /** Answers the request for one path, which has no query string. Called on an event loop; must not block it. */
    @FunctionalInterface
    public interface Handler {
        CompletionStage<Answer> answer(String path);
    }

    /** What goes back for one request. */
    public record Answer(int status, String contentType, String body) {}

    private HttpServer() {}

    /** Starts to listen; the future's channel is what to close, and its local address is where the server is. */
    public static ChannelFuture bind(
            EventLoopGroup loops, Class<? extends ServerChannel> channel, SocketAddress address, Handler handler) {
        return new ServerBootstrap()
                .group(loops)
                .channel(channel)
                .childHandler(initializer(handler))
                .bind(address);
    }

    private static ChannelInitializer<SocketChannel> initializer(Handler handler) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(SocketChannel channel) {
                initialize(channel, handler);
            }
        };
    }

    static void initialize(Channel channel, Handler handler) {
        HttpDecoderConfig limits = new HttpDecoderConfig()
                .setMaxInitialLineLength(MAX_REQUEST_LINE)
                .setMaxHeaderSize(MAX_HEADER_BYTES);
        channel.pipeline()
                .addLast(new IdleStateHandler(0, 0, IDLE_TIMEOUT_SECONDS, TimeUnit.SECONDS))
                .addLast(new HttpServerCodec(limits))
                .addLast(new HttpServerKeepAliveHandler())
                .addLast(new HttpObjectAggregator(MAX_BODY_BYTES, true))
                // Gives out pipelined requests one at a time, as RequestHandler asks for them.
                .addLast(new FlowControlHandler())
                .addLast(new RequestHandler(handler));
    }

    private static final class RequestHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
        private static final String PLAIN = "text/plain; charset=utf-8";

        private final Handler handler;

        RequestHandler(Handler handler) {
            this.handler = handler;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
            if (request.decoderResult().isFailure()) {
                respond(context, plain(HttpResponseStatus.BAD_REQUEST), false).addListener(ChannelFutureListener.CLOSE);
                return;
            }
            boolean head = request.method().equals(HttpMethod.HEAD);
            if (!head && !request.method().equals(HttpMethod.GET)) {
                FullHttpResponse refusal = response(plain(HttpResponseStatus.METHOD_NOT_ALLOWED), false);
                refusal.headers().set(HttpHeaderNames.ALLOW, "GET, HEAD");
                context.writeAndFlush(refusal).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
                return;
            }
            // Until this one is answered: answers go out in the order of the requests.
            context.channel().config().setAutoRead(false);
            ask(path(request.uri()))
                    .whenComplete((answer, failure) ->
                            context.executor().execute(() -> finish(context, answer, failure, head)));
        }

        private CompletionStage<Answer> ask(String path) {
            try {
                return handler.answer(path);
            } catch (RuntimeException failure) {
                return CompletableFuture.failedStage(failure);
            }
        }

        private static String path(String uri) {
            int query = uri.indexOf('?');
            return query < 0 ? uri : uri.substring(0, query);
        }

        private static void finish(
                ChannelHandlerContext context, @Nullable Answer answer, @Nullable Throwable failure, boolean head) {
            if (answer == null) {
                log.error("http request failed remote={}", context.channel().remoteAddress(), failure);
                respond(context, plain(HttpResponseStatus.INTERNAL_SERVER_ERROR), head)
                        .addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
            } else {
                respond(context, answer, head).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
            }
            context.channel().config().setAutoRead(true);
        }

        private static Answer plain(HttpResponseStatus status) {
            return new Answer(status.code(), PLAIN, status.reasonPhrase() + "\n");
        }

        private static ChannelFuture respond(ChannelHandlerContext context, Answer answer, boolean head) {
            return context.writeAndFlush(response(answer, head));
        }

        /** A HEAD is told the length of the body that a GET would have had. */
        private static FullHttpResponse response(Answer answer, boolean head) {
            byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
            ByteBuf content = head ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(body);
            FullHttpResponse response = new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(answer.status()), content);
            response.headers()
                    .set(HttpHeaderNames.CONTENT_TYPE, answer.contentType())
                    .set(HttpHeaderNames.CONTENT_LENGTH, body.length)
                    .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
                    .set("x-content-type-options", "nosniff");
            return response;
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof IdleStateEvent) {
                close(context);
                return;
            }
            context.fireUserEventTriggered(event);
        }

        private static void close(ChannelHandlerContext context) {
            // Nobody waits for the end of a connection that is given up.
            ChannelFuture unused = context.close();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
            log.debug("http connection failed remote={}", context.channel().remoteAddress(), failure);
            close(context);
        }
    }
}
