//! Kernels against naive spellings of their rules, a test a family.

use datafusion::common::ScalarValue;
use kql_functions::{Typed, operator};
use kql_types::ScalarType;
use proptest::prelude::*;

use super::values::{
    DAY, LAST_TICK, call, config, datetime, dynamic, literal, long, longs, real, reals, spans, text, texts,
    ticks, timespan,
};

fn long_of(name: &str, args: Vec<Typed>) -> Option<i64> {
    match call(name, args).unwrap() {
        ScalarValue::Int64(value) => value,
        ScalarValue::Int32(value) => value.map(i64::from),
        other => panic!("{name}() gave {other:?}"),
    }
}

fn real_of(name: &str, args: Vec<Typed>) -> Option<f64> {
    match call(name, args).unwrap() {
        ScalarValue::Float64(value) => value,
        other => panic!("{name}() gave {other:?}"),
    }
}

/// A string, or the JSON text of a dynamic.
fn text_of(name: &str, args: Vec<Typed>) -> Option<String> {
    match call(name, args).unwrap() {
        ScalarValue::Utf8View(value) => value,
        other => panic!("{name}() gave {other:?}"),
    }
}

fn bool_of(name: &str, args: Vec<Typed>) -> Option<bool> {
    match call(name, args).unwrap() {
        ScalarValue::Boolean(value) => value,
        other => panic!("{name}() gave {other:?}"),
    }
}

fn truth(op: &str, left: &str, right: &str) -> bool {
    let value = operator::binary(op, text(left), text(right)).unwrap().folded();
    matches!(value.literal(), Some(ScalarValue::Boolean(Some(true))))
}

fn json(values: &[i64]) -> String {
    let texts: Vec<String> = values.iter().map(i64::to_string).collect();
    format!("[{}]", texts.join(","))
}

fn arrays() -> impl Strategy<Value = Vec<i64>> {
    prop::collection::vec(-3..6_i64, 0..9)
}

fn close(a: f64, b: f64) -> bool {
    a == b || (a - b).abs() <= 1e-9 * a.abs().max(b.abs()) || (a.is_nan() && b.is_nan())
}

