//! Hashes and random identifiers.

use std::fmt::Write;

use kql_types::ScalarType;
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use xxhash_rust::xxh64::xxh64;

use crate::column::{DateTime, Guid};
use crate::function::{Function, Overload, Param};
use crate::row;
use crate::{CallError, Typed};

pub(super) fn functions() -> Vec<Function> {
    vec![
        xxhash(Function::new(
            "hash",
            "A 64-bit hash of a value; with a modulus, a number from 0 to one below it.",
            &[
                ("hash('World')", "1846988464401551951"),
                ("hash('World', 100)", "51"),
                ("hash(datetime(2015-01-01))", "1380966698541616202"),
            ],
        )),
        xxhash(Function::new(
            "hash_xxhash64",
            "The xxHash64 of a value; with a modulus, a number from 0 to one below it.",
            &[("hash_xxhash64('World')", "1846988464401551951"), ("hash_xxhash64('World', 100)", "51")],
        )),
        Function::new(
            "hash_md5",
            "The MD5 of a value's text in hexadecimal digits.",
            &[
                ("hash_md5('World')", "f5a7924e621e84c9280a9a27e1bcb7f6"),
                ("hash_md5(datetime(2020-01-01))", "786c530672d1f8db31fee25ea8a9390b"),
            ],
        )
        .on(row!(|source: &str| -> String { hexadecimal(&Md5::digest(source)) }))
        .text("source"),
        Function::new(
            "hash_sha1",
            "The SHA-1 of a value's text in hexadecimal digits.",
            &[
                ("hash_sha1('World')", "70c07ec18ef89c5309bbb0937f3a6342411e1fdd"),
                ("hash_sha1(datetime(2020-01-01))", "e903e533f4d636b4fc0dcf3cf81e7b7f330de776"),
            ],
        )
        .on(row!(|source: &str| -> String { hexadecimal(&Sha1::digest(source)) }))
        .text("source"),
        Function::new(
            "hash_sha256",
            "The SHA-256 of a value's text in hexadecimal digits.",
            &[("hash_sha256('World')", "78ae647dc5544d227130a0682a51e30bc7777fbb6d8a8f17007463a3ecd1d524")],
        )
        .on(row!(|source: &str| -> String { hexadecimal(&Sha256::digest(source)) }))
        .text("source"),
        Function::new("new_guid", "A random guid, another one for every row.", &[])
            .volatile()
            .on(row!(|| -> Guid { Guid(*uuid::Uuid::new_v4().as_bytes()) })),
    ]
}

/// The overloads for the types whose hash is known: of a text its bytes, of a datetime its ticks.
fn xxhash(function: Function) -> Function {
    function
        .on(row!(|source: &str| -> i64 { of_text(source) }))
        .on(row!(|source: &str, r#mod: i64| -> Option<i64> { of_text(source).checked_rem_euclid(r#mod) }))
        .on(row!(|source: DateTime| -> i64 { of_ticks(source) }))
        .on(row!(|source: DateTime, r#mod: i64| -> Option<i64> {
            of_ticks(source).checked_rem_euclid(r#mod)
        }))
        .on(Overload::expand(vec![Param::any("source")], unknown))
        .on(Overload::expand(vec![Param::any("source"), Param::is("mod", ScalarType::Long)], unknown))
}

/// How values of other types are laid out before they are hashed is not known.
fn unknown(args: &[Typed]) -> Result<Typed, CallError> {
    let ty = args.first().map_or("nothing", |arg| arg.ty.name());
    Err(CallError::unsupported(format!("the hash of a value of type {ty} is not supported yet")))
}

fn of_text(text: &str) -> i64 {
    xxh64(text.as_bytes(), 0) as i64
}

fn of_ticks(value: DateTime) -> i64 {
    xxh64(&value.0.to_le_bytes(), 0) as i64
}

fn hexadecimal(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing into a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
