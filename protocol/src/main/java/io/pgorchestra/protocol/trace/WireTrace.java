package io.pgorchestra.protocol.trace;

import io.netty.buffer.ByteBuf;
import io.pgorchestra.protocol.frame.BackendTag;
import io.pgorchestra.protocol.frame.FrontendTag;
import io.pgorchestra.protocol.message.Authentication.AuthenticationCleartextPassword;
import io.pgorchestra.protocol.message.Authentication.AuthenticationGSS;
import io.pgorchestra.protocol.message.Authentication.AuthenticationGSSContinue;
import io.pgorchestra.protocol.message.Authentication.AuthenticationKerberosV5;
import io.pgorchestra.protocol.message.Authentication.AuthenticationMD5Password;
import io.pgorchestra.protocol.message.Authentication.AuthenticationOk;
import io.pgorchestra.protocol.message.Authentication.AuthenticationSASL;
import io.pgorchestra.protocol.message.Authentication.AuthenticationSASLContinue;
import io.pgorchestra.protocol.message.Authentication.AuthenticationSASLFinal;
import io.pgorchestra.protocol.message.Authentication.AuthenticationSSPI;
import io.pgorchestra.protocol.message.StartupPacket;

/**
 * One connection's messages as text, one line each, in the form of libpq's PQtrace without timestamps:
 * direction, length, name, fields.
 *
 * <pre>
 *   F  13  Query  "select 1"       (tabs between, and a space before each field)
 * </pre>
 *
 * Differs from libpq on purpose in three points: passwords, SASL data and cancel keys never show; control characters in
 * text are written as {@code \x0a}, so that a message is one line whatever it holds; and what is malformed is said on the
 * same line. Buffers are neither consumed nor released. Bound to one connection, because only the server's last
 * Authentication request tells what a 'p' from the client is. Source: <a
 * href="https://www.postgresql.org/docs/current/libpq-control.html#LIBPQ-PQTRACE">PQtrace</a>.
 */
public final class WireTrace {
    private static final int HEADER_BYTES = 5;

    private final boolean regress;
    /** The code of the server's last Authentication request. */
    private int lastAuthentication;

    private String encryptionAnswer = "SSLResponse";

    private WireTrace(boolean regress) {
        this.regress = regress;
    }

    /** A trace that is equal for equal sessions: no OIDs, process IDs, copied data or places in the server's source. */
    public static WireTrace regress() {
        return new WireTrace(true);
    }

    /** A trace with every field that is no secret. */
    public static WireTrace full() {
        return new WireTrace(false);
    }

    /** The line of a whole startup packet, from its length on. */
    public String startup(ByteBuf packet) {
        ByteBuf body = packet.slice().skipBytes(Integer.BYTES);
        TraceLine line = new TraceLine(body, regress).head("F", String.valueOf(packet.readableBytes()));
        try {
            startupFields(body.getInt(body.readerIndex()), line);
        } catch (IndexOutOfBoundsException malformed) {
            return line.malformed();
        }
        return line.end();
    }

    private void startupFields(int code, TraceLine line) {
        switch (code) {
            case StartupPacket.CancelRequest.CODE ->
                version(line.fields("CancelRequest")).volatileInt32().secretRest();
            case StartupPacket.SslRequest.CODE -> {
                version(line.fields("SSLRequest"));
                encryptionAnswer = "SSLResponse";
            }
            case StartupPacket.GssEncRequest.CODE -> {
                version(line.fields("GSSENCRequest"));
                encryptionAnswer = "GSSENCResponse";
            }
            default -> startupParameters(version(line.fields("StartupMessage")));
        }
    }

    private static TraceLine version(TraceLine line) {
        line.int16();
        line.int16();
        return line;
    }

    /** Name and value in pairs; the terminator shows as nothing. */
    private static void startupParameters(TraceLine line) {
        while (!line.skipTerminator()) {
            line.string().string();
        }
    }

    /** The line of a server's one-byte answer to the SSLRequest or GSSENCRequest before it. */
    public String encryptionAnswer(byte answer) {
        return "B\t1\t" + encryptionAnswer + "\t " + (char) answer;
    }

    /** The line of a whole frame from a client, from its tag on. */
    public String frontend(ByteBuf frame) {
        byte tag = frame.getByte(frame.readerIndex());
        TraceLine line = line(frame).head("F", length(frame));
        try {
            frontendFields(tag, line);
        } catch (IndexOutOfBoundsException malformed) {
            return line.malformed();
        }
        return line.end();
    }

    private void frontendFields(byte tag, TraceLine line) {
        String name = FrontendTag.nameOf(tag);
        switch (tag) {
            case FrontendTag.BIND ->
                line.fields(name).string().string().formats().values().formats();
            case FrontendTag.CLOSE, FrontendTag.DESCRIBE -> {
                line.fields(name).int8();
                line.string();
            }
            case FrontendTag.COPY_DATA -> line.fields(name).rest();
            case FrontendTag.COPY_FAIL, FrontendTag.QUERY -> line.fields(name).string();
            case FrontendTag.EXECUTE -> line.fields(name).string().int32();
            case FrontendTag.FUNCTION_CALL ->
                line.fields(name).volatileInt32().formats().values().int16();
            case FrontendTag.PARSE -> line.fields(name).string().string().oids();
            case FrontendTag.PASSWORD_MESSAGE -> authenticationResponse(line);
            case FrontendTag.COPY_DONE, FrontendTag.FLUSH, FrontendTag.SYNC, FrontendTag.TERMINATE -> line.name(name);
            default -> unknown(tag, line);
        }
    }

