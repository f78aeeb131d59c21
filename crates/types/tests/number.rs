//! Numbers, decimals and guids: text and conversions.

use kql_types::{decimal, guid, number};

#[test]
fn tobool_of_a_text() {
    let cases = [
        ("true", Some(true)),
        ("TRUE", Some(true)),
        ("\ttrue", Some(true)),
        ("false", Some(false)),
        ("2", Some(true)),
        ("-1", Some(true)),
        ("0", Some(false)),
        ("yes", None),
        ("1.5", None),
        ("0.0", None),
        ("", None),
    ];
    for (text, expected) in cases {
        assert_eq!(number::parse_bool(text), expected, "{text}");
    }
}

#[test]
fn tolong_of_a_text() {
    let cases = [
        ("2", Some(2)),
        ("-3", Some(-3)),
        ("+5", Some(5)),
        (" 7 ", Some(7)),
        ("012", Some(12)),
        ("0x10", Some(16)),
        ("0xFFFFFFFF", Some(4_294_967_295)),
        ("0xFFFFFFFFFFFFFFFF", Some(-1)),
        ("0x8000000000000000", Some(i64::MIN)),
        ("-9223372036854775808", Some(i64::MIN)),
        ("5.7", None),
        (".5", None),
        ("1e3", None),
        ("xx", None),
        ("", None),
        ("0x", None),
        ("0x-1", None),
        ("9223372036854775808", None),
        ("0x1FFFFFFFFFFFFFFFF", None),
    ];
    for (text, expected) in cases {
        assert_eq!(number::parse_long(text), expected, "{text}");
    }
}

#[test]
fn ints_wrap_from_hexadecimal_and_from_longs() {
    let cases = [
        ("0x10", Some(16)),
        ("0xFFFFFFFF", Some(-1)),
        ("010", Some(10)),
        ("-2147483648", Some(i32::MIN)),
        ("1.5", None),
    ];
    for (text, expected) in cases {
        assert_eq!(number::parse_int(text), expected, "{text}");
    }
    assert_eq!(number::long_to_int(9_999_999_999), 1_410_065_407);
    assert_eq!(number::long_to_int(864_000_000_000), 711_573_504);
    assert_eq!(number::long_to_int(637_134_336_000_000_000), -1_954_807_808);
    assert_eq!(number::real_to_int(1e10), Some(i32::MAX));
    assert_eq!(number::real_to_long(-2.5), Some(-2));
    assert_eq!(number::real_to_long(f64::NAN), None);
    assert_eq!(number::real_to_long(f64::INFINITY), None);
}

#[test]
fn reals_as_text() {
    let cases = [
        (2.5, "2.5", "2.5"),
        (-2.5, "-2.5", "-2.5"),
        (5.0, "5", "5.0"),
        (0.1, "0.1", "0.1"),
        (1e20, "1E+20", "100000000000000000000.0"),
        (1e22, "1E+22", "1e22"),
        (1.5e300, "1.5E+300", "1.5e300"),
        (0.0001, "0.0001", "0.0001"),
        (0.00000001, "1E-08", "1e-8"),
        (32.15620994567871, "32.15620994567871", "32.15620994567871"),
        (40.764323000000005, "40.764323000000005", "40.764323000000008"),
        (-0.000001, "-1E-06", "-0.000001"),
        (1e21, "1E+21", "1e21"),
        (123456789012345680000.0, "1.2345678901234568E+20", "123456789012345680000.0"),
        (0.0, "0", "0.0"),
        (f64::MAX, "1.7976931348623157E+308", "1.7976931348623157e308"),
        (5e-324, "5E-324", "5e-324"),
        (f64::NAN, "NaN", "\"NaN\""),
        (f64::INFINITY, "inf", "\"Infinity\""),
        (f64::NEG_INFINITY, "-inf", "\"-Infinity\""),
    ];
    for (value, text, json) in cases {
        assert_eq!(number::real_text(value), text);
        let mut out = String::new();
        number::write_json_real(value, &mut out);
        assert_eq!(out, json);
    }
    assert_eq!(number::parse_real(" 123.4 "), Some(123.4));
    assert_eq!(number::parse_real("-inf"), Some(f64::NEG_INFINITY));
    assert_eq!(number::parse_real("1,5"), None);
}

#[test]
fn decimals() {
    let cases = [
        ("123.45678", Some("123.45678")),
        ("1.0", Some("1")),
        ("1e5", Some("100000")),
        ("-0.5", Some("-0.5")),
        (".5", Some("0.5")),
        ("5.", Some("5")),
        ("1e-18", Some("0.000000000000000001")),
        ("5e-19", Some("0.000000000000000001")),
        ("4e-19", Some("0")),
        ("1e-400", Some("0")),
        ("99999999999999999999", Some("99999999999999999999")),
        ("100000000000000000000", None),
        ("1e400", None),
        ("", None),
        (".", None),
        ("-", None),
        ("1.5x", None),
        ("é", None),
    ];
    for (text, expected) in cases {
        assert_eq!(decimal::parse(text).map(decimal::to_text).as_deref(), expected, "{text}");
    }
    let of = |text| decimal::parse(text).unwrap_or(i128::MAX);
    assert_eq!(decimal::divide(of("7"), of("2")), Some(of("3.5")));
    assert_eq!(decimal::divide(of("-2"), of("3")), Some(of("-0.666666666666666667")));
    assert_eq!(decimal::divide(of("1"), 0), None);
    assert_eq!(decimal::multiply(of("1000000000.5"), of("2000")), Some(of("2000000001000")));
    assert_eq!(decimal::multiply(of("1e15"), of("1e15")), None);
    assert_eq!(decimal::from_real(0.1), Some(of("0.1")));
    assert_eq!(decimal::from_real(f64::NAN), None);
    assert_eq!(decimal::to_real(of("123.45678")), 123.45678);
    assert_eq!(decimal::to_long(of("-2.9")), Some(-2));
}

#[test]
fn guids() {
    let cases = [
        ("0123456789abcdef0123456789abcdef", Some("01234567-89ab-cdef-0123-456789abcdef")),
        ("0123456789ab-cdef-0123-456789abcdef", Some("01234567-89ab-cdef-0123-456789abcdef")),
        ("74BE27DE-1E4E-49D9-B579-FE0B331D3642", Some("74be27de-1e4e-49d9-b579-fe0b331d3642")),
        ("74be27de-1e4e-49d9-b579-fe0b331d3642 and more", Some("74be27de-1e4e-49d9-b579-fe0b331d3642")),
        ("a string that is not a guid", None),
        ("74be27de1-e4e-49d9-b579-fe0b331d3642", None),
        ("74be27de", None),
        ("", None),
    ];
    for (text, expected) in cases {
        assert_eq!(guid::parse(text).map(|guid| guid::to_text(&guid)).as_deref(), expected, "{text}");
    }
    let dotnet =
        [0x26, 0x96, 0xe9, 0x10, 0x2b, 0xbc, 0x75, 0x4c, 0xbb, 0x3e, 0xfe, 0x60, 0x6d, 0xe2, 0x57, 0x00];
    assert_eq!(guid::to_text(&guid::swap_dotnet_order(dotnet)), "10e99626-bc2b-4c75-bb3e-fe606de25700");
}

#[test]
fn json_reals_read_back() {
    let mut state = 88_172_645_463_325_252_u64;
    for _ in 0..200_000 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let value = f64::from_bits(state);
        if value.is_finite() {
            let mut out = String::new();
            number::write_json_real(value, &mut out);
            assert_eq!(out.parse::<f64>().map(f64::to_bits), Ok(value.to_bits()), "{out}");
        }
    }
}
