package io.pgorchestra.protocol.message;

import io.netty.buffer.ByteBuf;
import io.pgorchestra.protocol.frame.BackendTag;
import io.pgorchestra.protocol.frame.FrontendTag;
import io.pgorchestra.protocol.frame.TransactionStatus;
import io.pgorchestra.protocol.message.BackendMessage.BackendKeyData;
import io.pgorchestra.protocol.message.FrontendMessage.GSSResponse;
import io.pgorchestra.protocol.message.FrontendMessage.PasswordMessage;
import io.pgorchestra.protocol.message.FrontendMessage.SASLInitialResponse;
import io.pgorchestra.protocol.message.FrontendMessage.SASLResponse;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes records of whole frames' bodies: what stands between the length and the next tag.
 *
 * <p>Strict: a text without its NUL, a count that the body cannot hold, a byte too many or too few is a
 * {@link ProtocolViolation}. Every method consumes the body and releases nothing.
 */
public final class MessageReader {
    private static final String NO_TAG = "a tag of this protocol";

    private MessageReader() {}

    /**
     * Reads any client message but one with tag 'p', for which see {@link #readPasswordMessage},
     * {@link #readSASLInitialResponse}, {@link #readSASLResponse} and {@link #readGSSResponse}.
     */
    public static FrontendMessage readFrontend(byte tag, ByteBuf body) {
        BodyReader reader = new BodyReader(FrontendTag.nameOf(tag), body);
        return reader.finish(
                switch (tag) {
                    case FrontendTag.BIND ->
                        new FrontendMessage.Bind(
                                reader.string("portal"),
                                reader.string("statement"),
                                reader.formats("parameter formats"),
                                reader.list("parameters", Integer.BYTES, () -> reader.value("parameter")),
                                reader.formats("result formats"));
                    case FrontendTag.CLOSE ->
                        new FrontendMessage.Close(Subject.of(reader.int8("subject")), reader.string("name"));
                    case FrontendTag.COPY_DATA -> new FrontendMessage.CopyData(reader.rest());
                    case FrontendTag.COPY_DONE -> new FrontendMessage.CopyDone();
                    case FrontendTag.COPY_FAIL -> new FrontendMessage.CopyFail(reader.string("reason"));
                    case FrontendTag.DESCRIBE ->
                        new FrontendMessage.Describe(Subject.of(reader.int8("subject")), reader.string("name"));
                    case FrontendTag.EXECUTE ->
                        new FrontendMessage.Execute(reader.string("portal"), reader.int32("row limit"));
                    case FrontendTag.FLUSH -> new FrontendMessage.Flush();
                    case FrontendTag.FUNCTION_CALL ->
                        new FrontendMessage.FunctionCall(
                                reader.int32("function OID"),
                                reader.formats("argument formats"),
                                reader.list("arguments", Integer.BYTES, () -> reader.value("argument")),
                                reader.int16("result format"));
                    case FrontendTag.PARSE ->
                        new FrontendMessage.Parse(
                                reader.string("statement"), reader.string("query"), reader.oids("parameter types"));
                    case FrontendTag.QUERY -> new FrontendMessage.Query(reader.string("query"));
                    case FrontendTag.SYNC -> new FrontendMessage.Sync();
                    case FrontendTag.TERMINATE -> new FrontendMessage.Terminate();
                    default -> throw ProtocolViolation.of("message of a client", reader.message(), NO_TAG);
                });
    }

    /** Reads the 'p' that answers AuthenticationCleartextPassword or AuthenticationMD5Password. */
    public static PasswordMessage readPasswordMessage(ByteBuf body) {
        BodyReader reader = new BodyReader("PasswordMessage", body);
        return reader.finish(new PasswordMessage(reader.string("password")));
    }

    /** Reads the 'p' that answers AuthenticationSASL. */
    public static SASLInitialResponse readSASLInitialResponse(ByteBuf body) {
        BodyReader reader = new BodyReader("SASLInitialResponse", body);
        return reader.finish(new SASLInitialResponse(reader.string("mechanism"), reader.value("initial response")));
    }

    /** Reads the 'p' that answers AuthenticationSASLContinue. */
    public static SASLResponse readSASLResponse(ByteBuf body) {
        return new SASLResponse(new BodyReader("SASLResponse", body).rest());
    }

    /** Reads the 'p' that answers AuthenticationGSS, AuthenticationSSPI or AuthenticationGSSContinue. */
    public static GSSResponse readGSSResponse(ByteBuf body) {
        return new GSSResponse(new BodyReader("GSSResponse", body).rest());
    }

