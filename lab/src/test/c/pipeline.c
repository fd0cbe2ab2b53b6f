/*
 * A libpq client in pipeline mode: many queries on their way at once, Flush requests and Syncs between them, an error in the middle,
 * prepared statements and transactions. Every result is checked to be the answer to its own query.
 *
 * pipeline CONNINFO CLIENT ROUNDS prints "ok" or says what was wrong.
 */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { QUERIES = 120, FLUSH_EVERY = 7, SYNC_EVERY = 30, FAILING = 47 };

static PGconn *connection;
static int client;

static void fail(const char *what, int at)
{
    fprintf(stderr, "client %d, query %d: %s: %s", client, at, what, PQerrorMessage(connection));
    exit(1);
}

static void check(int sent, const char *what, int at)
{
    if (!sent)
        fail(what, at);
}

static PGresult *expect(ExecStatusType status, int at)
{
    PGresult *result = PQgetResult(connection);
    if (result == NULL)
        fail("no result", at);
    if (PQresultStatus(result) != status) {
        fprintf(stderr, "client %d, query %d: %s (expected: %s): %s\n", client, at,
                PQresStatus(PQresultStatus(result)), PQresStatus(status), PQresultErrorMessage(result));
        exit(1);
    }
    return result;
}

static void expect_end(int at)
{
    PGresult *more = PQgetResult(connection);
    if (more != NULL)
        fail("one result too many", at);
}

static void send_query(int at, int number)
{
    char left[32];
    char right[64];
    const char *values[2] = {left, right};

    snprintf(left, sizeof left, "%d", number);
    snprintf(right, sizeof right, "of client %d, query %d", client, at);
    if (at % 3 == 0)
        check(PQsendQueryPrepared(connection, "doubled", 2, values, NULL, NULL, 0), "send prepared", at);
    else
        check(PQsendQueryParams(connection, "SELECT 2 * $1::int, $2::text", 2, NULL, values, NULL, NULL, 0), "send", at);
}

static void receive_row(int at, int number)
{
    char expected[64];
    PGresult *result = expect(PGRES_TUPLES_OK, at);

    snprintf(expected, sizeof expected, "of client %d, query %d", client, at);
    if (atoi(PQgetvalue(result, 0, 0)) != 2 * number || strcmp(PQgetvalue(result, 0, 1), expected) != 0)
        fail("another's answer", at);
    PQclear(result);
    expect_end(at);
}

static void receive(int at, int number)
{
    /* The error aborts what follows it, up to the next Sync. */
    if (at == FAILING) {
        PQclear(expect(PGRES_FATAL_ERROR, at));
        expect_end(at);
    } else if (at > FAILING && at / SYNC_EVERY == FAILING / SYNC_EVERY) {
        PQclear(expect(PGRES_PIPELINE_ABORTED, at));
        expect_end(at);
    } else {
        receive_row(at, number);
    }
    if (at % SYNC_EVERY == SYNC_EVERY - 1)
        PQclear(expect(PGRES_PIPELINE_SYNC, at));
}

static void pipeline(int round)
{
    for (int at = 0; at < QUERIES; at++) {
        if (at == FAILING)
            check(PQsendQueryParams(connection, "SELECT 1/0", 0, NULL, NULL, NULL, NULL, 0), "send", at);
        else
            send_query(at, round * QUERIES + at);
        if (at % FLUSH_EVERY == 0)
            check(PQsendFlushRequest(connection), "flush request", at);
        if (at % SYNC_EVERY == SYNC_EVERY - 1)
            check(PQpipelineSync(connection), "sync", at);
    }
    for (int at = 0; at < QUERIES; at++)
        receive(at, round * QUERIES + at);
}

/* Answers that come because of a Flush alone, before any Sync. */
static void flushed(int round)
{
    for (int at = 0; at < 10; at++) {
        send_query(at, round + at);
        check(PQsendFlushRequest(connection), "flush request", at);
        check(PQflush(connection) == 0, "flush", at);
        receive_row(at, round + at);
    }
    check(PQpipelineSync(connection), "sync", 10);
    PQclear(expect(PGRES_PIPELINE_SYNC, 10));
}

static void transaction(int round)
{
    static const char *const statements[] = {"BEGIN", "INSERT INTO piped VALUES ($1::int, $2::int)", "COMMIT"};
    char text[2][32];
    const char *values[2] = {text[0], text[1]};

    snprintf(text[0], sizeof text[0], "%d", client);
    snprintf(text[1], sizeof text[1], "%d", round);
    for (int i = 0; i < 3; i++)
        check(PQsendQueryParams(connection, statements[i], i == 1 ? 2 : 0, NULL, values, NULL, NULL, 0), "send", i);
    check(PQpipelineSync(connection), "sync", 3);
    for (int i = 0; i < 3; i++) {
        PQclear(expect(PGRES_COMMAND_OK, i));
        expect_end(i);
    }
    PQclear(expect(PGRES_PIPELINE_SYNC, 3));
}

int main(int count, char **arguments)
{
    int rounds;

    if (count != 4) {
        fprintf(stderr, "usage: pipeline CONNINFO CLIENT ROUNDS\n");
        return 2;
    }
    client = atoi(arguments[2]);
    rounds = atoi(arguments[3]);
    connection = PQconnectdb(arguments[1]);
    if (PQstatus(connection) != CONNECTION_OK)
        fail("connect", 0);
    check(PQenterPipelineMode(connection), "enter pipeline mode", 0);
    check(PQsendPrepare(connection, "doubled", "SELECT 2 * $1::int, $2::text", 2, NULL), "prepare", 0);
    check(PQpipelineSync(connection), "sync", 0);
    PQclear(expect(PGRES_COMMAND_OK, 0));
    expect_end(0);
    PQclear(expect(PGRES_PIPELINE_SYNC, 0));
    for (int round = 0; round < rounds; round++) {
        pipeline(round);
        flushed(round);
        transaction(round);
    }
    check(PQexitPipelineMode(connection), "exit pipeline mode", 0);
    PQfinish(connection);
    puts("ok");
    return 0;
}
