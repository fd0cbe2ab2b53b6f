package io.pgorchestra.protocol.message;

import io.pgorchestra.protocol.frame.TransactionStatus;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes one message of every kind, each with random fields. */
final class RandomMessages {
    private static final String LETTERS = "aZ_09 .$\"'\n\t\u00e9\u4e2d\ud83d\ude00\udcff\udc80";

    private final Random random;

    RandomMessages(Random random) {
        this.random = random;
    }

    List<FrontendMessage> frontend() {
        return List.of(
                new FrontendMessage.Bind(text(), text(), formats(), values(), formats()),
                new FrontendMessage.Close(subject(), text()),
                new FrontendMessage.CopyData(bytes(0, 40)),
                new FrontendMessage.CopyDone(),
                new FrontendMessage.CopyFail(text()),
                new FrontendMessage.Describe(subject(), text()),
                new FrontendMessage.Execute(text(), random.nextInt()),
                new FrontendMessage.Flush(),
                new FrontendMessage.FunctionCall(random.nextInt(), formats(), values(), int16()),
                new FrontendMessage.Parse(text(), text(), oids()),
                new FrontendMessage.Query(text()),
                new FrontendMessage.Sync(),
                new FrontendMessage.Terminate(),
                new FrontendMessage.PasswordMessage(text()),
                new FrontendMessage.SASLInitialResponse(text(), value()),
                new FrontendMessage.SASLResponse(bytes(0, 40)),
                new FrontendMessage.GSSResponse(bytes(0, 40)));
    }

    List<BackendMessage> backend() {
        List<BackendMessage> messages = new ArrayList<>(authentication());
        messages.addAll(List.of(
                new BackendMessage.BackendKeyData(random.nextInt(), bytes(4, 256)),
                new BackendMessage.BindComplete(),
                new BackendMessage.CloseComplete(),
                new BackendMessage.CommandComplete(text()),
                new BackendMessage.CopyBothResponse(int8(), formats()),
                new BackendMessage.CopyData(bytes(0, 40)),
                new BackendMessage.CopyDone(),
                new BackendMessage.CopyInResponse(int8(), formats()),
                new BackendMessage.CopyOutResponse(int8(), formats()),
                new BackendMessage.DataRow(values()),
                new BackendMessage.EmptyQueryResponse(),
                new BackendMessage.ErrorResponse(errorFields()),
                new BackendMessage.NoticeResponse(errorFields()),
                new BackendMessage.FunctionCallResponse(value()),
                new BackendMessage.NegotiateProtocolVersion(random.nextInt(), list(this::text)),
                new BackendMessage.NoData(),
                new BackendMessage.NotificationResponse(random.nextInt(), text(), text()),
                new BackendMessage.ParameterDescription(oids()),
                new BackendMessage.ParameterStatus(text(), text()),
                new BackendMessage.ParseComplete(),
                new BackendMessage.PortalSuspended(),
                new BackendMessage.ReadyForQuery(TransactionStatus.of((byte) "ITE".charAt(random.nextInt(3)))),
                new BackendMessage.RowDescription(list(this::field))));
        return messages;
    }

    private List<Authentication> authentication() {
        return List.of(
                new Authentication.AuthenticationOk(),
                new Authentication.AuthenticationKerberosV5(),
                new Authentication.AuthenticationCleartextPassword(),
                new Authentication.AuthenticationMD5Password(bytes(4, 4)),
                new Authentication.AuthenticationGSS(),
                new Authentication.AuthenticationGSSContinue(bytes(0, 40)),
                new Authentication.AuthenticationSSPI(),
                new Authentication.AuthenticationSASL(list(this::name)),
                new Authentication.AuthenticationSASLContinue(bytes(0, 40)),
                new Authentication.AuthenticationSASLFinal(bytes(0, 40)));
    }

    List<StartupPacket> startup() {
        Map<String, String> parameters = new LinkedHashMap<>();
        list(this::name).forEach(name -> parameters.put(name, text()));
        return List.of(
                new StartupPacket.StartupMessage(3 << 16 | random.nextInt(1 << 16), parameters),
                new StartupPacket.SslRequest(),
                new StartupPacket.GssEncRequest(),
                new StartupPacket.CancelRequest(random.nextInt(), bytes(4, 256)));
    }

    private ErrorFields errorFields() {
        Map<Character, String> values = new LinkedHashMap<>();
        for (int i = random.nextInt(6); i > 0; i--) {
            values.put((char) (1 + random.nextInt(255)), text());
        }
        return new ErrorFields(values);
    }

    private Field field() {
        return new Field(text(), random.nextInt(), int16(), random.nextInt(), int16(), random.nextInt(), int16());
    }

    private Subject subject() {
        return random.nextBoolean() ? Subject.STATEMENT : Subject.PORTAL;
    }

    private List<Integer> formats() {
        return list(() -> (int) int16());
    }

    private List<Integer> oids() {
        return list(random::nextInt);
    }

    private List<byte @Nullable []> values() {
        return list(this::value);
    }

    private byte @Nullable [] value() {
        return random.nextInt(4) == 0 ? null : bytes(0, 40);
    }

    private <T extends @Nullable Object> List<T> list(Supplier<T> element) {
        List<T> list = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            list.add(element.get());
        }
        return list;
    }

    private byte int8() {
        return (byte) random.nextInt();
    }

    private short int16() {
        return (short) random.nextInt();
    }

    private String name() {
        return "n" + text();
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(12); i > 0; i--) {
            int index = random.nextInt(LETTERS.codePointCount(0, LETTERS.length()));
            text.appendCodePoint(LETTERS.codePointAt(LETTERS.offsetByCodePoints(0, index)));
        }
        return text.toString();
    }

    private byte[] bytes(int min, int max) {
        byte[] bytes = new byte[min + random.nextInt(max - min + 1)];
        random.nextBytes(bytes);
        return bytes;
    }
}
