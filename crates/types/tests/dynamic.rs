//! Dynamic values: access, text, conversion.

use kql_types::dynamic::{self, ArrayWriter, BagWriter, JsonKind, PathStep};

#[test]
fn keys() {
    let cases = [
        (r#"{"a":1}"#, "a", Some("1")),
        (r#" { "a" : { "b" : [1, "}"] } , "c" : "x" } "#, "a", Some(r#"{ "b" : [1, "}"] }"#)),
        (r#" { "a" : { "b" : [1, "}"] } , "c" : "x" } "#, "c", Some(r#""x""#)),
        (r#" { "a" : { "b" : [1, "}"] } , "c" : "x" } "#, "b", None),
        (r#"{"a":1,"a":2}"#, "a", Some("2")),
        (r#"{"a b":1,"\u0061\"c":2}"#, "a\"c", Some("2")),
        (r#"{"a":null}"#, "a", Some("null")),
        (r#"{"":7}"#, "", Some("7")),
        (r#"{"a":"x\\"}"#, "a", Some(r#""x\\""#)),
        (r#"{"a":"long enough to pass the near scan \" and on","b":2}"#, "b", Some("2")),
        (r#"[1]"#, "a", None),
        ("{}", "a", None),
        (r#""a""#, "a", None),
        (r#"{"a""#, "a", None),
        (r#"{"a":"#, "a", None),
        (r#"{"a":"x"#, "a", None),
        (r#"{a:1}"#, "a", None),
        ("", "a", None),
        ("é{", "a", None),
    ];
    for (json, key, expected) in cases {
        assert_eq!(dynamic::get_key(json, key), expected, "{json} {key}");
    }
}

#[test]
fn positions_and_paths() {
    let json = r#"[1, [2,3], {"a":[4,null]}, "x,y"]"#;
    for (index, expected) in [
        (0, Some("1")),
        (1, Some("[2,3]")),
        (3, Some(r#""x,y""#)),
        (4, None),
        (-1, Some(r#""x,y""#)),
        (-4, Some("1")),
    ] {
        assert_eq!(dynamic::get_index(json, index), expected, "{index}");
    }
    assert_eq!(dynamic::get_index(json, -5), None);
    assert_eq!(dynamic::get_index(json, i64::MIN), None);
    assert_eq!(dynamic::get_index("{}", 0), None);
    let path = [PathStep::Index(2), PathStep::Key("a"), PathStep::Index(0)];
    assert_eq!(dynamic::get_path(json, &path), Some("4"));
    let path = [PathStep::Index(2), PathStep::Key("a"), PathStep::Index(-1)];
    assert_eq!(dynamic::get_path(json, &path), None);
    for (json, length) in [
        (json, Some(4)),
        ("[]", Some(0)),
        (" [ ] ", Some(0)),
        ("[1,]", None),
        ("[1", None),
        ("{}", None),
        ("[1] x", None),
    ] {
        assert_eq!(dynamic::array_length(json), length, "{json}");
    }
}

#[test]
fn nothing_panics_on_broken_text() {
    let json = r#" {"a\u00e9\"\ud83d":[1,-2.5e3,true,null,{"é":"\\"}],"b":"ü"} "#;
    for start in (0..json.len()).filter(|at| json.is_char_boundary(*at)) {
        for end in (start..=json.len()).filter(|at| json.is_char_boundary(*at)) {
            let part = &json[start..end];
            let _ = (dynamic::get_key(part, "b"), dynamic::get_index(part, -1), dynamic::array_length(part));
            let _ = (
                dynamic::kind(part),
                dynamic::type_name(part),
                dynamic::tostring(part),
                dynamic::unquote(part),
            );
            let _ = (dynamic::canonical(part), dynamic::sorted(part), dynamic::parse_json(part));
            let _ = (dynamic::to_long(part), dynamic::to_datetime(part), dynamic::to_decimal(part));
        }
    }
    let deep = "[".repeat(100_000);
    assert_eq!(dynamic::canonical(&deep), deep);
    assert_eq!(dynamic::get_index(&deep, 0), None);
    assert!(!dynamic::is_json(&deep));
}

#[test]
fn gettype() {
    let cases = [
        ("[1]", "array"),
        (r#"{"a":1}"#, "dictionary"),
        ("null", "null"),
        ("1", "long"),
        (r#""s""#, "string"),
        ("1.5", "double"),
        ("true", "bool"),
        ("9223372036854775808", "double"),
    ];
    for (json, expected) in cases {
        assert_eq!(dynamic::type_name(json), expected, "{json}");
    }
    assert_eq!(dynamic::kind(" -1"), Some(JsonKind::Number));
    assert_eq!(dynamic::kind("nothing"), None);
}

#[test]
fn tostring() {
    let cases = [
        (r#""s""#, "s"),
        ("true", "true"),
        ("null", ""),
        ("2.5", "2.5"),
        ("1", "1"),
        (r#" { "a" : 1, "b":[ 10, 20 ] } "#, r#"{"a":1,"b":[10,20]}"#),
        ("[-73.949247, 40.796860,50.0,1e2]", "[-73.949247,40.79686,50.0,100.0]"),
        (r#"{"value":118.0}"#, r#"{"value":118.0}"#),
        (r#"["\/","\u00e9","\ud83d\ude00","\n"]"#, r#"["/","é","😀","\n"]"#),
        (r#""a\"b\\c\/\u0041\n\ud83d""#, "a\"b\\c/A\n\u{fffd}"),
        (r#"{"d":"2020-01-05"}"#, r#"{"d":"2020-01-05"}"#),
        ("not json", "not json"),
        ("[1, 2", "[1, 2"),
    ];
    for (json, expected) in cases {
        assert_eq!(dynamic::tostring(json), expected, "{json}");
    }
    let mut out = String::new();
    dynamic::quote("a\"\\\n\u{1}é/", &mut out);
    assert_eq!(out, "\"a\\\"\\\\\\n\\u0001é/\"");
    assert_eq!(dynamic::unquote(&out), "a\"\\\n\u{1}é/");
}

#[test]
fn dynamic_to_json_sorts_keys() {
    let json = r#"{"Y10":{},"X8":{"c3":1,"d8":5,"a4":6},"D1":114,"A1":12,"B1":2,"C1":3,"A14":[15, 13, 18]}"#;
    let expected =
        r#"{"A1":12,"A14":[15,13,18],"B1":2,"C1":3,"D1":114,"X8":{"a4":6,"c3":1,"d8":5},"Y10":{}}"#;
    assert_eq!(dynamic::sorted(json), expected);
}

#[test]
fn canonical_texts_of_equal_values_are_equal() {
    for (a, b) in [
        ("1", "1.0"),
        ("[1,100]", "[ 1.0, 1e2 ]"),
        (r#"{"a":1,"b":2}"#, r#"{"b":2, "a":1.0}"#),
        (r#"{"a":1,"a":2}"#, r#"{"a":2}"#),
        (r#""\u0061""#, r#""a""#),
        ("-0", "0"),
    ] {
        assert_eq!(dynamic::canonical(a), dynamic::canonical(b));
    }
    for (a, b) in [("1", "1.5"), (r#""1""#, "1"), ("[1,2]", "[2,1]"), (r#"{"a":1}"#, r#"{"A":1}"#)] {
        assert_ne!(dynamic::canonical(a), dynamic::canonical(b));
    }
}

#[test]
fn parse_json() {
    let cases = [
        (r#" {"a": 1} "#, Some(r#"{"a": 1}"#)),
        ("21", Some("21")),
        (r#""21""#, Some(r#""21""#)),
        ("null", None),
        ("", None),
        ("abc", Some(r#""abc""#)),
        ("{'a':1}", Some(r#""{'a':1}""#)),
        (r#"{"a":1"#, Some(r#""{\"a\":1""#)),
        ("1 2", Some(r#""1 2""#)),
    ];
    for (text, expected) in cases {
        assert_eq!(dynamic::parse_json(text).as_deref(), expected, "{text}");
    }
}

#[test]
fn totimespan_of_a_dynamic() {
    let cases = [
        ("10", Some(10)),
        ("-10", Some(-10)),
        ("20.5", Some(20)),
        ("false", Some(0)),
        (r#""01:00:00""#, Some(36_000_000_000)),
        (r#"" 1.00:00:00 ""#, Some(864_000_000_000)),
        (r#""abc""#, None),
        ("[1]", None),
        (r#"{"a":1}"#, None),
        ("null", None),
    ];
    for (json, expected) in cases {
        assert_eq!(dynamic::to_timespan(json), expected, "{json}");
    }
}

#[test]
fn mv_expand_to_a_type() {
    let array = r#"[1, 2.5, -2.5, "2", true, null]"#;
    let items = || dynamic::elements(array);
    assert_eq!(
        items().map(dynamic::expand_to_long).collect::<Vec<_>>(),
        [Some(1), Some(2), Some(-2), None, None, None]
    );
    assert_eq!(
        items().map(dynamic::expand_to_int).collect::<Vec<_>>(),
        [Some(1), Some(2), Some(-2), None, None, None]
    );
    assert_eq!(
        items().map(dynamic::expand_to_real).collect::<Vec<_>>(),
        [Some(1.0), Some(2.5), Some(-2.5), None, None, None]
    );
    assert_eq!(items().map(dynamic::tostring).collect::<Vec<_>>(), ["1", "2.5", "-2.5", "2", "true", ""]);
    assert_eq!(
        items().map(dynamic::expand_to_bool).collect::<Vec<_>>(),
        [Some(true), None, None, None, Some(true), None]
    );
}

#[test]
fn conversions_of_strings_inside() {
    assert_eq!(dynamic::to_long(r#""0x10""#), Some(16));
    assert_eq!(dynamic::to_int("9999999999"), Some(1_410_065_407));
    assert_eq!(dynamic::to_real(r#""1.5""#), Some(1.5));
    assert_eq!(dynamic::to_bool("0"), Some(false));
    assert_eq!(dynamic::to_datetime(r#""1970-01-01""#), Some(kql_types::datetime::UNIX_EPOCH_TICKS));
    assert_eq!(dynamic::to_decimal("0.1"), kql_types::decimal::parse("0.1"));
    assert!(dynamic::to_guid(r#""74be27de-1e4e-49d9-b579-fe0b331d3642""#).is_some());
    assert_eq!(dynamic::to_guid("1"), None);
}

#[test]
fn building() {
    let mut array = ArrayWriter::new();
    array.push(Some("1"));
    array.push(None);
    array.push_string("a\"b");
    assert_eq!(array.finish(), r#"[1,null,"a\"b"]"#);
    assert_eq!(ArrayWriter::new().finish(), "[]");
    let mut bag = BagWriter::new();
    bag.set("a", Some("1"));
    bag.set_if_absent("a", Some("2"));
    bag.set("b", None);
    bag.set("a", Some("3"));
    assert_eq!(bag.finish(), r#"{"a":3,"b":null}"#);
}
