package io.pgorchestra.protocol.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class Md5PasswordTest {
    private static final byte[] SALT = {1, 2, 3, 4};
    private static final String SECRET = "md56a422f785c9e20873908ce25d1736ae2";
    private static final String RESPONSE = "md5911f527656472583a006e7727877b33e";

    @Test
    void secret_ofUserAndPassword_isAsPostgresStoresIt() {
        assertEquals(SECRET, Md5Password.secret("app", "secret"));
        assertTrue(Md5Password.isSecret(SECRET));
        assertFalse(Md5Password.isSecret("md5secret"));
    }

    @Test
    void response_toSalt_isVerified() {
        assertEquals(RESPONSE, Md5Password.response(SECRET, SALT));
        assertTrue(Md5Password.verifyResponse(SECRET, SALT, RESPONSE));
    }

    @Test
    void response_toAnotherSaltOrSecret_isRefused() {
        assertFalse(Md5Password.verifyResponse(SECRET, new byte[] {1, 2, 3, 5}, RESPONSE));
        assertFalse(Md5Password.verifyResponse(Md5Password.secret("app", "Secret"), SALT, RESPONSE));
        assertFalse(Md5Password.verifyResponse(SECRET, SALT, SECRET));
        assertFalse(Md5Password.verifyResponse(SECRET, SALT, ""));
    }

    @Test
    void verify_ofCleartextPassword_comparesItsSecret() {
        assertTrue(Md5Password.verify(SECRET, "app", "secret"));
        assertFalse(Md5Password.verify(SECRET, "app", "Secret"));
        assertFalse(Md5Password.verify(SECRET, "other", "secret"));
    }

    @Test
    void response_ofSomethingThatIsNoSecret_isRefusedWithoutShowingIt() {
        var refused = assertThrows(IllegalArgumentException.class, () -> Md5Password.response("hunter2", SALT));
        assertEquals("secret of 7 characters (expected: md5 and 32 hex digits)", refused.getMessage());
    }
}
