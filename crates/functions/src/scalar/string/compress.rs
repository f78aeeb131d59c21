//! Compressed texts in base64.

use std::io::{Read, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::read::{GzDecoder, ZlibDecoder};
use flate2::write::{DeflateEncoder, ZlibEncoder};

use crate::function::Function;
use crate::row;

/// A text that unpacks to more than this is refused as empty, so that a small log line cannot fill the memory.
const UNPACKED_MOST: u64 = 64 << 20;

/// The header that Kusto writes: deflate, no flags, no time, an unknown system.
const GZIP_HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new(
            "gzip_compress_to_base64_string",
            "A text compressed by gzip, in base64. What compression would not shorten is stored.",
            &[(
                "gzip_compress_to_base64_string('1234567890qwertyuiop')",
                "H4sIAAAAAAAA/wEUAOv/MTIzNDU2Nzg5MHF3ZXJ0eXVpb3A6m7f2FAAAAA==",
            )],
        )
        .on(row!(|string: &str| -> Option<String> { gzip(string.as_bytes()) })),
        Function::new(
            "gzip_decompress_from_base64_string",
            "The text that a gzip in base64 holds; \"\" for anything else.",
            &[
                (
                    "gzip_decompress_from_base64_string('H4sIAAAAAAAA/wEUAOv/MTIzNDU2Nzg5MHF3ZXJ0eXVpb3A6m7f2FAAAAA==')",
                    "1234567890qwertyuiop",
                ),
                ("gzip_decompress_from_base64_string('x0x0x0')", ""),
            ],
        )
        .on(row!(|string: &str| -> Option<String> {
            unpacked(GzDecoder::new(STANDARD.decode(string).ok()?.as_slice()))
        })),
        Function::new(
            "zlib_compress_to_base64_string",
            "A text compressed by zlib, in base64. What compression would not shorten is stored.",
            &[(
                "zlib_compress_to_base64_string('1234567890qwertyuiop')",
                "eAEBFADr/zEyMzQ1Njc4OTBxd2VydHl1aW9wOAkGdw==",
            )],
        )
        .on(row!(|string: &str| -> Option<String> { zlib(string.as_bytes()) })),
        Function::new(
            "zlib_decompress_from_base64_string",
            "The text that a zlib stream in base64 holds; \"\" for anything else.",
            &[
                ("zlib_decompress_from_base64_string('eJwLSS0uUSguKcrMS1cwNDIGACxqBQ4=')", "Test string 123"),
                ("zlib_decompress_from_base64_string('x0x0x0')", ""),
            ],
        )
        .on(row!(|string: &str| -> Option<String> {
            unpacked(ZlibDecoder::new(STANDARD.decode(string).ok()?.as_slice()))
        })),
    ]
}

fn unpacked(reader: impl Read) -> Option<String> {
    let mut text = String::new();
    let read = reader.take(UNPACKED_MOST + 1).read_to_string(&mut text).ok()?;
    (read as u64 <= UNPACKED_MOST).then_some(text)
}

fn deflate(bytes: &[u8], level: Compression) -> Option<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(Vec::new(), level);
    encoder.write_all(bytes).ok()?;
    encoder.finish().ok()
}

fn level(bytes: &[u8]) -> Option<Compression> {
    let shorter = deflate(bytes, Compression::default())?.len() < bytes.len();
    Some(if shorter { Compression::default() } else { Compression::none() })
}

fn gzip(bytes: &[u8]) -> Option<String> {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    let mut packed = GZIP_HEADER.to_vec();
    packed.extend(deflate(bytes, level(bytes)?)?);
    packed.extend(crc.sum().to_le_bytes());
    packed.extend(crc.amount().to_le_bytes());
    Some(STANDARD.encode(packed))
}

fn zlib(bytes: &[u8]) -> Option<String> {
    let mut encoder = ZlibEncoder::new(Vec::new(), level(bytes)?);
    encoder.write_all(bytes).ok()?;
    Some(STANDARD.encode(encoder.finish().ok()?))
}
