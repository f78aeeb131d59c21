//! IPv4 addresses inside a text: has_ipv4, has_ipv4_prefix and their forms for several needles.

use datafusion::arrow::array::ArrayRef;
use datafusion::common::Result;
use kql_types::ScalarType;
use kql_types::dynamic::{elements, unquote};
use memchr::memmem;

use crate::adapter::{kernel, next_input};
use crate::column::{Input, Json, Output};
use crate::function::{Function, Overload, Param};
use crate::kernel::ip::parse_v4;

/// The longest text of an address, `255.255.255.255`.
const LONGEST: usize = 15;

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new(
            "has_ipv4",
            "Whether a text holds an IPv4 address with no letter or digit next to it.",
            &[
                ("has_ipv4('05:04:54 127.0.0.1 GET /favicon.ico 404', '127.0.0.1')", "True"),
                ("has_ipv4('05:04:54 127.0.0.256 GET /favicon.ico 404', '127.0.0.256')", "False"),
                ("has_ipv4('05:04:54127.0.0.1 GET /favicon.ico 404', '127.0.0.1')", "False"),
            ],
        )
        .on(listed("ip", Needle::address)),
        Function::new(
            "has_any_ipv4",
            "Whether a text holds any of several IPv4 addresses, given one by one or as an array, with no letter or digit \
             next to it.",
            &[
                ("has_any_ipv4('05:04:54 127.0.0.1 GET', '127.0.0.1', '127.0.0.2')", "True"),
                ("has_any_ipv4('05:04:54 127.0.0.1 GET', dynamic(['127.0.0.3', '127.0.0.2']))", "False"),
            ],
        )
        .on(listed("ips", Needle::address).variadic(2))
        .on(array("ips", Needle::address)),
        Function::new(
            "has_ipv4_prefix",
            "Whether a text holds an IPv4 address that begins so, with no letter or digit next to it. The beginning is a whole \
             address or ends with a dot.",
            &[
                ("has_ipv4_prefix('05:04:54 127.0.0.1 GET /favicon.ico 404', '127.0.')", "True"),
                ("has_ipv4_prefix('05:04:54 127.0.0.1 GET /favicon.ico 404', '127.0')", "False"),
                ("has_ipv4_prefix('05:04:54 127.0.0.256 GET /favicon.ico 404', '127.0.')", "False"),
            ],
        )
        .on(listed("ip_prefix", Needle::prefix)),
        Function::new(
            "has_any_ipv4_prefix",
            "Whether a text holds an IPv4 address that begins with any of several beginnings, given one by one or as an array.",
            &[
                ("has_any_ipv4_prefix('05:04:54 127.0.0.1 GET', '127.0.', '192.168.')", "True"),
                ("has_any_ipv4_prefix('05:04:54 127.0.0.1 GET', dynamic(['10.', '192.']))", "False"),
            ],
        )
        .on(listed("ip_prefixes", Needle::prefix).variadic(2))
        .on(array("ip_prefixes", Needle::prefix)),
    ]
}

/// What is looked for: the beginning of an address, or all of one.
struct Needle(String);

type Reader = fn(&str) -> Option<Needle>;

impl Needle {
    fn address(text: &str) -> Option<Self> {
        parse_v4(text).map(|_| Needle(text.to_string()))
    }

    fn prefix(text: &str) -> Option<Self> {
        if parse_v4(text).is_some() {
            return Some(Needle(text.to_string()));
        }
        // With the missing numbers filled in, the beginning must be an address.
        let numbers = text.strip_suffix('.')?.split('.').count();
        let filled = format!("{text}{}", ["0"; 4].get(numbers..)?.join("."));
        parse_v4(&filled).map(|_| Needle(text.to_string()))
    }

    fn is_in(&self, text: &str) -> bool {
        let whole = !self.0.ends_with('.');
        memmem::find_iter(text.as_bytes(), self.0.as_bytes()).any(|start| {
            let before = text.get(..start).and_then(|before| before.chars().next_back());
            let Some(rest) = text.get(start..) else { return false };
            let length = if whole { self.0.len() } else { address_length(rest) };
            let Some((address, after)) = rest.split_at_checked(length) else { return false };
            let apart = |neighbour: Option<char>| !neighbour.is_some_and(char::is_alphanumeric);
            apart(before) && apart(after.chars().next()) && parse_v4(address).is_some()
        })
    }
}

/// How many bytes at the beginning of a text could be an address: digits and at most three dots, with digits last.
fn address_length(text: &str) -> usize {
    let mut dots = 0;
    let end = text
        .bytes()
        .take(LONGEST + 1)
        .position(|byte| {
            dots += usize::from(byte == b'.');
            !(byte.is_ascii_digit() || byte == b'.' && dots <= 3)
        })
        .unwrap_or(text.len().min(LONGEST + 1));
    text.get(..end).map_or(0, |run| run.trim_end_matches('.').len())
}

/// An overload over needles given one by one.
fn listed(param: &'static str, reader: Reader) -> Overload {
    let params = vec![Param::is("source", ScalarType::String), Param::is(param, ScalarType::String)];
    Overload::kernel(
        params,
        ScalarType::Bool,
        kernel(move |inputs, rows| {
            let Some((source, needles)) = inputs.split_first() else {
                return Ok(bool::finish(bool::builder(0)));
            };
            let views = needles.iter().map(Input::view::<&str>).collect::<Result<Vec<_>>>()?;
            let read =
                |row| views.iter().filter_map(|view| reader(view.get(row).unwrap_or_default())).collect();
            search(source, needles.iter().all(Input::is_scalar), rows, read)
        }),
    )
}

/// An overload over needles in an array.
fn array(param: &'static str, reader: Reader) -> Overload {
    let params = vec![Param::is("source", ScalarType::String), Param::is(param, ScalarType::Dynamic)];
    Overload::kernel(
        params,
        ScalarType::Bool,
        kernel(move |inputs, rows| {
            let mut inputs = inputs.iter();
            let (source, needles) = (next_input(&mut inputs)?, next_input(&mut inputs)?);
            let view = needles.view::<Json>()?;
            let read = |row| {
                let list = view.get(row);
                list.map(|list| elements(list.0).filter_map(|needle| reader(&unquote(needle))).collect())
                    .unwrap_or_default()
            };
            search(source, needles.is_scalar(), rows, read)
        }),
    )
}

fn search(
    source: &Input,
    constant: bool,
    rows: usize,
    read: impl Fn(usize) -> Vec<Needle>,
) -> Result<ArrayRef> {
    let sources = source.view::<&str>()?;
    let constant = constant.then(|| read(0));
    let mut builder = bool::builder(rows);
    for row in 0..rows {
        let text = sources.get(row).unwrap_or_default();
        let found = match &constant {
            Some(needles) => needles.iter().any(|needle| needle.is_in(text)),
            None => read(row).iter().any(|needle| needle.is_in(text)),
        };
        bool::append(&mut builder, Some(found));
    }
    Ok(bool::finish(builder))
}