proptest! {
    #![proptest_config(config(32))]

    #[test]
    fn bin(value in -1_000_000_000_000_i64..1_000_000_000_000, size in -50..50_i64, ticks in ticks(), span in 1..3 * DAY) {
        let expected = (size != 0).then(|| (value as f64 / size as f64).floor() as i64 * size);
        prop_assert_eq!(long_of("bin", vec![long(value), long(size)]), expected);
        prop_assert_eq!(long_of("bin", vec![datetime(ticks), timespan(span)]), Some(ticks / span * span));
    }

    #[test]
    fn convert(value in longs(), number in reals(), flag: bool) {
        prop_assert_eq!(text_of("tostring", vec![long(value)]), Some(value.to_string()));
        prop_assert_eq!(long_of("tolong", vec![text(&value.to_string())]), Some(value));
        prop_assert_eq!(long_of("tolong", vec![text(&format!(" {value} "))]), Some(value));
        // A long that does not fit an int wraps, a real is cut to the nearest int.
        prop_assert_eq!(long_of("toint", vec![long(value)]), Some(i64::from(value as i32)));
        prop_assert_eq!(bool_of("tobool", vec![long(value)]), Some(value != 0));
        prop_assert_eq!(text_of("tostring", vec![Typed::bool(flag)]).unwrap(), if flag { "True" } else { "False" });
        if number.is_finite() {
            let printed = text_of("tostring", vec![real(number)]).unwrap();
            prop_assert!(close(real_of("toreal", vec![text(&printed)]).unwrap(), number), "{}", printed);
        }
    }

    #[test]
    fn datetime_parts(ticks in ticks(), days in -400..400_i64) {
        let start = ticks - ticks % DAY;
        prop_assert_eq!(long_of("startofday", vec![datetime(ticks)]), Some(start));
        prop_assert_eq!(long_of("endofday", vec![datetime(ticks)]), Some(start + DAY - 1));
        // The first day of the year 1 is a Monday, and weeks begin on Sundays.
        prop_assert_eq!(long_of("dayofweek", vec![datetime(ticks)]), Some((ticks / DAY + 1) % 7 * DAY));
        prop_assert_eq!(long_of("hourofday", vec![datetime(ticks)]), Some(ticks % DAY / (DAY / 24)));
        let (mut year, mut rest) = (1, ticks / DAY);
        let leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        while rest >= 365 + i64::from(leap(year)) {
            rest -= 365 + i64::from(leap(year));
            year += 1;
        }
        prop_assert_eq!(long_of("getyear", vec![datetime(ticks)]), Some(year));
        prop_assert_eq!(long_of("dayofyear", vec![datetime(ticks)]), Some(rest + 1));
        let moved = ticks + days * DAY;
        let expected = (0..=LAST_TICK).contains(&moved).then_some(moved);
        prop_assert_eq!(long_of("datetime_add", vec![text("day"), long(days), datetime(ticks)]), expected);
    }

    #[test]
    fn timespans(span in spans()) {
        let printed = text_of("tostring", vec![timespan(span)]).unwrap();
        prop_assert_eq!(long_of("totimespan", vec![text(&printed)]), Some(span), "{}", printed);
        prop_assert_eq!(long_of("tolong", vec![timespan(span)]), Some(span));
    }

    #[test]
    fn geo(x in -179.0..179.0, y in -85.0..85.0, a in -179.0..179.0, b in -85.0..85.0, letters in 1..12_i64) {
        let rad = f64::to_radians;
        let half = |angle: f64| (angle / 2.0).sin().powi(2);
        let h = half(rad(b - y)) + rad(y).cos() * rad(b).cos() * half(rad(a - x));
        let expected = 2.0 * 6_371_010.0 * h.sqrt().min(1.0).asin();
        let distance = real_of("geo_distance_2points", vec![real(x), real(y), real(a), real(b)]).unwrap();
        prop_assert!((distance - expected).abs() < 1e-2, "{} {}", distance, expected);
        let hash = text_of("geo_point_to_geohash", vec![real(x), real(y), long(letters)]).unwrap();
        prop_assert_eq!(hash.len() as i64, letters);
        let longer = text_of("geo_point_to_geohash", vec![real(x), real(y), long(letters + 1)]).unwrap();
        prop_assert!(longer.starts_with(&hash));
        let cell = text_of("geo_point_to_s2cell", vec![real(x), real(y), long(letters)]).unwrap();
        let shape = text_of("geo_s2cell_to_polygon", vec![text(&cell)]).unwrap();
        prop_assert_eq!(bool_of("geo_point_in_polygon", vec![real(x), real(y), dynamic(&shape)]), Some(true));
        // The union of a cell with itself is the cell, and what it shares with itself, too.
        let union = text_of("geo_union_polygons_array", vec![dynamic(&format!("[{shape},{shape}]"))]).unwrap();
        let area = |json: &str| real_of("geo_polygon_area", vec![dynamic(json)]).unwrap();
        prop_assert!((area(&union) / area(&shape) - 1.0).abs() < 1e-6);
        let common = text_of("geo_intersection_2polygons", vec![dynamic(&shape), dynamic(&shape)]).unwrap();
        prop_assert!((area(&common) / area(&shape) - 1.0).abs() < 1e-6);
        let covering = text_of("geo_polygon_to_s2cells", vec![dynamic(&shape), long(letters)]).unwrap();
        prop_assert!(covering.contains(&format!("\"{cell}\"")), "{} {}", covering, cell);
    }

    #[test]
    fn ip(address: u32, network: u32, prefix in 0..33_u32, shared in 0..33_u32) {
        // Random addresses share no leading bits, so some are made to.
        let mask = |prefix: u32| u32::MAX.checked_shl(32 - prefix).unwrap_or(0);
        let address = network & mask(shared) | address & !mask(shared);
        let dotted = |bits: u32| bits.to_be_bytes().map(|byte| byte.to_string()).join(".");
        let expected = address & mask(prefix) == network & mask(prefix);
        let range = format!("{}/{prefix}", dotted(network));
        prop_assert_eq!(bool_of("ipv4_is_in_range", vec![text(&dotted(address)), text(&range)]), Some(expected));
        prop_assert_eq!(bool_of("ipv4_is_match", vec![text(&dotted(address)), text(&range)]), Some(expected));
        prop_assert_eq!(long_of("parse_ipv4", vec![text(&dotted(address))]), Some(i64::from(address)));
        prop_assert_eq!(text_of("format_ipv4", vec![long(i64::from(address))]), Some(dotted(address)));
        prop_assert_eq!(
            text_of("format_ipv4", vec![text(&dotted(address)), long(i64::from(prefix))]),
            Some(dotted(address & mask(prefix)))
        );
        let private = [(10 << 24, 8), (172 << 24 | 16 << 16, 12), (192 << 24 | 168 << 16, 16)];
        let expected = private.iter().any(|&(network, prefix): &(u32, u32)| address & mask(prefix) == network);
        prop_assert_eq!(bool_of("ipv4_is_private", vec![text(&dotted(address))]), Some(expected));
    }

    #[test]
    fn logic(flag in proptest::option::of(any::<bool>()), a in proptest::option::of(longs()), b in proptest::option::of(longs())) {
        let number = |value: Option<i64>| literal(ScalarValue::Int64(value), ScalarType::Long);
        let condition = literal(ScalarValue::Boolean(flag), ScalarType::Bool);
        // A null condition counts as false.
        let expected = if flag == Some(true) { a } else { b };
        prop_assert_eq!(long_of("iff", vec![condition.clone(), number(a), number(b)]), expected);
        prop_assert_eq!(long_of("coalesce", vec![number(a), number(b)]), a.or(b));
        prop_assert_eq!(bool_of("isnull", vec![number(a)]), Some(a.is_none()));
        prop_assert_eq!(bool_of("not", vec![condition]), flag.map(|flag| !flag));
        let least = [a, b].into_iter().flatten().min();
        prop_assert_eq!(long_of("min_of", vec![number(a), number(b)]), least);
    }

    #[test]
    fn math(a in longs(), b in longs(), number in reals()) {
        prop_assert_eq!(long_of("binary_and", vec![long(a), long(b)]), Some(a & b));
        prop_assert_eq!(long_of("binary_or", vec![long(a), long(b)]), Some(a | b));
        prop_assert_eq!(long_of("binary_xor", vec![long(a), long(b)]), Some(a ^ b));
        prop_assert_eq!(long_of("bitset_count_ones", vec![long(a)]), Some(i64::from(a.count_ones())));
        prop_assert_eq!(long_of("max_of", vec![long(a), long(b)]), Some(a.max(b)));
        prop_assert!(close(real_of("ceiling", vec![real(number)]).unwrap(), number.ceil()));
        prop_assert!(close(real_of("sqrt", vec![real(number)]).unwrap_or(f64::NAN), number.sqrt()));
        prop_assert_eq!(bool_of("isfinite", vec![real(number)]), Some(number.is_finite()));
        prop_assert_eq!(bool_of("isnan", vec![real(number)]), Some(number.is_nan()));
    }

    #[test]
    fn operators(a in longs(), b in longs(), x in texts(), y in texts()) {
        let number = |op: &str| {
            let value = operator::binary(op, long(a), long(b)).unwrap().folded();
            match value.literal() {
                Some(ScalarValue::Int64(value)) => *value,
                other => panic!("{op} gave {other:?}"),
            }
        };
        prop_assert_eq!(number("+"), Some(a.wrapping_add(b)));
        prop_assert_eq!(number("-"), Some(a.wrapping_sub(b)));
        prop_assert_eq!(number("*"), Some(a.wrapping_mul(b)));
        if b != 0 && !(a == i64::MIN && b == -1) {
            prop_assert_eq!(number("/"), Some(a / b));
            prop_assert_eq!(number("%"), Some(i64::try_from(i128::from(a).rem_euclid(i128::from(b).abs())).unwrap()));
        }
        prop_assert_eq!(truth("==", &x, &y), x == y);
        prop_assert_eq!(truth("contains_cs", &x, &y), x.contains(&y));
        prop_assert_eq!(truth("startswith_cs", &x, &y), x.starts_with(&y));
        prop_assert_eq!(truth("endswith_cs", &x, &y), x.ends_with(&y));
        if x.is_ascii() && y.is_ascii() {
            let (low, part) = (x.to_ascii_lowercase(), y.to_ascii_lowercase());
            prop_assert_eq!(truth("contains", &x, &y), low.contains(&part));
            prop_assert_eq!(truth("=~", &x, &y), low == part);
            // A needle of letters and digits alone is found where it is one of the runs of such.
            if !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                let expected = low.split(|c: char| !c.is_ascii_alphanumeric()).any(|term| term == part);
                prop_assert_eq!(truth("has", &x, &y), expected);
            }
        }
    }

    #[test]
    fn series(a in prop::collection::vec(-100..100_i64, 1..8), factor in -9..9_i64) {
        let other: Vec<i64> = a.iter().map(|value| value * factor).collect();
        let floats = |values: Vec<i64>| serde_json::to_string(&values.iter().map(|v| *v as f64).collect::<Vec<_>>()).unwrap();
        let sum: Vec<i64> = a.iter().zip(&other).map(|(a, b)| a + b).collect();
        let read = |text: Option<String>| -> Vec<f64> { serde_json::from_str(&text.unwrap()).unwrap() };
        prop_assert_eq!(
            read(text_of("series_add", vec![dynamic(&json(&a)), dynamic(&json(&other))])),
            serde_json::from_str::<Vec<f64>>(&floats(sum)).unwrap()
        );
        let dot: i64 = a.iter().zip(&other).map(|(a, b)| a * b).sum();
        prop_assert!(close(real_of("series_dot_product", vec![dynamic(&json(&a)), dynamic(&json(&other))]).unwrap(), dot as f64));
        prop_assert!(close(real_of("series_sum", vec![dynamic(&json(&a))]).unwrap(), a.iter().sum::<i64>() as f64));
    }

    #[test]
    fn string(source in texts(), other in texts(), start in 0..6_i64, length in 0..6_i64) {
        let chars: Vec<char> = source.chars().collect();
        prop_assert_eq!(long_of("strlen", vec![text(&source)]), Some(chars.len() as i64));
        prop_assert_eq!(long_of("string_size", vec![text(&source)]), Some(source.len() as i64));
        let part: String = chars.iter().skip(start as usize).take(length as usize).collect();
        prop_assert_eq!(text_of("substring", vec![text(&source), long(start), long(length)]), Some(part));
        let both = format!("{source}{other}");
        prop_assert_eq!(text_of("strcat", vec![text(&source), text(&other)]), Some(both));
        let place = (0..=chars.len()).find(|&at| chars[at..].iter().collect::<String>().starts_with(&other));
        prop_assert_eq!(long_of("indexof", vec![text(&source), text(&other)]), Some(place.map_or(-1, |at| at as i64)));
        if !other.is_empty() {
            // Matches of a text may overlap.
            let count = source.char_indices().filter(|(at, _)| source[*at..].starts_with(&other)).count();
            prop_assert_eq!(long_of("countof", vec![text(&source), text(&other)]), Some(count as i64));
            let parts: Vec<&str> = source.split(other.as_str()).collect();
            let split: Vec<String> =
                serde_json::from_str(&text_of("split", vec![text(&source), text(&other)]).unwrap()).unwrap();
            prop_assert_eq!(split, parts);
        }
        let order = match source.as_bytes().cmp(other.as_bytes()) {
            std::cmp::Ordering::Less => -1,
            std::cmp::Ordering::Equal => 0,
            std::cmp::Ordering::Greater => 1,
        };
        if source.is_ascii() && other.is_ascii() {
            prop_assert_eq!(long_of("strcmp", vec![text(&source), text(&other)]), Some(order));
        }
    }

    #[test]
    fn replace(source in texts(), lookup in texts(), rewrite in texts()) {
        if !lookup.is_empty() {
            let expected = source.replace(&lookup, &rewrite);
            prop_assert_eq!(text_of("replace_string", vec![text(&source), text(&lookup), text(&rewrite)]), Some(expected));
        }
        // One match is taken away, not a run of them.
        let expected = source.strip_prefix('a').unwrap_or(&source);
        prop_assert_eq!(text_of("trim_start", vec![text("a"), text(&source)]).unwrap(), expected);
        let quoted = text_of("regex_quote", vec![text(&lookup)]).unwrap();
        let matched = operator::binary("matches regex", text(&source), text(&quoted)).unwrap().folded();
        prop_assert_eq!(matched.literal(), Some(&ScalarValue::Boolean(Some(source.contains(&lookup)))));
    }

    #[test]
    fn parse(fields in prop::collection::vec("[a-z ,\"é]{0,5}", 1..5), address: u32) {
        let line: Vec<String> = fields.iter().map(|field| format!("\"{}\"", field.replace('"', "\"\""))).collect();
        let parsed: Vec<String> =
            serde_json::from_str(&text_of("parse_csv", vec![text(&line.join(","))]).unwrap()).unwrap();
        prop_assert_eq!(parsed, fields);
        let url = format!("https://host{address}.example:{}/p?q={address}", address % 65_536);
        let parsed: serde_json::Value =
            serde_json::from_str(&text_of("parse_url", vec![text(&url)]).unwrap()).unwrap();
        let host = format!("host{address}.example");
        prop_assert_eq!(parsed["Host"].as_str(), Some(host.as_str()));
        let query = address.to_string();
        prop_assert_eq!(parsed["Query Parameters"]["q"].as_str(), Some(query.as_str()));
    }

    #[test]
    fn encode(source in texts()) {
        let back = |there: &str, back: &str| {
            let coded = text_of(there, vec![text(&source)]).unwrap();
            text_of(back, vec![text(&coded)])
        };
        prop_assert_eq!(back("base64_encode_tostring", "base64_decode_tostring"), Some(source.clone()));
        prop_assert_eq!(back("url_encode_component", "url_decode"), Some(source.clone()));
        if !source.is_empty() {
            let (there, again) = ("gzip_compress_to_base64_string", "gzip_decompress_from_base64_string");
            prop_assert_eq!(back(there, again), Some(source.clone()));
        }
        let hash = text_of("hash_sha256", vec![text(&source)]).unwrap();
        prop_assert!(hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()));
    }

    #[test]
    fn units(value in -1e6..1e6) {
        let meters = |value: f64, from: &str, to: &str| {
            real_of("convert_length", vec![real(value), text(from), text(to)]).unwrap()
        };
        prop_assert!(close(meters(value, "Kilometer", "Meter"), value * 1000.0));
        let celsius = real_of("convert_temperature", vec![real(value), text("Kelvin"), text("DegreeCelsius")]).unwrap();
        prop_assert!((celsius - (value - 273.15)).abs() < 1e-6);
        let whole = value as i64;
        let hex = text_of("tohex", vec![long(whole)]).unwrap();
        prop_assert_eq!(hex, format!("{whole:x}"));
    }

    #[test]
    fn array(values in arrays(), other in arrays(), start in 0..9_usize, end in 0..9_usize, turn in -12..12_i64) {
        let both: Vec<i64> = values.iter().chain(&other).copied().collect();
        let joined = text_of("array_concat", vec![dynamic(&json(&values)), dynamic(&json(&other))]);
        prop_assert_eq!(joined, Some(json(&both)));
        let part: Vec<i64> = values.iter().enumerate().filter(|(at, _)| (start..=end).contains(at)).map(|(_, v)| *v).collect();
        let args = vec![dynamic(&json(&values)), long(start as i64), long(end as i64)];
        prop_assert_eq!(text_of("array_slice", args), Some(json(&part)));
        let reversed: Vec<i64> = values.iter().rev().copied().collect();
        prop_assert_eq!(text_of("array_reverse", vec![dynamic(&json(&values))]), Some(json(&reversed)));
        prop_assert_eq!(long_of("array_length", vec![dynamic(&json(&values))]), Some(values.len() as i64));
        let mut turned = values.clone();
        if !turned.is_empty() {
            turned.rotate_left(turn.rem_euclid(values.len() as i64) as usize);
        }
        prop_assert_eq!(text_of("array_rotate_left", vec![dynamic(&json(&values)), long(turn)]), Some(json(&turned)));
        let mut sorted = values.clone();
        sorted.sort_unstable();
        prop_assert_eq!(text_of("array_sort_asc", vec![dynamic(&json(&values))]), Some(json(&sorted)));
        let place = values.iter().position(|value| *value == 2).map_or(-1, |at| at as i64);
        prop_assert_eq!(long_of("array_index_of", vec![dynamic(&json(&values)), long(2)]), Some(place));
    }

    #[test]
    fn bag(one in prop::collection::btree_map("[a-c]", 0..9_i64, 0..3), two in prop::collection::btree_map("[a-c]", 0..9_i64, 0..3)) {
        let written = |bag: &std::collections::BTreeMap<String, i64>| serde_json::to_string(bag).unwrap();
        let merged = text_of("bag_merge", vec![dynamic(&written(&one)), dynamic(&written(&two))]).unwrap();
        // Of two values of a key the first stays.
        let mut expected = two.clone();
        expected.extend(one.clone());
        prop_assert_eq!(serde_json::from_str::<std::collections::BTreeMap<String, i64>>(&merged).unwrap(), expected);
        let keys: Vec<String> = serde_json::from_str(&text_of("bag_keys", vec![dynamic(&written(&one))]).unwrap()).unwrap();
        prop_assert_eq!(keys, one.keys().cloned().collect::<Vec<_>>());
        prop_assert_eq!(bool_of("bag_has_key", vec![dynamic(&written(&one)), text("a")]), Some(one.contains_key("a")));
    }

    #[test]
    fn set(one in arrays(), two in arrays()) {
        let distinct = |values: Vec<i64>| {
            let mut kept: Vec<i64> = Vec::new();
            for value in values {
                if !kept.contains(&value) {
                    kept.push(value);
                }
            }
            kept
        };
        let sorted = |json: Option<String>| -> Vec<i64> {
            let mut values: Vec<i64> = serde_json::from_str(&json.unwrap()).unwrap();
            values.sort_unstable();
            values
        };
        let set = |name: &str| sorted(text_of(name, vec![dynamic(&json(&one)), dynamic(&json(&two))]));
        let expect = |mut values: Vec<i64>| {
            values.sort_unstable();
            values
        };
        prop_assert_eq!(set("set_union"), expect(distinct(one.iter().chain(&two).copied().collect())));
        let shared = one.iter().filter(|value| two.contains(value)).copied().collect();
        prop_assert_eq!(set("set_intersect"), expect(distinct(shared)));
        let only = one.iter().filter(|value| !two.contains(value)).copied().collect();
        prop_assert_eq!(set("set_difference"), expect(distinct(only)));
        prop_assert_eq!(bool_of("set_has_element", vec![dynamic(&json(&one)), long(2)]), Some(one.contains(&2)));
    }
}
