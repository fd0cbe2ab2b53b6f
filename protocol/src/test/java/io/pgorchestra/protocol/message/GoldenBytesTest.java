package io.pgorchestra.protocol.message;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.pgorchestra.protocol.frame.TransactionStatus;
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
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each message against bytes written out by hand from the documentation's Message Formats. */
class GoldenBytesTest {
    static Stream<Arguments> frontend() {
        return Stream.of(
                golden(
                        new FrontendMessage.Bind("p", "s", List.of(1, 0), Arrays.asList(bytes("42"), null), List.of(1)),
                        "42 0000001e 'p'00 's'00 0002 0001 0000 0002 00000002'42' ffffffff 0001 0001"),
                golden(new FrontendMessage.Close(Subject.STATEMENT, "s1"), "43 00000008 'S' 's1'00"),
                golden(new FrontendMessage.CopyData(bytes("1,2")), "64 00000007 '1,2'"),
                golden(new FrontendMessage.CopyDone(), "63 00000004"),
                golden(new FrontendMessage.CopyFail("stop"), "66 00000009 'stop'00"),
                golden(new FrontendMessage.Describe(Subject.PORTAL, ""), "44 00000006 'P' 00"),
                golden(new FrontendMessage.Execute("p", 10), "45 0000000a 'p'00 0000000a"),
                golden(new FrontendMessage.Flush(), "48 00000004"),
                golden(
                        new FrontendMessage.FunctionCall(1598, List.of(), Arrays.asList(bytes("x"), null), 1),
                        "46 00000017 0000063e 0000 0002 00000001'x' ffffffff 0001"),
                golden(
                        new FrontendMessage.Parse("s", "select $1", List.of(23)),
                        "50 00000016 's'00 'select $1'00 0001 00000017"),
                golden(new FrontendMessage.Query("select 1"), "51 0000000d 'select 1'00"),
                golden(new FrontendMessage.Sync(), "53 00000004"),
                golden(new FrontendMessage.Terminate(), "58 00000004"),
                golden(new FrontendMessage.PasswordMessage("secret"), "70 0000000b 'secret'00"),
                golden(
                        new FrontendMessage.SASLInitialResponse("SCRAM-SHA-256", bytes("n,,n=,r=x")),
                        "70 0000001f 'SCRAM-SHA-256'00 00000009 'n,,n=,r=x'"),
                golden(new FrontendMessage.SASLInitialResponse("X", null), "70 0000000a 'X'00 ffffffff"),
                golden(new FrontendMessage.SASLResponse(bytes("c=biws")), "70 0000000a 'c=biws'"),
                golden(new FrontendMessage.GSSResponse(bytes("token")), "70 00000009 'token'"));
    }

    static Stream<Arguments> backend() {
        return Stream.of(
                golden(new AuthenticationOk(), "52 00000008 00000000"),
                golden(new AuthenticationKerberosV5(), "52 00000008 00000002"),
                golden(new AuthenticationCleartextPassword(), "52 00000008 00000003"),
                golden(new AuthenticationMD5Password(bytes("salt")), "52 0000000c 00000005 'salt'"),
                golden(new AuthenticationGSS(), "52 00000008 00000007"),
                golden(new AuthenticationGSSContinue(bytes("more")), "52 0000000c 00000008 'more'"),
                golden(new AuthenticationSSPI(), "52 00000008 00000009"),
                golden(
                        new AuthenticationSASL(List.of("SCRAM-SHA-256-PLUS", "SCRAM-SHA-256")),
                        "52 0000002a 0000000a 'SCRAM-SHA-256-PLUS'00 'SCRAM-SHA-256'00 00"),
                golden(new AuthenticationSASLContinue(bytes("r=x")), "52 0000000b 0000000b 'r=x'"),
                golden(new AuthenticationSASLFinal(bytes("v=x")), "52 0000000b 0000000c 'v=x'"),
                golden(
                        new BackendMessage.BackendKeyData(4711, new byte[] {1, 2, 3, 4}),
                        "4b 0000000c 00001267 01020304"),
                golden(new BackendMessage.BindComplete(), "32 00000004"),
                golden(new BackendMessage.CloseComplete(), "33 00000004"),
                golden(new BackendMessage.CommandComplete("INSERT 0 1"), "43 0000000f 'INSERT 0 1'00"),
                golden(new BackendMessage.CopyBothResponse((byte) 0, List.of()), "57 00000007 00 0000"),
                golden(new BackendMessage.CopyData(bytes("1\t2\n")), "64 00000008 '1' 09 '2' 0a"),
                golden(new BackendMessage.CopyDone(), "63 00000004"),
                golden(new BackendMessage.CopyInResponse((byte) 1, List.of(1, 1)), "47 0000000b 01 0002 0001 0001"),
                golden(new BackendMessage.CopyOutResponse((byte) 0, List.of(0)), "48 00000009 00 0001 0000"),
                golden(
                        new BackendMessage.DataRow(Arrays.asList(bytes("1"), null, bytes(""))),
                        "44 00000013 0003 00000001'1' ffffffff 00000000"),
                golden(new BackendMessage.EmptyQueryResponse(), "49 00000004"),
                golden(
                        ErrorFields.fatal(SqlState.CANNOT_CONNECT_NOW, "no primary")
                                .withHint("wait")
                                .toErrorResponse(),
                        "45 0000002c 'S' 'FATAL'00 'V' 'FATAL'00 'C' '57P03'00 'M' 'no primary'00 'H' 'wait'00 00"),
                golden(
                        ErrorFields.of(Severity.NOTICE, SqlState.SUCCESSFUL_COMPLETION, "hi")
                                .withDetail("d")
                                .toNoticeResponse(),
                        "4e 00000023 'S' 'NOTICE'00 'V' 'NOTICE'00 'C' '00000'00 'M' 'hi'00 'D' 'd'00 00"),
                golden(new BackendMessage.FunctionCallResponse(bytes("7")), "56 00000009 00000001 '7'"),
                golden(new BackendMessage.FunctionCallResponse(null), "56 00000008 ffffffff"),
                golden(
                        new BackendMessage.NegotiateProtocolVersion(ProtocolVersion.V3_0, List.of("_pq_.x")),
                        "76 00000013 00030000 00000001 '_pq_.x'00"),
                golden(new BackendMessage.NoData(), "6e 00000004"),
                golden(
                        new BackendMessage.NotificationResponse(7, "jobs", "new"),
                        "41 00000011 00000007 'jobs'00 'new'00"),
                golden(new BackendMessage.ParameterDescription(List.of(23, 25)), "74 0000000e 0002 00000017 00000019"),
                golden(new BackendMessage.ParameterStatus("TimeZone", "UTC"), "53 00000011 'TimeZone'00 'UTC'00"),
                golden(new BackendMessage.ParseComplete(), "31 00000004"),
                golden(new BackendMessage.PortalSuspended(), "73 00000004"),
                golden(new BackendMessage.ReadyForQuery(TransactionStatus.IDLE), "5a 00000005 'I'"),
                golden(new BackendMessage.ReadyForQuery(TransactionStatus.IN_TRANSACTION), "5a 00000005 'T'"),
                golden(new BackendMessage.ReadyForQuery(TransactionStatus.FAILED), "5a 00000005 'E'"),
                golden(
                        new BackendMessage.RowDescription(List.of(
                                new Field("id", 16384, (short) 1, 23, (short) 4, -1, (short) 1), Field.text("t"))),
                        "54 0000002f 0002 'id'00 00004000 0001 00000017 0004 ffffffff 0001"
                                + " 't'00 00000000 0000 00000019 ffff ffffffff 0000"));
    }