    public static BackendMessage readBackend(byte tag, ByteBuf body) {
        BodyReader reader = new BodyReader(BackendTag.nameOf(tag), body);
        return reader.finish(
                switch (tag) {
                    case BackendTag.AUTHENTICATION -> authentication(reader);
                    case BackendTag.BACKEND_KEY_DATA ->
                        new BackendKeyData(reader.int32("process ID"), secretKey(reader));
                    case BackendTag.BIND_COMPLETE -> new BackendMessage.BindComplete();
                    case BackendTag.CLOSE_COMPLETE -> new BackendMessage.CloseComplete();
                    case BackendTag.COMMAND_COMPLETE ->
                        new BackendMessage.CommandComplete(reader.string("command tag"));
                    case BackendTag.COPY_BOTH_RESPONSE ->
                        new BackendMessage.CopyBothResponse(reader.int8("format"), reader.formats("column formats"));
                    case BackendTag.COPY_DATA -> new BackendMessage.CopyData(reader.rest());
                    case BackendTag.COPY_DONE -> new BackendMessage.CopyDone();
                    case BackendTag.COPY_IN_RESPONSE ->
                        new BackendMessage.CopyInResponse(reader.int8("format"), reader.formats("column formats"));
                    case BackendTag.COPY_OUT_RESPONSE ->
                        new BackendMessage.CopyOutResponse(reader.int8("format"), reader.formats("column formats"));
                    case BackendTag.DATA_ROW ->
                        new BackendMessage.DataRow(reader.list("columns", Integer.BYTES, () -> reader.value("column")));
                    case BackendTag.EMPTY_QUERY_RESPONSE -> new BackendMessage.EmptyQueryResponse();
                    case BackendTag.ERROR_RESPONSE -> new BackendMessage.ErrorResponse(ErrorFields.read(reader));
                    case BackendTag.FUNCTION_CALL_RESPONSE ->
                        new BackendMessage.FunctionCallResponse(reader.value("value"));
                    case BackendTag.NEGOTIATE_PROTOCOL_VERSION ->
                        new BackendMessage.NegotiateProtocolVersion(
                                reader.int32("version"), reader.longList("options", 1, () -> reader.string("option")));
                    case BackendTag.NO_DATA -> new BackendMessage.NoData();
                    case BackendTag.NOTICE_RESPONSE -> new BackendMessage.NoticeResponse(ErrorFields.read(reader));
                    case BackendTag.NOTIFICATION_RESPONSE ->
                        new BackendMessage.NotificationResponse(
                                reader.int32("process ID"), reader.string("channel"), reader.string("payload"));
                    case BackendTag.PARAMETER_DESCRIPTION ->
                        new BackendMessage.ParameterDescription(reader.oids("parameter types"));
                    case BackendTag.PARAMETER_STATUS ->
                        new BackendMessage.ParameterStatus(reader.string("name"), reader.string("value"));
                    case BackendTag.PARSE_COMPLETE -> new BackendMessage.ParseComplete();
                    case BackendTag.PORTAL_SUSPENDED -> new BackendMessage.PortalSuspended();
                    case BackendTag.READY_FOR_QUERY ->
                        new BackendMessage.ReadyForQuery(TransactionStatus.of(reader.int8("transaction status")));
                    case BackendTag.ROW_DESCRIPTION ->
                        new BackendMessage.RowDescription(
                                reader.list("fields", Field.MIN_BYTES, () -> Field.read(reader)));
                    default -> throw ProtocolViolation.of("message of a server", reader.message(), NO_TAG);
                });
    }

    private static Authentication authentication(BodyReader reader) {
        int code = reader.int32("request code");
        return switch (code) {
            case Authentication.AuthenticationOk.CODE -> new Authentication.AuthenticationOk();
            case Authentication.AuthenticationKerberosV5.CODE -> new Authentication.AuthenticationKerberosV5();
            case Authentication.AuthenticationCleartextPassword.CODE ->
                new Authentication.AuthenticationCleartextPassword();
            case Authentication.AuthenticationMD5Password.CODE ->
                new Authentication.AuthenticationMD5Password(
                        reader.bytes(Authentication.AuthenticationMD5Password.SALT_BYTES, "salt"));
            case Authentication.AuthenticationGSS.CODE -> new Authentication.AuthenticationGSS();
            case Authentication.AuthenticationGSSContinue.CODE ->
                new Authentication.AuthenticationGSSContinue(reader.rest());
            case Authentication.AuthenticationSSPI.CODE -> new Authentication.AuthenticationSSPI();
            case Authentication.AuthenticationSASL.CODE -> new Authentication.AuthenticationSASL(mechanisms(reader));
            case Authentication.AuthenticationSASLContinue.CODE ->
                new Authentication.AuthenticationSASLContinue(reader.rest());
            case Authentication.AuthenticationSASLFinal.CODE ->
                new Authentication.AuthenticationSASLFinal(reader.rest());
            default -> throw reader.violation("request code", code, "0, 2, 3, 5 or 7 to 12");
        };
    }

    private static List<String> mechanisms(BodyReader reader) {
        List<String> mechanisms = new ArrayList<>();
        for (String name = reader.string("mechanism"); !name.isEmpty(); name = reader.string("mechanism")) {
            mechanisms.add(name);
        }
        return mechanisms;
    }

    /** The key that ends BackendKeyData and CancelRequest: whatever is left, within the limits of protocol 3.2. */
    static byte[] secretKey(BodyReader reader) {
        byte[] key = reader.rest();
        if (key.length < BackendKeyData.MIN_SECRET_KEY_BYTES || key.length > BackendKeyData.MAX_SECRET_KEY_BYTES) {
            throw reader.violation("bytes of the secret key", key.length, "4 to 256");
        }
        return key;
    }
}