    private void authenticationResponse(TraceLine line) {
        switch (lastAuthentication) {
            case AuthenticationCleartextPassword.CODE, AuthenticationMD5Password.CODE ->
                line.fields("PasswordMessage").secretString();
            case AuthenticationGSS.CODE, AuthenticationGSSContinue.CODE, AuthenticationSSPI.CODE ->
                line.fields("GSSResponse").secretRest();
            case AuthenticationSASL.CODE -> {
                int length = line.fields("SASLInitialResponse").string().int32();
                if (length != -1) {
                    line.secretBytes(length);
                }
            }
            case AuthenticationSASLContinue.CODE -> line.fields("SASLResponse").secretRest();
            default -> line.fields("UnknownAuthenticationResponse").secretRest();
        }
    }

    /** The line of a whole frame from a server, from its tag on. */
    public String backend(ByteBuf frame) {
        byte tag = frame.getByte(frame.readerIndex());
        boolean lengthVaries = regress && (tag == BackendTag.ERROR_RESPONSE || tag == BackendTag.NOTICE_RESPONSE);
        TraceLine line = line(frame).head("B", lengthVaries ? "NN" : length(frame));
        try {
            backendFields(tag, line);
        } catch (IndexOutOfBoundsException malformed) {
            return line.malformed();
        }
        return line.end();
    }

    private void backendFields(byte tag, TraceLine line) {
        String name = BackendTag.nameOf(tag);
        switch (tag) {
            case BackendTag.AUTHENTICATION -> authentication(line);
            case BackendTag.BACKEND_KEY_DATA ->
                line.fields(name).volatileInt32().secretRest();
            case BackendTag.COMMAND_COMPLETE -> line.fields(name).string();
            case BackendTag.COPY_BOTH_RESPONSE, BackendTag.COPY_IN_RESPONSE, BackendTag.COPY_OUT_RESPONSE -> {
                line.fields(name).int8();
                line.formats();
            }
            case BackendTag.COPY_DATA -> line.fields(name).rest();
            case BackendTag.DATA_ROW -> line.fields(name).values();
            case BackendTag.ERROR_RESPONSE, BackendTag.NOTICE_RESPONSE -> errorFields(line.fields(name));
            case BackendTag.FUNCTION_CALL_RESPONSE -> line.fields(name).value();
            case BackendTag.NEGOTIATE_PROTOCOL_VERSION -> {
                line.fields(name).int32();
                for (int i = line.int32(); i > 0; i--) {
                    line.string();
                }
            }
            case BackendTag.NOTIFICATION_RESPONSE ->
                line.fields(name).volatileInt32().string().string();
            case BackendTag.PARAMETER_DESCRIPTION -> line.fields(name).oids();
            case BackendTag.PARAMETER_STATUS -> line.fields(name).string().string();
            case BackendTag.READY_FOR_QUERY -> line.fields(name).int8();
            case BackendTag.ROW_DESCRIPTION -> rowDescription(line.fields(name));
            case BackendTag.BIND_COMPLETE,
                    BackendTag.CLOSE_COMPLETE,
                    BackendTag.COPY_DONE,
                    BackendTag.EMPTY_QUERY_RESPONSE,
                    BackendTag.NO_DATA,
                    BackendTag.PARSE_COMPLETE,
                    BackendTag.PORTAL_SUSPENDED -> line.name(name);
            default -> unknown(tag, line);
        }
    }

    private void authentication(TraceLine line) {
        lastAuthentication = line.hiddenInt32();
        switch (lastAuthentication) {
            case AuthenticationOk.CODE -> line.name("AuthenticationOk");
            case AuthenticationKerberosV5.CODE -> line.name("AuthenticationKerberosV5");
            case AuthenticationCleartextPassword.CODE -> line.name("AuthenticationCleartextPassword");
            case AuthenticationMD5Password.CODE ->
                line.fields("AuthenticationMD5Password").secretRest();
            case AuthenticationGSS.CODE -> line.name("AuthenticationGSS");
            case AuthenticationGSSContinue.CODE ->
                line.fields("AuthenticationGSSContinue").secretRest();
            case AuthenticationSSPI.CODE -> line.name("AuthenticationSSPI");
            case AuthenticationSASL.CODE -> {
                line.fields("AuthenticationSASL");
                while (!line.skipTerminator()) {
                    line.string();
                }
                line.name(" \"\"");
            }
            case AuthenticationSASLContinue.CODE ->
                line.fields("AuthenticationSASLContinue").secretRest();
            case AuthenticationSASLFinal.CODE ->
                line.fields("AuthenticationSASLFinal").secretRest();
            default -> line.name("Unknown authentication message " + lastAuthentication);
        }
    }

    private static void errorFields(TraceLine line) {
        for (byte type = line.int8(); type != 0; type = line.int8()) {
            boolean placeInSource = type == 'F' || type == 'L' || type == 'R';
            if (placeInSource) {
                line.volatileString();
            } else {
                line.string();
            }
        }
    }

    private static void rowDescription(TraceLine line) {
        for (int i = line.int16(); i > 0; i--) {
            line.string().volatileInt32().int16();
            line.volatileInt32().int16();
            line.int32();
            line.int16();
        }
    }

    private static void unknown(byte tag, TraceLine line) {
        line.fields("Unknown message: %02x".formatted(tag)).secretRest();
    }

    private TraceLine line(ByteBuf frame) {
        return new TraceLine(frame.slice().skipBytes(HEADER_BYTES), regress);
    }

    private static String length(ByteBuf frame) {
        return String.valueOf(frame.getInt(frame.readerIndex() + 1));
    }
}
