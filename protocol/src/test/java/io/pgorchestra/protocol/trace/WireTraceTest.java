package io.pgorchestra.protocol.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pgorchestra.protocol.frame.TransactionStatus;
import io.pgorchestra.protocol.message.Authentication;
import io.pgorchestra.protocol.message.BackendMessage;
import io.pgorchestra.protocol.message.Bytes;
import io.pgorchestra.protocol.message.ErrorFields;
import io.pgorchestra.protocol.message.Field;
import io.pgorchestra.protocol.message.FrontendMessage;
import io.pgorchestra.protocol.message.MessageWriter;
import io.pgorchestra.protocol.message.ProtocolVersion;
import io.pgorchestra.protocol.message.Seed;
import io.pgorchestra.protocol.message.SqlState;
import io.pgorchestra.protocol.message.StartupPacket;
import io.pgorchestra.protocol.message.StartupPacketWriter;
import io.pgorchestra.protocol.message.Subject;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class WireTraceTest {
    private final WireTrace trace = WireTrace.regress();

    static Stream<Arguments> frontend() {
        return Stream.of(
                line("F\t13\tQuery\t \"select 1\"", new FrontendMessage.Query("select 1")),
                line(
                        "F\t22\tParse\t \"s\" \"select $1\" 1 NNNN",
                        new FrontendMessage.Parse("s", "select $1", List.of(23))),
                line(
                        "F\t31\tBind\t \"p\" \"s\" 2 1 0 2 3 '4\\x002' -1 1 1",
                        new FrontendMessage.Bind(
                                "p", "s", List.of(1, 0), Arrays.asList(bytes("4\0002"), null), List.of(1))),
                line("F\t7\tDescribe\t S \"s\"", new FrontendMessage.Describe(Subject.STATEMENT, "s")),
                line("F\t6\tClose\t P \"\"", new FrontendMessage.Close(Subject.PORTAL, "")),
                line("F\t9\tExecute\t \"\" 0", new FrontendMessage.Execute("", 0)),
                line("F\t4\tSync", new FrontendMessage.Sync()),
                line("F\t4\tFlush", new FrontendMessage.Flush()),
                line("F\t4\tTerminate", new FrontendMessage.Terminate()),
                line("F\t4\tCopyDone", new FrontendMessage.CopyDone()),
                line("F\t7\tCopyData\t 'BBBB'", new FrontendMessage.CopyData(bytes("1,2"))),
                line("F\t9\tCopyFail\t \"stop\"", new FrontendMessage.CopyFail("stop")),
                line(
                        "F\t19\tFunctionCall\t NNNN 0 1 1 'x' 1",
                        new FrontendMessage.FunctionCall(1598, List.of(), List.of(bytes("x")), 1)),
                line("F\t14\tQuery\t \"select\\x0a1\\xe9\"", new FrontendMessage.Query("select\n1\udce9")));
    }

    static Stream<Arguments> backend() {
        return Stream.of(
                line("B\t8\tAuthenticationOk", new Authentication.AuthenticationOk()),
                line(
                        "B\t23\tAuthenticationSASL\t \"SCRAM-SHA-256\" \"\"",
                        new Authentication.AuthenticationSASL(List.of("SCRAM-SHA-256"))),
                line(
                        "B\t11\tAuthenticationSASLFinal\t 'BBBB'",
                        new Authentication.AuthenticationSASLFinal(bytes("v=x"))),
                line("B\t12\tBackendKeyData\t NNNN 'BBBB'", new BackendMessage.BackendKeyData(7, new byte[4])),
                line(
                        "B\t17\tParameterStatus\t \"TimeZone\" \"UTC\"",
                        new BackendMessage.ParameterStatus("TimeZone", "UTC")),
                line("B\t5\tReadyForQuery\t I", new BackendMessage.ReadyForQuery(TransactionStatus.IDLE)),
                line("B\t13\tCommandComplete\t \"SELECT 1\"", new BackendMessage.CommandComplete("SELECT 1")),
                line(
                        "B\t19\tDataRow\t 3 1 '1' -1 0 ''",
                        new BackendMessage.DataRow(Arrays.asList(bytes("1"), null, bytes("")))),
                line(
                        "B\t27\tRowDescription\t 1 \"id\" NNNN 1 NNNN 65535 -1 0",
                        new BackendMessage.RowDescription(
                                List.of(new Field("id", 16384, (short) 1, 25, (short) -1, -1, (short) 0)))),
                line(
                        "B\tNN\tErrorResponse\t S \"ERROR\" V \"ERROR\" C \"40001\" M \"m\" L \"SSSS\" \\x00",
                        ErrorFields.error(SqlState.SERIALIZATION_FAILURE, "m")
                                .with(ErrorFields.LINE, "42")
                                .toErrorResponse()),
                line("B\t10\tParameterDescription\t 1 NNNN", new BackendMessage.ParameterDescription(List.of(23))),
                line(
                        "B\t12\tNotificationResponse\t NNNN \"c\" \"p\"",
                        new BackendMessage.NotificationResponse(7, "c", "p")),
                line("B\t9\tCopyOutResponse\t \\x00 1 0", new BackendMessage.CopyOutResponse((byte) 0, List.of(0))),
                line("B\t9\tFunctionCallResponse\t 1 '7'", new BackendMessage.FunctionCallResponse(bytes("7"))),
                line(
                        "B\t19\tNegotiateProtocolVersion\t 196608 1 \"_pq_.x\"",
                        new BackendMessage.NegotiateProtocolVersion(ProtocolVersion.V3_0, List.of("_pq_.x"))),
                line("B\t4\tParseComplete", new BackendMessage.ParseComplete()),
                line("B\t4\tNoData", new BackendMessage.NoData()),
                line("B\t4\tPortalSuspended", new BackendMessage.PortalSuspended()));
    }

    static Stream<Arguments> startup() {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("user", "app");
        parameters.put("database", "d");
        return Stream.of(
                line("F\t8\tSSLRequest\t 1234 5679", new StartupPacket.SslRequest()),
                line("F\t8\tGSSENCRequest\t 1234 5680", new StartupPacket.GssEncRequest()),
                line(
                        "F\t16\tCancelRequest\t 1234 5678 NNNN 'BBBB'",
                        new StartupPacket.CancelRequest(7, new byte[] {1, 2, 3, 4})),
                line(
                        "F\t29\tStartupMessage\t 3 2 \"user\" \"app\" \"database\" \"d\"",
                        new StartupPacket.StartupMessage(ProtocolVersion.V3_2, parameters)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("frontend")
    void frontend_ofEachMessage_isAsLibpqPrintsIt(String line, FrontendMessage message) {
        ByteBuf frame = frame(message);
        assertEquals(line, trace.frontend(frame));
        assertEquals(0, frame.readerIndex(), "consumed");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("backend")
    void backend_ofEachMessage_isAsLibpqPrintsIt(String line, BackendMessage message) {
        ByteBuf frame = frame(message);
        assertEquals(line, trace.backend(frame));
        assertEquals(0, frame.readerIndex(), "consumed");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("startup")
    void startup_ofEachPacket_isAsLibpqPrintsIt(String line, StartupPacket packet) {
        ByteBuf bytes = Unpooled.buffer();
        StartupPacketWriter.write(packet, bytes);
        assertEquals(line, trace.startup(bytes));
        assertEquals(0, bytes.readerIndex(), "consumed");
    }

    @Test
    void full_ofMessageWithVolatileFields_showsThemButNoSecret() {
        WireTrace full = WireTrace.full();
        assertEquals(
                "F\t12\tParse\t \"\" \"\" 1 23", full.frontend(frame(new FrontendMessage.Parse("", "", List.of(23)))));
        assertEquals("F\t7\tCopyData\t '1,2'", full.frontend(frame(new FrontendMessage.CopyData(bytes("1,2")))));
        assertEquals(
                "B\t12\tBackendKeyData\t 7 'BBBB'",
                full.backend(frame(new BackendMessage.BackendKeyData(7, new byte[4]))));
        assertEquals(
                "B\t33\tErrorResponse\t S \"ERROR\" V \"ERROR\" C \"40001\" M \"m\" L \"42\" \\x00",
                full.backend(frame(ErrorFields.error(SqlState.SERIALIZATION_FAILURE, "m")
                        .with(ErrorFields.LINE, "42")
                        .toErrorResponse())));
    }

    @Test
    void encryptionAnswer_isNamedAfterTheRequest() {
        trace.startup(Bytes.of("00000008 04d21630"));
        assertEquals("B\t1\tGSSENCResponse\t N", trace.encryptionAnswer((byte) 'N'));
        trace.startup(Bytes.of("00000008 04d2162f"));
        assertEquals("B\t1\tSSLResponse\t S", trace.encryptionAnswer((byte) 'S'));
    }

    @Test
    void authenticationResponse_isNamedAfterTheRequestAndHidden() {
        FrontendMessage password = new FrontendMessage.PasswordMessage("hunter2");
        assertEquals("F\t12\tUnknownAuthenticationResponse\t 'BBBB'", trace.frontend(frame(password)));

        trace.backend(frame(new Authentication.AuthenticationCleartextPassword()));
        assertEquals("F\t12\tPasswordMessage\t \"SSSS\"", trace.frontend(frame(password)));

        trace.backend(frame(new Authentication.AuthenticationSASL(List.of("SCRAM-SHA-256"))));
        assertEquals(
                "F\t31\tSASLInitialResponse\t \"SCRAM-SHA-256\" 9 'BBBB'",
                trace.frontend(frame(new FrontendMessage.SASLInitialResponse("SCRAM-SHA-256", bytes("n,,n=,r=x")))));

        trace.backend(frame(new Authentication.AuthenticationSASLContinue(bytes("r=x"))));
        assertEquals(
                "F\t10\tSASLResponse\t 'BBBB'",
                trace.frontend(frame(new FrontendMessage.SASLResponse(bytes("c=biws")))));

        trace.backend(frame(new Authentication.AuthenticationGSS()));
        assertEquals(
                "F\t9\tGSSResponse\t 'BBBB'", trace.frontend(frame(new FrontendMessage.GSSResponse(bytes("token")))));
    }

    @Test
    void malformedFrame_isSaidOnTheSameLine() {
        assertEquals("B\t6\tDataRow\t 2 (malformed)", trace.backend(Bytes.of("'D' 00000006 0002")));
        assertEquals("B\t5\tNoData (1 bytes too many)", trace.backend(Bytes.of("'n' 00000005 00")));
        assertEquals("B\t4\tUnknown message: 79\t 'BBBB'", trace.backend(Bytes.of("'y' 00000004")));
    }

    @Test
    void randomBytes_giveOneLineAndNoException() {
        Random random = Seed.random(WireTraceTest.class);
        for (int round = 0; round < 20_000; round++) {
            byte[] noise = new byte[8 + random.nextInt(24)];
            random.nextBytes(noise);
            noise[0] = (byte) random.nextInt(128);
            for (String line : List.of(
                    trace.frontend(Unpooled.wrappedBuffer(noise)),
                    trace.backend(Unpooled.wrappedBuffer(noise)),
                    trace.startup(Unpooled.wrappedBuffer(noise)))) {
                assertFalse(line.contains("\n"), line);
                assertTrue(line.startsWith("F\t") || line.startsWith("B\t"), line);
            }
        }
    }

    private static Arguments line(String line, Object message) {
        return Arguments.of(line, message);
    }

    private static ByteBuf frame(FrontendMessage message) {
        ByteBuf frame = Unpooled.buffer();
        MessageWriter.write(message, frame);
        return frame;
    }

    private static ByteBuf frame(BackendMessage message) {
        ByteBuf frame = Unpooled.buffer();
        MessageWriter.write(message, frame);
        return frame;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
