//! Base64 of texts, byte arrays and guids.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kql_types::dynamic::{self, ArrayWriter};
use kql_types::guid::swap_dotnet_order;

use crate::column::{Guid, Json, JsonText};
use crate::function::Function;
use crate::row;

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new(
            "base64_encode_tostring",
            "A text in base64.",
            &[("base64_encode_tostring('Kusto')", "S3VzdG8=")],
        )
        .alias(&["base64_encodestring"])
        .on(row!(|string: &str| -> String { STANDARD.encode(string) })),
        Function::new(
            "base64_decode_tostring",
            "The text that a base64 stands for; \"\" for what is no base64 or no UTF-8.",
            &[
                ("base64_decode_tostring('S3VzdG8=')", "Kusto"),
                ("base64_decode_tostring('U3RyaW5n0KHR0tGA0L7Rh9C60LA=')", ""),
            ],
        )
        .alias(&["base64_decodestring"])
        .on(row!(|base64_string: &str| -> Option<String> {
            String::from_utf8(STANDARD.decode(base64_string).ok()?).ok()
        })),
        Function::new(
            "base64_decode_toarray",
            "An array of the bytes that a base64 stands for; null for what is no base64.",
            &[
                ("base64_decode_toarray('S3VzdG8=')", "[75,117,115,116,111]"),
                ("base64_decode_toarray('S3VzdG8')", ""),
            ],
        )
        .on(row!(|base64_string: &str| -> Option<JsonText> {
            let mut array = ArrayWriter::new();
            for byte in STANDARD.decode(base64_string).ok()? {
                array.push(Some(&byte.to_string()));
            }
            Some(JsonText(array.finish()))
        })),
        Function::new(
            "base64_encode_fromarray",
            "An array of bytes in base64; \"\" where an element is no byte.",
            &[
                ("base64_encode_fromarray(dynamic([75,117,115,116,111]))", "S3VzdG8="),
                ("base64_encode_fromarray(dynamic(null))", ""),
            ],
        )
        .on(row!(|base64_string_decoded_as_array: Json| -> Option<String> {
            let bytes = dynamic::elements(base64_string_decoded_as_array.0)
                .map(|raw| u8::try_from(dynamic::to_long(raw)?).ok())
                .collect::<Option<Vec<u8>>>()?;
            Some(STANDARD.encode(bytes))
        })),
        Function::new(
            "base64_decode_toguid",
            "The guid that a base64 of 16 bytes stands for; null for anything else.",
            &[
                ("base64_decode_toguid('JpbpECu8dUy7Pv5gbeJXAA==')", "10e99626-bc2b-4c75-bb3e-fe606de25700"),
                ("base64_decode_toguid('abcd1231')", ""),
            ],
        )
        .on(row!(|base64_string: &str| -> Option<Guid> {
            let bytes = STANDARD.decode(base64_string).ok()?;
            Some(Guid(swap_dotnet_order(bytes.try_into().ok()?)))
        })),
        Function::new(
            "base64_encode_fromguid",
            "The 16 bytes of a guid in base64.",
            &[(
                "base64_encode_fromguid(guid(ae3133f2-6e22-49ae-b06a-16e6a9b212eb))",
                "8jMxriJurkmwahbmqbIS6w==",
            )],
        )
        .on(row!(|guid: Guid| -> String { STANDARD.encode(swap_dotnet_order(guid.0)) })),
    ]
}
