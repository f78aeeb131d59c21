//! Where a file with several queries is split.

use kql_parser::split;

fn check(text: &str, expected: &[&str]) {
    let found: Vec<&str> = split(text).into_iter().map(|span| span.of(text)).collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn blank_lines_separate() {
    check("T\n| take 5\n\nU\n| take 6\n", &["T\n| take 5", "U\n| take 6"]);
    check("T\n \t\n\n\nU", &["T", "U"]);
    check("T\r\n\r\nU\r\n", &["T", "U"]);
    check("\n\n  T | count  \n\n", &["T | count"]);
    check("", &[]);
    check("// nothing\n\n// at all", &[]);
}

#[test]
fn unfinished_queries_go_on() {
    check("T\n\n| take 5", &["T\n\n| take 5"]);
    check("T |\n\ntake 5", &["T |\n\ntake 5"]);
    check("let a = 1;\n\nT | where b == a", &["let a = 1;\n\nT | where b == a"]);
    check("T | project a,\n\nb", &["T | project a,\n\nb"]);
    check("T | where a in (1,\n\n2\n\n)\n\nU", &["T | where a in (1,\n\n2\n\n)", "U"]);
    check("let f = () {\n\nT\n\n};\n\nf()", &["let f = () {\n\nT\n\n};\n\nf()"]);
    check("T\n| where a\n\nand b", &["T\n| where a\n\nand b"]);
}

#[test]
fn comments_belong_to_the_next_query() {
    check("// one\nT\n\n// two\n// three\nU", &["// one\nT", "// two\n// three\nU"]);
    check("T // first\n\nU // second", &["T", "U"]);
    check("T\n// between\n| take 5", &["T\n// between\n| take 5"]);
    check("T\n// after\n\nU", &["T", "U"]);
    check("T\n\n// about the pipe\n\n| take 5", &["T\n\n// about the pipe\n\n| take 5"]);
    check("// title\n\nT", &["// title\n\nT"]);
}

#[test]
fn strings_hide_what_is_in_them() {
    check("print ```\n\nU\n\n```\n\nV", &["print ```\n\nU\n\n```", "V"]);
    check("print '// (' \n\nU", &["print '// ('", "U"]);
}
