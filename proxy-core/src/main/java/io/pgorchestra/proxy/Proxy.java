package io.pgorchestra.proxy;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import io.pgorchestra.discovery.sql.Demotion;
import io.pgorchestra.pool.CloseReason;
import io.pgorchestra.proxy.admin.AdminConsole;
import io.pgorchestra.proxy.client.ClientAccess;
import io.pgorchestra.proxy.client.ClientRegistry;
import io.pgorchestra.proxy.client.ClientSession;
import io.pgorchestra.proxy.client.LoginHandler;
import io.pgorchestra.proxy.config.ConfigDiff;
import io.pgorchestra.proxy.config.ConfigLoader;
import io.pgorchestra.proxy.config.ConfigProblems;
import io.pgorchestra.proxy.config.HostPort;
import io.pgorchestra.proxy.config.ProxyConfig;
import io.pgorchestra.proxy.config.SettingRejected;
import io.pgorchestra.proxy.failure.Failure;
import io.pgorchestra.proxy.metrics.HttpEndpoint;
import io.pgorchestra.proxy.metrics.ProxyMetrics;
import io.pgorchestra.proxy.net.HttpServer;
import io.pgorchestra.proxy.net.LoopContext;
import io.pgorchestra.proxy.net.Sockets;
import io.pgorchestra.proxy.net.Transport;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The running proxy: built from a configuration, reloaded, drained, stopped. For all threads. */
public final class Proxy implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Proxy.class);

    /** As good as for ever, and yet a number of nanoseconds. */
    private static final Duration NO_LIMIT = Duration.ofDays(10_000);

    /** How often a drain looks whether the last transaction has ended. */
    private static final long DRAIN_LOOK_MILLIS = 20;

    /** What the last closes put on the loops has run by then. */
    private static final long STOP_QUIET_MILLIS = 50;

    private static final long STOP_LIMIT_MILLIS = 2_000;

    private final EventLoopGroup group;
    private final Transport transport;
    private final List<ProxyLoop> loops = new ArrayList<>();
    private final @Nullable Cluster cluster;
    private final Pools pools;
    private final @Nullable FunctionWatch functions;
    private final ClientRegistry registry = new ClientRegistry();
    private final ProxyConsole target;
    private final AdminConsole console;
    private final ProxyMetrics metrics;
    private final @Nullable Path file;
    private final List<Channel> clientListeners = new ArrayList<>();
    private final List<Channel> adminListeners = new ArrayList<>();
    private final List<Channel> httpListeners = new ArrayList<>();
    private final CountDownLatch stopped = new CountDownLatch(1);

    private volatile ProxyConfig config;
    private volatile boolean draining;

    private Proxy(ProxyConfig config, @Nullable Path file, Demotion demotion) {
        this.config = config;
        this.file = file;
        int loopCount = config.eventLoops() > 0 ? config.eventLoops() : automaticLoops();
        this.transport = Transport.of(config.transport(), loopCount);
        this.group = new MultiThreadIoEventLoopGroup(loopCount, transport.ioHandlerFactory());
        int index = 0;
        for (EventExecutor executor : group) {
            loops.add(new ProxyLoop(new LoopContext((EventLoop) executor, index++), registry));
        }
        this.cluster =
                config.cluster().isWatched() ? new Cluster(config.cluster(), config.base(), loops, demotion) : null;
        this.pools = new Pools(loops, transport, cluster);
        this.functions = cluster == null ? null : new FunctionWatch(cluster, pools);
        this.target = new ProxyConsole(this, loops, pools, registry);
        this.console = new AdminConsole(target, System::nanoTime);
        this.metrics = new ProxyMetrics(target);
    }

    /** One loop leaves a core of every two to Postgres and the rest; a pool never uses more than one. */
    private static int automaticLoops() {
        return Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    }

    /**
     * Starts listening.
     *
     * @throws BindException if a port is taken, naming it
     */
    public static Proxy start(ProxyConfig config) throws BindException {
        return start(config, (Path) null);
    }

    /** As above; RELOAD reads the file again. */
    public static Proxy start(ProxyConfig config, @Nullable Path file) throws BindException {
        return start(config, file, new DemoteCommand(config.cluster().demoteCommand()));
    }

    /** As above, for one who can stop nodes by other means than {@code demote_command}. */
    public static Proxy start(ProxyConfig config, Demotion demotion) throws BindException {
        return start(config, null, demotion);
    }

    private static Proxy start(ProxyConfig config, @Nullable Path file, Demotion demotion) throws BindException {
        Proxy proxy = new Proxy(config, file, demotion);
        try {
            proxy.listen();
        } catch (BindException taken) {
            proxy.close();
            throw taken;
        }
        return proxy;
    }

    private void listen() throws BindException {
        ProxyAccess clients = new ProxyAccess(this::config, pools, registry, console, false);
        target.clients(clients);
        for (HostPort address : config.listen()) {
            clientListeners.add(listen(address, clients));
        }
        ProxyAccess admins = new ProxyAccess(this::config, pools, registry, console, true);
        for (HostPort address : config.adminListen()) {
            adminListeners.add(listen(address, admins));
        }
        for (HostPort address : config.httpListen()) {
            HttpEndpoint endpoint = new HttpEndpoint(target, metrics);
            httpListeners.add(bound(
                    address,
                    HttpServer.bind(group, transport.serverSocketChannel(), address.bindAddress(), endpoint)
                            .awaitUninterruptibly()));
        }
        loops.forEach(ProxyLoop::start);
        Duration period = config.statsPeriod();
        Future<?> unused = group.next()
                .scheduleAtFixedRate(
                        console::rollAverages, period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
        if (cluster != null && functions != null) {
            cluster.start();
            functions.start();
        }
        LOG.info(
                "proxy started transport={} loops={} listen={} admin_listen={} http_listen={}",
                transport.settingName(),
                loops.size(),
                config.listen(),
                config.adminListen(),
                config.httpListen());
    }

    private Channel listen(HostPort address, ClientAccess access) throws BindException {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(group)
                .channel(transport.serverSocketChannel())
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new LoginHandler(access));
                    }
                });
        Sockets.configure(bootstrap, transport, Pools.sockets(config), config.listenBacklog());
        return bound(address, bootstrap.bind(address.bindAddress()).awaitUninterruptibly());
    }

    private static Channel bound(HostPort address, ChannelFuture binding) throws BindException {
        if (!binding.isSuccess()) {
            throw new BindException("cannot listen on " + address + ": "
                    + binding.cause().getMessage() + "; stop what uses the port, or choose another one");
        }
        return binding.channel();
    }

    ProxyConfig config() {
        return config;
    }

    boolean draining() {
        return draining;
    }

    /** Null where nobody watches one. */
    @Nullable
    Cluster cluster() {
        return cluster;
    }

    /** SWITCHOVER, as on the console: complete when the next primary is published. */
    public CompletionStage<Void> switchOver(String to) {
        Cluster watched = cluster;
        return watched == null
                ? CompletableFuture.failedFuture(new IllegalStateException("no cluster is watched"))
                : watched.switchOver(to);
    }

    Transport transport() {
        return transport;
    }

    /** Where clients connect. */
    public InetSocketAddress clientAddress() {
        return address(clientListeners);
    }

    /** Where the console is; the client address if it has no port of its own. */
    public InetSocketAddress adminAddress() {
        return adminListeners.isEmpty() ? clientAddress() : address(adminListeners);
    }

    /** Where HTTP is answered; the client address if it is off. */
    public InetSocketAddress httpAddress() {
        return httpListeners.isEmpty() ? clientAddress() : address(httpListeners);
    }

    private static InetSocketAddress address(List<Channel> listeners) {
        return (InetSocketAddress) listeners.get(0).localAddress();
    }

    // --- changes ---

    /** Reads the file again and applies what can be applied; answers what could not. */
    List<String> reload() throws ConfigProblems {
        Path from = file;
        if (from == null) {
            return List.of("this proxy was started without a file; nothing to reload");
        }
        ConfigDiff diff = ConfigDiff.between(config, ConfigLoader.load(from));
        apply(diff.applied());
        LOG.info("config reloaded file={} live={} restart={}", from, diff.live(), diff.restart());
        List<String> notices = new ArrayList<>();
        diff.restart().forEach(change -> notices.add("needs a restart: " + change));
        return notices;
    }

    /** {@link #reload} for one whom nobody answers: the log says what came of it. */
    public void reloadUnasked() {
        try {
            reload().forEach(notice -> LOG.warn("config reload notice=\"{}\"", notice));
        } catch (ConfigProblems problems) {
            LOG.error("config not reloaded, nothing has changed; problems=\"{}\"", problems.getMessage());
        }
    }

    void set(String key, String value) throws SettingRejected {
        apply(config.with(key, value));
        LOG.info("config set {}={}", key, value);
    }

    private void apply(ProxyConfig changed) {
        config = changed;
        for (ProxyLoop loop : loops) {
            loop.context().execute(() -> pools.apply(loop, changed));
        }
    }

    // --- the end ---

    /** As below, within the {@code shutdown_timeout} of this moment. */
    public void drainAndStop() throws InterruptedException {
        Duration limit = config.shutdownTimeout();
        drainAndStop(limit.isZero() ? NO_LIMIT : limit);
    }

    /** Refuses new clients, lets transactions finish, tells idle clients to go, and stops after {@code limit} at the latest. */
    public void drainAndStop(Duration limit) throws InterruptedException {
        draining = true;
        LOG.info("proxy draining limit={}", limit);
        closeListeners(clientListeners);
        long deadline = System.nanoTime() + limit.toNanos();
        CountDownLatch empty = new CountDownLatch(loops.size());
        for (ProxyLoop loop : loops) {
            loop.context().execute(() -> dismiss(loop, deadline, empty));
        }
        if (!empty.await(limit.toMillis() + DRAIN_LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
            LOG.warn("proxy drain over its limit clients={}", registry.connected());
        }
        close();
    }

    private void dismiss(ProxyLoop loop, long deadline, CountDownLatch empty) {
        boolean late = System.nanoTime() > deadline;
        loop.clients().forEach(session -> {
            if (late || session.atRest()) {
                session.fail(Failure.shuttingDown());
            }
        });
        loop.context().flushDirty();
        if (loop.clients().size() == 0) {
            empty.countDown();
        } else {
            Future<?> unused = loop.context()
                    .eventLoop()
                    .schedule(() -> dismiss(loop, deadline, empty), DRAIN_LOOK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /** Refuses new clients and stops when the last one has left. */
    void stopWhenEmpty() {
        draining = true;
        closeListeners(clientListeners);
        Thread waiter = new Thread(
                () -> {
                    try {
                        while (loops.stream().anyMatch(loop -> clientsOf(loop) > 0)) {
                            TimeUnit.MILLISECONDS.sleep(DRAIN_LOOK_MILLIS);
                        }
                    } catch (InterruptedException interrupted) {
                        Thread.currentThread().interrupt();
                    }
                    close();
                },
                "shutdown");
        waiter.start();
    }

    private static int clientsOf(ProxyLoop loop) {
        return loop.ask(asked -> asked.clients().size()).toCompletableFuture().join();
    }

    /** Closes everything at once. */
    @Override
    public void close() {
        closeListeners(clientListeners);
        closeListeners(adminListeners);
        closeListeners(httpListeners);
        if (cluster != null && functions != null && !group.isShuttingDown()) {
            functions.close();
            cluster.close();
        }
        List<CompletableFuture<Void>> closing = new ArrayList<>();
        if (!group.isShuttingDown()) {
            for (ProxyLoop loop : loops) {
                closing.add(loop.ask(Proxy::closeAll).toCompletableFuture());
            }
            CompletableFuture.allOf(closing.toArray(CompletableFuture[]::new)).join();
            metrics.close();
        }
        boolean ended = group.shutdownGracefully(STOP_QUIET_MILLIS, STOP_LIMIT_MILLIS, TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(2 * STOP_LIMIT_MILLIS);
        if (!ended) {
            LOG.warn("event loops left behind reason=NO_END_IN_TIME transport={}", transport.settingName());
        }
        stopped.countDown();
    }

    private static @Nullable Void closeAll(ProxyLoop loop) {
        loop.clients().forEach((ClientSession session) -> session.fail(Failure.shuttingDown()));
        loop.homes()
                .forEach(home ->
                        home.allServers().forEach(servers -> servers.pool().retire(CloseReason.SHUTDOWN)));
        loop.context().flushDirty();
        return null;
    }

    /** Returns when the proxy has stopped. */
    public void awaitStop() throws InterruptedException {
        stopped.await();
    }

    private static void closeListeners(List<Channel> listeners) {
        listeners.forEach(listener -> listener.close().awaitUninterruptibly());
    }

    /** Runs one question on every loop and adds up the answers. */
    static <T> CompletionStage<List<T>> askAll(List<ProxyLoop> loops, Function<ProxyLoop, T> question) {
        List<CompletableFuture<T>> answers = new ArrayList<>();
        for (ProxyLoop loop : loops) {
            answers.add(loop.ask(question).toCompletableFuture());
        }
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenApply(
                        ignored -> answers.stream().map(CompletableFuture::join).toList());
    }
}
