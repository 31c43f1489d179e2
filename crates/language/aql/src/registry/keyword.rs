//! Clauses and operators, as a person looks them up.

use super::page::{CONDITIONS, OPERATORS, SELECT, SESSIONS, TIME};

/// A clause or operator.
#[derive(Debug, Clone, Copy)]
pub struct Keyword {
    /// Its words in upper case, such as `ORDER BY`.
    pub name: &'static str,
    /// How it is written.
    pub syntax: &'static str,
    /// What it does, in a sentence.
    pub meaning: &'static str,
    /// The vendor's page on it.
    pub page: &'static str,
}

const fn row(name: &'static str, syntax: &'static str, meaning: &'static str, page: &'static str) -> Keyword {
    Keyword { name, syntax, meaning, page }
}

/// All of them, clauses in the order in which they stand.
pub static KEYWORDS: &[Keyword] = &[
    row("SELECT", "SELECT item, ...", "What the result shows; `*` is QRadar's default columns.", SELECT),
    row("AS", "item AS name", "Names an item; the name may be used in every other clause.", SELECT),
    row("INTO", "INTO cursor", "Names the result for later requests; no effect here.", SELECT),
    row(
        "FROM",
        "FROM events | flows | simarc | GLOBALVIEW('search', 'NORMAL') | (SELECT ...)",
        "Where rows come from; audit logs are events, flows and simarc are empty here.",
        SELECT,
    ),
    row(
        "GLOBALVIEW",
        "FROM GLOBALVIEW('search', 'NORMAL' | 'HOURLY' | 'DAILY')",
        "The rows of a saved search: the query of that name under `[saved_search]` in quarry.toml.",
        SELECT,
    ),
    row("WHERE", "WHERE condition", "Which rows count; AND binds tighter than OR.", SELECT),
    row(
        "SESSION BY",
        "SESSION BY time values [EXPLICIT] BEGIN condition [[EXPLICIT] END condition] [TIMEOUT ms] [TIMEWINDOW n MINUTES]",
        "Numbers sessions in the column `sessionId`; each combination of the values has its own.",
        SESSIONS,
    ),
    row(
        "EXPLICIT",
        "EXPLICIT BEGIN condition | EXPLICIT END condition",
        "A session begins, or ends, only where the condition holds; neighbours imply nothing.",
        SESSIONS,
    ),
    row("BEGIN", "BEGIN condition", "Where a session begins; also after the end of another.", SESSIONS),
    row("TIMEOUT", "TIMEOUT milliseconds", "Ends a session so long after the event before.", SESSIONS),
    row(
        "TIMEWINDOW",
        "TIMEWINDOW n SECONDS | MINUTES | HOURS | DAYS",
        "Ends a session so long after its first event.",
        SESSIONS,
    ),
    row(
        "GROUP BY",
        "GROUP BY value, ...",
        "One row for each group; a field that is no key shows its first value as `FIRST_field`.",
        SELECT,
    ),
    row("HAVING", "HAVING condition", "Which groups count.", SELECT),
    row(
        "ORDER BY",
        "ORDER BY value [ASC | DESC], ...",
        "The order of rows; without it the newest come first.",
        SELECT,
    ),
    row("COLLATE", "ORDER BY value COLLATE 'locale'", "The order of a language; no effect here.", SELECT),
    row("LIMIT", "LIMIT n", "At most so many rows; stands before the time range.", SELECT),
    row("LAST", "LAST n MINUTES | HOURS | DAYS", "The time up to now.", TIME),
    row(
        "START",
        "START 'yyyy-MM-dd HH:mm' | milliseconds | PARSEDATETIME('1 day ago')",
        "When the time range begins, from the start of that minute.",
        TIME,
    ),
    row(
        "STOP",
        "STOP 'yyyy-MM-dd HH:mm' | milliseconds | PARSEDATETIME('now')",
        "When the time range ends: a whole minute is outside, any other instant takes its minute in.",
        TIME,
    ),
    row("PARAMETERS", "PARAMETERS name=value, ...", "Steers a QRadar deployment; no effect here.", SELECT),
    row(
        "LIKE",
        "text LIKE 'pattern'",
        "The whole text: `%` is any run, `_` one character; case counts.",
        OPERATORS,
    ),
    row("ILIKE", "text ILIKE 'pattern'", "As LIKE, in any case.", OPERATORS),
    row(
        "MATCHES",
        "text MATCHES 'regex'",
        "A Java regular expression is found in the text; case counts.",
        OPERATORS,
    ),
    row("IMATCHES", "text IMATCHES 'regex'", "As MATCHES, in any case.", OPERATORS),
    row(
        "IN",
        "value IN (value, ...) | value IN (SELECT ...)",
        "The value is one of a list or of a query's rows.",
        OPERATORS,
    ),
    row("BETWEEN", "value BETWEEN low AND high", "From low to high, both included.", OPERATORS),
    row(
        "IS NULL",
        "value IS [NOT] NULL",
        "The value is not there; addresses and ports are zero instead.",
        OPERATORS,
    ),
    row(
        "TEXT SEARCH",
        "TEXT SEARCH 'words'",
        "The payload holds the words, in any case, with AND and OR.",
        OPERATORS,
    ),
    row("AND", "condition AND condition", "Both hold; binds tighter than OR.", OPERATORS),
    row("OR", "condition OR condition", "One holds; AND binds tighter.", OPERATORS),
    row("NOT", "NOT condition", "The condition is false; unknown stays unknown.", OPERATORS),
    row(
        "CASE",
        "CASE WHEN condition THEN value ELSE value END",
        "The value of the first condition that holds.",
        CONDITIONS,
    ),
    row("IF", "IF condition THEN value ELSE value", "One value or the other; without END.", CONDITIONS),
];
