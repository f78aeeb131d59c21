//! Words of other query languages, and what is written for them here.

/// Words after a pipe.
const OPERATORS: &[(&str, &str)] = &[
    ("aggregate", "`summarize count() by a` groups rows"),
    (
        "dedup",
        "`distinct a` keeps different values, `summarize arg_max(TimeGenerated, *) by a` the last row of each",
    ),
    ("drop", "`project-away a` leaves columns out"),
    ("eval", "`extend a = …` adds columns"),
    ("explode", "`mv-expand a` makes a row of each element"),
    ("fields", "`project a, b` chooses columns"),
    ("group", "`summarize count() by a` groups rows"),
    ("groupby", "`summarize count() by a` groups rows"),
    ("having", "a condition on groups is another `where` behind `summarize`"),
    ("head", "`take 10` keeps some rows, `top 10 by a` the first of an order"),
    ("orderby", "`sort by a desc` orders rows"),
    ("rename", "`project-rename new = old` names columns anew"),
    ("rex", "`parse a with …` and `extract()` take texts apart"),
    ("select", "`project a, b` chooses columns"),
    ("stats", "`summarize count() by a` groups rows"),
    ("unnest", "`mv-expand a` makes a row of each element"),
];

/// Words that go on an expression.
const INFIX: &[(&str, &str)] = &[
    ("ascending", "an order is `asc` or `desc`"),
    ("contains_all", "to look for several words, write `has_all (…)`"),
    ("contains_any", "to look for several words, write `has_any (…)`"),
    ("descending", "an order is `asc` or `desc`"),
    ("group", "`| summarize count() by a` groups rows"),
    ("having", "a condition on groups is another `| where` behind `summarize`"),
    ("is", "`isnull(a)` and `isempty(a)` test for missing values, `isnotempty(a)` for others"),
    ("matches", "the operator is `matches regex`"),
    ("order", "rows are ordered by `| sort by a desc`"),
    ("regexp", "the operator is `matches regex`"),
    ("rlike", "the operator is `matches regex`"),
];

/// What to write for an operator's name.
pub(crate) fn operator(word: &str) -> Option<&'static str> {
    find(OPERATORS, word)
}

/// What to write for a word behind a value.
pub(crate) fn infix(word: &str) -> Option<&'static str> {
    find(INFIX, word)
}

fn find(words: &[(&str, &'static str)], word: &str) -> Option<&'static str> {
    words.iter().find(|(known, _)| word.eq_ignore_ascii_case(known)).map(|(_, hint)| *hint)
}
