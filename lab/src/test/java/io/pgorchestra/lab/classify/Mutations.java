package io.pgorchestra.lab.classify;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes new texts of the corpus' statements: cut in the middle, put together, with pieces that write among them. */
final class Mutations {

    private static final Pattern PIECE = Pattern.compile("\\w+|\\s+|'[^']*'|\"[^\"]*\"|.", Pattern.DOTALL);

    /** What a classifier might overlook. */
    private static final List<String> DANGEROUS = List.of(
            " nextval('ticket_seq') ",
            ", nextval('ticket_seq')",
            ", nextval('ticket_seq') AS n(a)",
            "app.take_ticket()",
            " FROM app.take_ticket() AS t(a)",
            ", (SELECT setval('ticket_seq', 5)) ",
            " INTO made ",
            " FOR UPDATE",
            "FOR SHARE ",
            "(INSERT INTO quiet VALUES (1) RETURNING n)",
            " UPDATE quiet SET n = 1 ",
            "WITH w AS (DELETE FROM quiet RETURNING n) ",
            "; DELETE FROM quiet; ",
            " OPERATOR(app.<<+>>) ",
            "(SELECT ticket FROM tickets)",
            "::drawn",
            "SELECT ",
            "EXPLAIN ANALYZE ",
            "WITH x AS (SELECT 1) ",
            " AS ",
            "(",
            ")",
            ", ",
            "'",
            "\"",
            "\\",
            "E'",
            "$$",
            "$a$",
            "/*",
            "*/",
            "--",
            "\n",
            ".",
            "U&'",
            "1",
            "= -");

    private final List<List<String>> statements = new ArrayList<>();
    private final Random random;

    Mutations(List<CorpusStatement> statements, Random random) {
        this.random = random;
        for (CorpusStatement statement : statements) {
            this.statements.add(pieces(statement.sql()));
        }
    }

    private static List<String> pieces(String sql) {
        List<String> pieces = new ArrayList<>();
        Matcher matcher = PIECE.matcher(sql);
        while (matcher.find()) {
            pieces.add(matcher.group());
        }
        return pieces;
    }

    String next() {
        List<String> pieces = new ArrayList<>(any());
        for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
            change(pieces);
        }
        return String.join("", pieces);
    }

    private void change(List<String> pieces) {
        int at = random.nextInt(pieces.size() + 1);
        switch (random.nextInt(5)) {
            case 0 ->
                pieces.subList(at, Math.min(pieces.size(), at + 1 + random.nextInt(3)))
                        .clear();
            case 1 -> pieces.addAll(at, part(any()));
            default -> pieces.add(at, DANGEROUS.get(random.nextInt(DANGEROUS.size())));
        }
    }

    private List<String> any() {
        return statements.get(random.nextInt(statements.size()));
    }

    private List<String> part(List<String> pieces) {
        int from = random.nextInt(pieces.size() + 1);
        int to = random.nextInt(pieces.size() + 1);
        return List.copyOf(pieces.subList(Math.min(from, to), Math.max(from, to)));
    }
}
