-- What the statements of corpus.txt are about. Made on a real server by the test that runs them.
CREATE SCHEMA app;
CREATE TABLE accounts (aid int PRIMARY KEY, bid int, abalance int, filler text);
INSERT INTO accounts SELECT n, n % 10, 0, '' FROM generate_series(1, 1000) n;
CREATE TABLE customers (id int PRIMARY KEY, name text, email text, "Mixed Case" text, "update" int, "select" int);
INSERT INTO customers SELECT n, 'name ' || n, n || '@example.com', 'x', 1, 2 FROM generate_series(1, 20) n;
CREATE TABLE app.orders (id int PRIMARY KEY, customer_id int, total numeric(10, 2), placed timestamptz DEFAULT now(), state text, tags text[],
    doc jsonb, during tstzrange, words tsvector);
INSERT INTO app.orders SELECT n, n % 20 + 1, n, now(), 'new', ARRAY['a', 'b'], '{"a": {"b": [1, 2, 3]}}', tstzrange(now(), NULL),
    to_tsvector('english', 'a quick fox') FROM generate_series(1, 50) n;
CREATE TABLE tree (id int PRIMARY KEY, parent int);
INSERT INTO tree VALUES (1, NULL), (2, 1), (3, 1), (4, 2);
CREATE TABLE quiet (n int);

CREATE SEQUENCE ticket_seq;
CREATE UNLOGGED TABLE scratch (n int);
CREATE FUNCTION add_tax(numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT $1 * 1.19';
CREATE FUNCTION order_count() RETURNS bigint LANGUAGE sql STABLE AS 'SELECT count(*) FROM app.orders';
CREATE FUNCTION app.order_total(int) RETURNS numeric LANGUAGE sql STABLE AS 'SELECT sum(total) FROM app.orders WHERE customer_id = $1';
CREATE FUNCTION unlabelled(int) RETURNS int LANGUAGE sql AS 'SELECT $1 + 1';
CREATE FUNCTION app.take_ticket() RETURNS bigint LANGUAGE sql VOLATILE AS 'SELECT nextval(''ticket_seq'')';
CREATE FUNCTION app.touch(int) RETURNS void LANGUAGE sql VOLATILE AS 'UPDATE app.orders SET state = state WHERE id = $1';
CREATE FUNCTION mixed(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1';
CREATE FUNCTION mixed(text) RETURNS text LANGUAGE sql VOLATILE AS 'SELECT $1';
CREATE FUNCTION either() RETURNS int LANGUAGE sql STABLE AS 'SELECT 1';
CREATE FUNCTION app.either() RETURNS int LANGUAGE sql VOLATILE AS 'SELECT nextval(''ticket_seq'')::int';
CREATE FUNCTION with_default(int, bigint DEFAULT nextval('ticket_seq')) RETURNS bigint LANGUAGE sql STABLE AS 'SELECT $2';
CREATE FUNCTION "Odd Name"(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1';
CREATE FUNCTION "Odd ""Write"""(int) RETURNS bigint LANGUAGE sql VOLATILE AS 'SELECT nextval(''ticket_seq'')';
CREATE FUNCTION next_of(customers) RETURNS bigint LANGUAGE sql VOLATILE AS 'SELECT nextval(''ticket_seq'')';
CREATE FUNCTION label_of(customers) RETURNS text LANGUAGE sql STABLE AS 'SELECT $1.name';
CREATE FUNCTION counting_step(bigint, int) RETURNS bigint LANGUAGE sql VOLATILE AS 'SELECT nextval(''ticket_seq'')';
CREATE AGGREGATE counting(int) (SFUNC = counting_step, STYPE = bigint, INITCOND = '0');
CREATE AGGREGATE plain_total(int) (SFUNC = int4pl, STYPE = int, INITCOND = '0');
CREATE FUNCTION drawing(int, int) RETURNS bigint LANGUAGE sql VOLATILE AS 'SELECT nextval(''ticket_seq'')';
CREATE OPERATOR app.<<+>> (LEFTARG = int, RIGHTARG = int, FUNCTION = drawing);
CREATE OPERATOR app.<+> (LEFTARG = int, RIGHTARG = int, FUNCTION = int4pl);
CREATE FUNCTION is_drawn(int) RETURNS boolean LANGUAGE sql VOLATILE AS 'SELECT nextval(''ticket_seq'') > 0';
CREATE DOMAIN drawn AS int CHECK (is_drawn(VALUE));
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE TYPE money_pair AS (amount int, tax int);
CREATE FUNCTION pair_of(int) RETURNS money_pair LANGUAGE sql VOLATILE AS 'SELECT nextval(''ticket_seq'')::int, $1';
CREATE CAST (int AS money_pair) WITH FUNCTION pair_of(int);

CREATE VIEW big_orders AS SELECT id, add_tax(total) AS total FROM app.orders WHERE total > 10;
CREATE VIEW tickets AS SELECT nextval('ticket_seq') AS ticket;
CREATE VIEW more_tickets AS SELECT ticket FROM tickets WHERE ticket > 0;
CREATE VIEW locked_orders AS SELECT id FROM app.orders FOR UPDATE;
CREATE VIEW busy AS SELECT pid, state FROM pg_stat_activity;
CREATE VIEW scratch_view AS SELECT n FROM scratch;
CREATE VIEW chances AS SELECT random() AS chance;
CREATE MATERIALIZED VIEW ticket_snapshot AS SELECT count(*) AS tickets FROM app.orders WHERE order_count() > 0;
CREATE TABLE guarded (n int);
ALTER TABLE guarded ENABLE ROW LEVEL SECURITY;
CREATE POLICY guard ON guarded USING (is_drawn(n));