    static Stream<Arguments> startup() {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("user", "app");
        parameters.put("database", "d");
        return Stream.of(
                golden(
                        new StartupPacket.StartupMessage(ProtocolVersion.V3_0, parameters),
                        "0000001d 00030000 'user'00 'app'00 'database'00 'd'00 00"),
                golden(new StartupPacket.StartupMessage(ProtocolVersion.V3_2, Map.of()), "00000009 00030002 00"),
                golden(new StartupPacket.SslRequest(), "00000008 04d2162f"),
                golden(new StartupPacket.GssEncRequest(), "00000008 04d21630"),
                golden(
                        new StartupPacket.CancelRequest(4711, new byte[] {1, 2, 3, 4}),
                        "00000010 04d2162e 00001267 01020304"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("frontend")
    void frontendMessage_written_isAsDocumented(FrontendMessage message, String golden) {
        ByteBuf out = Unpooled.buffer();
        MessageWriter.write(message, out);
        assertEquals(ByteBufUtil.hexDump(Bytes.of(golden)), ByteBufUtil.hexDump(out));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("backend")
    void backendMessage_written_isAsDocumented(BackendMessage message, String golden) {
        ByteBuf out = Unpooled.buffer();
        MessageWriter.write(message, out);
        assertEquals(ByteBufUtil.hexDump(Bytes.of(golden)), ByteBufUtil.hexDump(out));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("startup")
    void startupPacket_written_isAsDocumented(StartupPacket packet, String golden) {
        ByteBuf out = Unpooled.buffer();
        StartupPacketWriter.write(packet, out);
        assertEquals(ByteBufUtil.hexDump(Bytes.of(golden)), ByteBufUtil.hexDump(out));
    }

    @Test
    void golden_ofEveryRecord_isHere() {
        RandomMessages all = new RandomMessages(new Random(0));
        assertEquals(classes(all.frontend().stream()), goldenClasses(frontend()));
        assertEquals(classes(all.backend().stream()), goldenClasses(backend()));
        assertEquals(classes(all.startup().stream()), goldenClasses(startup()));
    }

    @Test
    void randomMessages_holdEveryRecordOfTheProtocol() {
        RandomMessages all = new RandomMessages(new Random(0));
        assertEquals(records(FrontendMessage.class), classes(all.frontend().stream()));
        assertEquals(records(BackendMessage.class), classes(all.backend().stream()));
        assertEquals(records(StartupPacket.class), classes(all.startup().stream()));
    }

    private static Set<Class<?>> records(Class<?> sealed) {
        Set<Class<?>> records = new HashSet<>();
        for (Class<?> permitted : sealed.getPermittedSubclasses()) {
            if (permitted.isRecord()) {
                records.add(permitted);
            } else {
                records.addAll(records(permitted));
            }
        }
        return records;
    }

    private static Set<Class<?>> goldenClasses(Stream<Arguments> goldens) {
        return classes(goldens.map(golden -> golden.get()[0]));
    }

    private static Set<Class<?>> classes(Stream<?> messages) {
        return messages.map(Object::getClass).collect(Collectors.toSet());
    }

    private static Arguments golden(Object message, String golden) {
        return Arguments.of(message, golden);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
