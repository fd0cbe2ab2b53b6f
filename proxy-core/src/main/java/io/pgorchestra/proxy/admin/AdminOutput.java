package io.pgorchestra.proxy.admin;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.Executor;

/** The connection of one console client, as its session uses it. All but {@link #loop} is called on that loop. */
public interface AdminOutput {

    /** Runs tasks on the loop to which the session is bound. */
    Executor loop();

    /** Sends bytes; the receiver of the buffer releases it. */
    void send(ByteBuf bytes);

    /** Whether more may be sent now. When that changes to true, {@link AdminSession#onWritable} must be called. */
    boolean isWritable();

    /** Starts or stops reading from the client. What is already read may still be passed on. */
    void setReading(boolean reading);

    /** Closes the connection after what was sent has gone out. */
    void close();
}
