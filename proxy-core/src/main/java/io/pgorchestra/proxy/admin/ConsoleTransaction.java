package io.pgorchestra.proxy.admin;

import io.pgorchestra.protocol.frame.TransactionStatus;
import io.pgorchestra.protocol.message.SqlState;
import io.pgorchestra.proxy.admin.AdminCommand.TransactionVerb;

/**
 * The transaction status of one session, kept as Postgres keeps it, because drivers rely on it. Nothing that a command
 * has done is undone by ROLLBACK.
 */
final class ConsoleTransaction {
    private TransactionStatus status = TransactionStatus.IDLE;

    TransactionStatus status() {
        return status;
    }

    /** An error fails the transaction, if there is one. */
    void fail() {
        if (status == TransactionStatus.IN_TRANSACTION) {
            status = TransactionStatus.FAILED;
        }
    }

    /** Refuses all but the end of a failed transaction. */
    void check(AdminCommand command) {
        if (status != TransactionStatus.FAILED || command instanceof AdminCommand.Empty || ends(command)) {
            return;
        }
        throw new AdminException(
                SqlState.IN_FAILED_SQL_TRANSACTION,
                "current transaction is aborted, commands ignored until end of transaction block");
    }

    private static boolean ends(AdminCommand command) {
        return command instanceof AdminCommand.Transaction transaction
                && switch (transaction.verb()) {
                    case COMMIT, ROLLBACK, ROLLBACK_TO -> true;
                    case BEGIN, SAVEPOINT, RELEASE -> false;
                };
    }

    /** Follows a transaction command and returns its tag. */
    String follow(TransactionVerb verb) {
        boolean failed = status == TransactionStatus.FAILED;
        status = switch (verb) {
            case BEGIN -> TransactionStatus.IN_TRANSACTION;
            case COMMIT, ROLLBACK -> TransactionStatus.IDLE;
            case ROLLBACK_TO -> failed ? TransactionStatus.IN_TRANSACTION : status;
            case SAVEPOINT, RELEASE -> status;
        };
        return failed && verb == TransactionVerb.COMMIT ? TransactionVerb.ROLLBACK.tag() : verb.tag();
    }
}
