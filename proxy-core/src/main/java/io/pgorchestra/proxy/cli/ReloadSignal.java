package io.pgorchestra.proxy.cli;

import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SIGHUP, by which service managers ask a process to read its configuration again.
 *
 * <p>Java has no signals of its own but those of {@code sun.misc}, of which javac warns whatever one does; so they are looked up.
 */
final class ReloadSignal {

    private static final Logger LOG = LoggerFactory.getLogger(ReloadSignal.class);
    private static final String NAME = "HUP";

    private ReloadSignal() {}

    /** From now on SIGHUP does this, and does not end the process. */
    static void handledBy(Runnable reload) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object runs = Proxy.newProxyInstance(
                    handler.getClassLoader(), new Class<?>[] {handler}, (self, method, given) -> {
                        if (method.getName().equals("handle")) {
                            reload.run();
                        }
                        return null;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(NAME), runs);
        } catch (ReflectiveOperationException refused) {
            LOG.warn(
                    "signal not handled name={} effect=\"it ends the process; use RELOAD\" cause=\"{}\"",
                    NAME,
                    refused);
        }
    }
}
