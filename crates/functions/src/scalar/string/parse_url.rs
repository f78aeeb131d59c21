//! URLs and their query parameters.

use kql_types::dynamic::{BagWriter, quote};

use crate::column::JsonText;
use crate::function::Function;
use crate::row;

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new(
            "parse_url",
            "A bag of the parts of an absolute URL: Scheme, Host, Port, Path, Username, Password, Query Parameters and \
             Fragment; parts that are missing are \"\".",
            &[
                (
                    "parse_url('scheme://username:password@host:1234/this/is/a/path?k1=v1&k2=v2#fragment')",
                    "{\"Scheme\":\"scheme\",\"Host\":\"host\",\"Port\":\"1234\",\"Path\":\"/this/is/a/path\",\
                     \"Username\":\"username\",\"Password\":\"password\",\"Query Parameters\":{\"k1\":\"v1\",\
                     \"k2\":\"v2\"},\"Fragment\":\"fragment\"}",
                ),
                ("parse_url('https://[::1]:80/').Host", "[::1]"),
            ],
        )
        .alias(&["parseurl"])
        .on(row!(|url: &str| -> JsonText { parse(url) })),
        Function::new(
            "parse_urlquery",
            "A bag that holds the parameters of a URL's query under Query Parameters.",
            &[("parse_urlquery('k1=v1&k2=v2')", "{\"Query Parameters\":{\"k1\":\"v1\",\"k2\":\"v2\"}}")],
        )
        .alias(&["parseurlquery"])
        .on(row!(|query: &str| -> JsonText {
            let mut bag = BagWriter::new();
            bag.set("Query Parameters", Some(&parameters(query)));
            JsonText(bag.finish())
        })),
    ]
}

fn parse(url: &str) -> JsonText {
    let (rest, fragment) = url.split_once('#').unwrap_or((url, ""));
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (scheme, authority, path) = match rest.split_once("://") {
        None => ("", "", rest),
        Some((scheme, rest)) => {
            let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            (scheme, authority, path)
        }
    };
    let (user, place) = authority.rsplit_once('@').unwrap_or(("", authority));
    let (username, password) = user.split_once(':').unwrap_or((user, ""));
    let (host, port) = match place.rsplit_once(':') {
        // The colons of an IPv6 address stand in brackets.
        Some((host, port)) if !port.contains(']') => (host, port),
        _ => (place, ""),
    };
    let mut bag = BagWriter::new();
    for (key, text) in [
        ("Scheme", scheme),
        ("Host", host),
        ("Port", port),
        ("Path", path),
        ("Username", username),
        ("Password", password),
    ] {
        bag.set(key, Some(&quoted(text)));
    }
    bag.set("Query Parameters", Some(&parameters(query)));
    bag.set("Fragment", Some(&quoted(fragment)));
    JsonText(bag.finish())
}

/// The bag of `key=value` pairs between ampersands.
fn parameters(query: &str) -> String {
    let mut bag = BagWriter::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        bag.set(key, Some(&quoted(value)));
    }
    bag.finish()
}

pub(super) fn quoted(text: &str) -> String {
    let mut json = String::with_capacity(text.len() + 2);
    quote(text, &mut json);
    json
}
