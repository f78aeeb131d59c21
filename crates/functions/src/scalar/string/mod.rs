//! Texts: their parts, what is in them, and what they are made into.

mod base64;
mod codepoints;
mod compress;
mod extract;
mod hash;
mod join;
mod measure;
mod parse_csv;
mod parse_path;
mod parse_url;
mod parse_xml;
mod part;
mod replace;
mod rewrite;
mod search;
mod trim;
mod units;
mod url;
pub mod user_agent;

use crate::table::Family;

/// The families of texts in the order of the manual.
pub(super) fn families() -> Vec<Family> {
    let string =
        [part::functions(), join::functions(), search::functions(), codepoints::functions()].concat();
    let replace =
        [replace::functions(), rewrite::functions(), trim::functions(), extract::functions()].concat();
    let parse = [
        parse_url::functions(),
        parse_path::functions(),
        parse_csv::functions(),
        parse_xml::functions(),
        user_agent::functions(),
    ]
    .concat();
    let encode = [base64::functions(), url::functions(), compress::functions(), hash::functions()].concat();
    vec![
        Family { name: "string", functions: string },
        Family { name: "replace", functions: replace },
        Family { name: "parse", functions: parse },
        Family { name: "encode", functions: encode },
        Family { name: "units", functions: [units::functions(), measure::functions()].concat() },
    ]
}
