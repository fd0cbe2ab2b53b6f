package io.pgorchestra.protocol.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.pgorchestra.protocol.frame.BackendTag;
import io.pgorchestra.protocol.frame.FrontendTag;
import io.pgorchestra.protocol.message.StartupPacket.StartupMessage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StrictReadingTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "D | 0001 fffffffe              | DataRow: length of column: -2 (expected: >= -1)",
                "D | ffff ffffffff              | DataRow: count of columns: 65535 (expected: 0 to what fits in the 4 bytes left)",
                "D | 0001 00000005 'abcd'       | DataRow: column: 4 bytes left (expected: 5 bytes)",
                "T | 0003 00                    | RowDescription: count of fields: 3 (expected: 0 to what fits in the 1 bytes left)",
                "v | 00030000 ffffffff          | NegotiateProtocolVersion: count of options: -1 (expected: 0 to what fits in the 0 bytes left)",
                "C | 'SELECT 1'                 | CommandComplete: command tag: 8 bytes without an end (expected: text that ends in NUL)",
                "1 | 00                         | ParseComplete: bytes after the last field: 1 (expected: 0)",
                "Z | 'X'                        | transaction status in ReadyForQuery: 0x58 (expected: 'I', 'T' or 'E')",
                "R | 00000006                   | Authentication: request code: 6 (expected: 0, 2, 3, 5 or 7 to 12)",
                "K | 00000001 010203            | BackendKeyData: bytes of the secret key: 3 (expected: 4 to 256)",
                "E | 'S' 'x'00 'S' 'y'00 00     | ErrorResponse: field S: twice (expected: once)",
                "y | 00                         | message of a server: Unknown(0x79) (expected: a tag of this protocol)",
            })
    void readBackend_ofMalformedBody_saysWhatWasMetAndExpected(char tag, String body, String text) {
        ProtocolViolation violation =
                assertThrows(ProtocolViolation.class, () -> MessageReader.readBackend((byte) tag, Bytes.of(body)));
        assertEquals(text, violation.getMessage());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "D | 'X' 's'00   | subject of Describe or Close: 0x58 (expected: 'S' or 'P')",
                "S | 00          | Sync: bytes after the last field: 1 (expected: 0)",
                "E | 'p'00 0000  | Execute: row limit: 2 bytes left (expected: 4 bytes)",
                "p | 'secret'00  | message of a client: PasswordMessage (expected: a tag of this protocol)",
                "P | 00 'x'00 7fff 00000017 | Parse: count of parameter types: 32767 (expected: 0 to what fits in the 4 bytes left)",
            })
    void readFrontend_ofMalformedBody_saysWhatWasMetAndExpected(char tag, String body, String text) {
        ProtocolViolation violation =
                assertThrows(ProtocolViolation.class, () -> MessageReader.readFrontend((byte) tag, Bytes.of(body)));
        assertEquals(text, violation.getMessage());
    }

    @Test
    void readFrontend_ofBindWith65535Parameters_takesTheCountAsUnsigned() {
        FrontendMessage.Bind bind =
                new FrontendMessage.Bind("", "", List.of(), Collections.nCopies(65535, new byte[] {'1'}), List.of());
        ByteBuf frame = Unpooled.buffer();
        MessageWriter.write(bind, frame);

        assertEquals(bind, MessageReader.readFrontend(FrontendTag.BIND, frame.skipBytes(5)));
    }

    @Test
    void write_ofTextWithNul_isRefusedAndLeavesNothingBehind() {
        ByteBuf out = Unpooled.buffer().writeByte('x');
        FrontendMessage message = new FrontendMessage.Parse("s", "select 1\0; drop", List.of());

        assertThrows(IllegalArgumentException.class, () -> MessageWriter.write(message, out));

        assertEquals(1, out.writerIndex());
    }

    @Test
    void write_ofListLongerThanItsCountHolds_isRefused() {
        FrontendMessage message = new FrontendMessage.Parse("s", "", Collections.nCopies(65536, 23));
        assertThrows(IllegalArgumentException.class, () -> MessageWriter.write(message, Unpooled.buffer()));
    }

    @Test
    void record_madeOfAList_keepsItWhenTheListChanges() {
        List<byte[]> columns = new ArrayList<>(List.of(new byte[] {'1'}));
        BackendMessage.DataRow row = new BackendMessage.DataRow(new ArrayList<>(columns));
        columns.clear();
        assertEquals(1, row.columns().size());
        assertThrows(UnsupportedOperationException.class, () -> row.columns().clear());
    }

    @Test
    void toString_ofMessagesWithSecrets_hidesThem() {
        assertEquals("PasswordMessage[]", new FrontendMessage.PasswordMessage("hunter2").toString());
        assertEquals(
                "BackendKeyData[processId=1]",
                new BackendMessage.BackendKeyData(1, new byte[] {9, 9, 9, 9}).toString());
        assertEquals(
                "CancelRequest[processId=1]", new StartupPacket.CancelRequest(1, new byte[] {9, 9, 9, 9}).toString());
    }

    @Test
    void startupRead_whilePacketIsIncomplete_consumesNothing() {
        ByteBuf whole = Bytes.of("00000010 04d2162e 00001267 01020304");
        for (int bytes = 0; bytes < whole.readableBytes(); bytes++) {
            ByteBuf part = whole.slice(0, bytes);
            assertNull(StartupPacketReader.read(part));
            assertEquals(bytes, part.readableBytes());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "00000007 | 08P01 | length of startup packet: 7 (expected: 8 to 10004)",
                "00002715 | 08P01 | length of startup packet: 10005 (expected: 8 to 10004)",
                "16030100 | 08P01 | length of startup packet: 369295616 (expected: 8 to 10004)",
                "ffffffff | 08P01 | length of startup packet: 4294967295 (expected: 8 to 10004)",
                "00000009 00020000 00 | 0A000 | unsupported frontend protocol 2.0: server supports 3.0 to 3.2",
                "00000008 04d21631 | 0A000 | unsupported frontend protocol 1234.5681: server supports 3.0 to 3.2",
                "00000009 04d2162f 00 | 08P01 | SSLRequest: bytes after the last field: 1 (expected: 0)",
                "0000000f 04d2162e 00000001 010203 | 08P01 | CancelRequest: bytes of the secret key: 3 (expected: 4 to 256)",
                "0000000d 00030000 'user'00 | 08P01 | StartupMessage: value of parameter \"user\": 0 bytes without an end (expected: text that ends in NUL)",
                "0000000a 00030000 00 00 | 08P01 | StartupMessage: bytes after the last field: 1 (expected: 0)",
            })
    void startupRead_ofMalformedPacket_saysWhatWasMetAndExpected(String packet, String sqlState, String text) {
        ProtocolViolation violation =
                assertThrows(ProtocolViolation.class, () -> StartupPacketReader.read(Bytes.of(packet)));
        assertEquals(text, violation.getMessage());
        assertEquals(sqlState, violation.sqlState().code());
    }

    @Test
    void startupRead_ofLongestPacket_isRead() {
        int valueBytes = StartupPacketReader.MAX_BODY_BYTES - "VVVVoptions00".length();
        StartupMessage longest =
                new StartupMessage(ProtocolVersion.V3_0, Map.of("options", "x".repeat(valueBytes - 1)));
        ByteBuf packet = Unpooled.buffer();
        StartupPacketWriter.write(longest, packet);
        assertEquals(StartupPacketReader.MAX_BODY_BYTES, packet.readableBytes() - 4);

        assertEquals(longest, StartupPacketReader.read(packet));
    }

    @Test
    void startupWrite_ofPacketThatNoServerReads_isRefusedAndLeavesNothingBehind() {
        StartupMessage tooLong = new StartupMessage(ProtocolVersion.V3_0, Map.of("options", "x".repeat(10_000)));
        ByteBuf out = Unpooled.buffer();
        assertThrows(IllegalArgumentException.class, () -> StartupPacketWriter.write(tooLong, out));
        assertEquals(0, out.writerIndex());
    }

    @Test
    void startupMessage_withoutDatabase_hasTheUsersName() {
        assertEquals("app", new StartupMessage(ProtocolVersion.V3_0, Map.of("user", "app")).database());
        assertEquals("", new StartupMessage(ProtocolVersion.V3_0, Map.of()).user());
    }

    @Test
    void startupRead_ofParameterGivenTwice_takesTheLastValueAsPostgresDoes() {
        ByteBuf packet = Bytes.of("0000001f 00030000 'user'00 'one'00 'a'00 'b'00 'user'00 'two'00 00");
        StartupMessage startup = (StartupMessage) Objects.requireNonNull(StartupPacketReader.read(packet));
        assertEquals("two", startup.user());
        assertEquals(List.of("user", "a"), List.copyOf(startup.parameters().keySet()));
    }

    @Test
    void protocolVersion_ofNewerClient_isNegotiatedDown() {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("_pq_.command_compression", "1");
        parameters.put("user", "app");
        assertTrue(ProtocolVersion.mustNegotiate(new StartupMessage(ProtocolVersion.V3_0, parameters)));
        assertEquals(List.of("_pq_.command_compression"), ProtocolVersion.options(parameters));
        assertTrue(ProtocolVersion.mustNegotiate(new StartupMessage(3 << 16 | 9999, Map.of())));
        assertEquals(ProtocolVersion.V3_2, ProtocolVersion.negotiate(3 << 16 | 9999));
        assertEquals(ProtocolVersion.V3_0, ProtocolVersion.negotiate(ProtocolVersion.V3_0));
    }

    @Test
    void sqlState_ofEachCode_isFoundAgain() {
        for (SqlState state : SqlState.values()) {
            assertEquals(state, SqlState.of(state.code()));
            assertEquals(5, state.code().length());
        }
        assertNull(SqlState.of("ZZZZZ"));
    }

    @Test
    void errorFields_ofServerError_tellItsParts() {
        ByteBuf body = Bytes.of("'S' 'FEHLER'00 'V' 'ERROR'00 'C' '40001'00 'M' 'm'00 'D' 'd'00 'z' 'new'00 00");
        BackendMessage.ErrorResponse error =
                (BackendMessage.ErrorResponse) MessageReader.readBackend(BackendTag.ERROR_RESPONSE, body);
        assertEquals("ERROR", error.fields().severity());
        assertTrue(error.fields().is(SqlState.SERIALIZATION_FAILURE));
        assertEquals("d", error.fields().detail());
        assertEquals("", error.fields().hint());
        assertEquals("new", error.fields().get('z'));
    }
}
