//! Texts and the codes of their characters, punycode included.

use datafusion::arrow::array::ArrayRef;
use datafusion::common::Result as EngineResult;
use kql_types::dynamic::{self, ArrayWriter};
use kql_types::{ScalarType, dynamic::JsonKind};

use crate::adapter::kernel;
use crate::column::{Input, Json, JsonText, Output};
use crate::function::{Function, Overload, Param};
use crate::kernel::punycode;
use crate::resolve;
use crate::row;
use crate::{CallError, Typed};

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new(
            "unicode_codepoints_from_string",
            "An array of the Unicode code points of a text.",
            &[("unicode_codepoints_from_string('Kusto')", "[75,117,115,116,111]")],
        )
        .alias(&["to_utf8"])
        .on(row!(|value: &str| -> JsonText {
            let mut array = ArrayWriter::new();
            value.chars().for_each(|character| array.push(Some(&u32::from(character).to_string())));
            JsonText(array.finish())
        }))
        .text("value"),
        Function::new(
            "unicode_codepoints_to_string",
            "The text of Unicode code points, given one by one or in arrays; \"\" where one of them is none.",
            &[
                ("unicode_codepoints_to_string(75, 117, 115, 116, 111)", "Kusto"),
                ("unicode_codepoints_to_string(dynamic([75, 117, 115]), 116, 111)", "Kusto"),
            ],
        )
        .alias(&["make_string"])
        .on(Overload::expand(vec![Param::any("value")], to_string).variadic(1)),
        Function::new(
            "text_of_codepoints",
            "The text of code points, each argument a number or an array.",
            &[],
        )
        .internal()
        .on(Overload::kernel(
            vec![Param::is("value", ScalarType::Dynamic)],
            ScalarType::String,
            kernel(text_of),
        )
        .variadic(1)),
        Function::new(
            "punycode_from_string",
            "A text in punycode, without the prefix xn--.",
            &[("punycode_from_string('académie-française')", "acadmie-franaise-npb1a")],
        )
        .on(row!(|input: &str| -> Option<String> { punycode::encode(input) })),
        Function::new(
            "punycode_to_string",
            "The text that a punycode without the prefix xn-- stands for; \"\" for what is none.",
            &[("punycode_to_string('acadmie-franaise-npb1a')", "académie-française")],
        )
        .on(row!(|input: &str| -> Option<String> { punycode::decode(input) })),
        Function::new(
            "punycode_domain_to_string",
            "A domain name with each label that is not ASCII in punycode behind xn--.",
            &[(
                "punycode_domain_to_string(\"Kaledvoulc'h.Artorījos.edu\")",
                "Kaledvoulc'h.xn--Artorjos-ejb.edu",
            )],
        )
        .on(row!(|domain: &str| -> Option<String> { punycode::encode_domain(domain) })),
        Function::new(
            "punycode_domain_from_string",
            "A domain name with each label behind xn-- decoded; \"\" where one cannot be.",
            &[("punycode_domain_from_string('xn--Ge-mia.Bulg.edu')", "Gáe.Bulg.edu")],
        )
        .on(row!(|encoded_string: &str| -> Option<String> { punycode::decode_domain(encoded_string) })),
    ]
}

fn to_string(args: &[Typed]) -> Result<Typed, CallError> {
    let values = args.iter().enumerate().map(|(place, arg)| match arg.ty {
        ScalarType::Int | ScalarType::Long | ScalarType::Dynamic => {
            resolve::convert(arg.clone(), ScalarType::Dynamic)
        }
        ty => {
            Err(CallError::argument(place, format!("a whole number or an array is expected here, not {ty}")))
        }
    });
    resolve::call("text_of_codepoints", values.collect::<Result<Vec<_>, _>>()?)
}

fn text_of(inputs: &[Input], rows: usize) -> EngineResult<ArrayRef> {
    let views = inputs.iter().map(Input::view::<Json<'_>>).collect::<Result<Vec<_>, _>>()?;
    let mut builder = String::builder(rows);
    for row in 0..rows {
        let text: Option<String> = views
            .iter()
            .map(|view| view.get(row).and_then(|json| characters(json.0)))
            .collect::<Option<Vec<String>>>()
            .map(|texts| texts.concat());
        <String as Output>::append(&mut builder, text);
    }
    Ok(String::finish(builder))
}

/// The characters of a code point or of an array of them.
fn characters(json: &str) -> Option<String> {
    let character = |raw: &str| char::from_u32(u32::try_from(dynamic::to_long(raw)?).ok()?);
    match dynamic::kind(json)? {
        JsonKind::Array => dynamic::elements(json).map(character).collect(),
        _ => character(json).map(String::from),
    }
}
