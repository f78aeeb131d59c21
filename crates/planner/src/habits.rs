//! Functions of other query languages, and what serves in their place.

const FUNCTIONS: &[(&str, &str)] = &[
    ("array_agg", "`make_list()` gathers values, `make_set()` different ones"),
    ("cast", "`tolong()`, `tostring()`, `todatetime()` and so on convert values"),
    ("char_length", "`strlen()` gives the length of a text"),
    ("charindex", "`indexof()` finds a text in another"),
    ("concat", "`strcat()` joins texts"),
    ("convert", "`tolong()`, `tostring()`, `todatetime()` and so on convert values"),
    ("count_if", "`countif()` counts the rows of a condition"),
    ("date", "a time is written `datetime(2026-03-21)`; `startofday()` gives the day of one"),
    ("date_diff", "`datetime_diff('day', a, b)` counts what lies between times"),
    ("date_trunc", "`bin(a, 1h)` and `startofday()` round times down"),
    ("dateadd", "`datetime_add('day', 1, a)` moves a time, and so does `a + 1d`"),
    ("datediff", "`datetime_diff('day', a, b)` counts what lies between times"),
    ("distinct", "`dcount()` counts different values, `make_set()` gathers them"),
    ("first", "`arg_min(TimeGenerated, a)` gives the value of the first row, `take_any()` any"),
    ("getdate", "`now()` gives the present time"),
    ("getutcdate", "`now()` gives the present time"),
    ("group_concat", "`strcat_array(make_list(a), ',')` joins the texts of a group"),
    ("if", "`iff(condition, then, else)` chooses between values"),
    ("ifnull", "`coalesce()` gives the first value that is not missing"),
    ("instr", "`indexof()` finds a text in another"),
    ("json_extract", "`parse_json(a).key` reads a value out of JSON"),
    ("json_value", "`parse_json(a).key` reads a value out of JSON"),
    ("last", "`arg_max(TimeGenerated, a)` gives the value of the last row"),
    ("len", "`strlen()` gives the length of a text, `array_length()` that of an array"),
    ("length", "`strlen()` gives the length of a text, `array_length()` that of an array"),
    ("list", "`make_list()` gathers values"),
    ("lcase", "`tolower()` gives small letters"),
    ("mean", "`avg()` gives the average"),
    ("median", "`percentile(a, 50)` gives the median"),
    ("nunique", "`dcount()` counts different values"),
    ("nvl", "`coalesce()` gives the first value that is not missing"),
    ("regex_match", "`a matches regex @'…'` tests a text, `extract()` takes a part of it"),
    ("regexp_extract", "`extract(@'…', 1, a)` takes a part of a text"),
    ("regexp_replace", "`replace_regex()` replaces what a pattern finds"),
    ("row_num", "`row_number()` numbers rows behind `sort by` or `serialize`"),
    ("str_len", "`strlen()` gives the length of a text"),
    ("string_agg", "`strcat_array(make_list(a), ',')` joins the texts of a group"),
    ("strftime", "`format_datetime(a, 'yyyy-MM-dd')` prints a time"),
    ("strptime", "`todatetime()` reads a time"),
    ("substr", "`substring(a, 0, 3)` takes a part of a text, counted from 0"),
    ("to_date", "`todatetime()` reads a time"),
    ("to_timestamp", "`todatetime()` reads a time"),
    ("ucase", "`toupper()` gives capital letters"),
    ("values", "`make_set()` gathers different values"),
];

/// What serves in place of a function that is not there.
pub(crate) fn function(name: &str) -> Option<String> {
    let found = FUNCTIONS.iter().find(|(known, _)| name.eq_ignore_ascii_case(known));
    found.map(|(_, hint)| (*hint).to_string())
}

/// What a name that is none was meant for.
pub(crate) fn name(name: &str) -> Option<String> {
    if name.eq_ignore_ascii_case("null") {
        return Some(
            "a null has a type, as in `int(null)`; `isnull(a)` and `isempty(a)` test for one".to_string(),
        );
    }
    let weeks: i64 = name.strip_suffix('w')?.parse().ok()?;
    Some(format!("a week is seven days: `{}d`", weeks.checked_mul(7)?))
}
