//! The results of hll() and tdigest(): distinct counts and percentiles that can be merged later.

use datafusion::arrow::array::ArrayRef;
use datafusion::common::Result;
use kql_types::ScalarType;
use kql_types::dynamic::{self, ArrayWriter, Number};

use crate::adapter::kernel;
use crate::aggregate::hll;
use crate::aggregate::tdigest::TypedDigest;
use crate::column::{Input, Json, JsonText, Output};
use crate::function::{Function, Overload, Param};
use crate::resolve::{call, convert};
use crate::{CallError, Typed, row};

pub(super) fn functions() -> Vec<Function> {
    let digests = || vec![Param::is("tdigest", ScalarType::Dynamic)];
    vec![
        Function::new(
            "dcount_hll",
            "The number of distinct values in a result of hll() or hll_merge(); null for anything else.",
            &[(r#"dcount_hll(dynamic([[1024,14],["1","2"],[]]))"#, "2")],
        )
        .prefixes_name("dcount_hll")
        .on(row!(|hll: Json| -> Option<i64> { hll::parse(hll.0).map(|(_, distinct)| distinct.count()) })),
        Function::new(
            "hll_merge",
            "Several results of hll() as one; null where one of them is none, or they differ in accuracy.",
            &[(
                r#"dcount_hll(hll_merge(dynamic([[1024,14],["1","2"],[]]), dynamic([[1024,14],["2","3"],[]])))"#,
                "3",
            )],
        )
        .fixes_name("hll_merged_result")
        .on(Overload::kernel(
            vec![Param::is("hll", ScalarType::Dynamic)],
            ScalarType::Dynamic,
            kernel(|inputs, rows| each_row(inputs, rows, |texts| hll::merge(texts.iter().copied()))),
        )
        .variadic(2)),
        Function::new(
            "tdigest_merge",
            "Several results of tdigest() as one; null where one of them is none, or they differ in type.",
            &[("tdigest_merge(dynamic([[7],[1,2],[1,1]]), dynamic([[7],[2],[3]]))", "[[7],[1,2],[1,4]]")],
        )
        .alias(&["merge_tdigest"])
        .fixes_name("tdigests_merge_result")
        .on(Overload::kernel(digests(), ScalarType::Dynamic, kernel(|i, rows| each_row(i, rows, merge_digests)))
            .variadic(2)),
        Function::new(
            "percentile_tdigest",
            "A percentile of a result of tdigest() or tdigest_merge(), of the given type; null for anything else.",
            &[
                ("percentile_tdigest(dynamic([[7],[1,2,9],[1,1,1]]), 50)", "2"),
                ("percentile_tdigest(dynamic([[7],[1,2,9],[1,1,1]]), 100, typeof(long))", "9"),
            ],
        )
        .prefixes_name("percentile_tdigest")
        .on(row!(|tdigest: Json, percentile: f64| -> Option<JsonText> {
            TypedDigest::parse(tdigest.0)?.percentile(percentile).map(JsonText)
        }))
        .on(Overload::expand(
            vec![
                Param::is("tdigest", ScalarType::Dynamic),
                Param::is("percentile", ScalarType::Real),
                Param::is("type", ScalarType::String).constant(),
            ],
            percentile_of_type,
        )),
        Function::new(
            "percentiles_array_tdigest",
            "Several percentiles of a result of tdigest() or tdigest_merge() as an array; null for anything else.",
            &[
                ("percentiles_array_tdigest(dynamic([[7],[1,2,9],[1,1,1]]), 50, 100)", "[2,9]"),
                ("percentiles_array_tdigest(dynamic([[7],[1,2,9],[1,1,1]]), dynamic([50, 100]))", "[2,9]"),
            ],
        )
        .prefixes_name("percentile_tdigest")
        .on(row!(|tdigest: Json, percentiles: Json| -> Option<JsonText> {
            let number = |raw| match dynamic::number(raw) {
                Some(Number::Long(value)) => Some(value as f64),
                Some(Number::Real(value)) => Some(value),
                None => None,
            };
            let percents: Option<Vec<f64>> = dynamic::elements(percentiles.0).map(number).collect();
            percentiles_of(tdigest.0, &percents?).map(JsonText)
        }))
        .on(Overload::kernel(
            vec![Param::is("tdigest", ScalarType::Dynamic), Param::is("percentile", ScalarType::Real)],
            ScalarType::Dynamic,
            kernel(percentiles_array),
        )
        .variadic(2)),
        Function::new(
            "rank_tdigest",
            "How many values in a result of tdigest() do not exceed a value; null where the types differ.",
            &[("rank_tdigest(dynamic([[7],[1,2,9],[1,1,1]]), 2)", "2")],
        )
        .on(row!(|digest: Json, value: Json| -> Option<f64> {
            TypedDigest::parse(digest.0)?.rank(value.0).map(|rank| rank as f64)
        }))
        .value("value"),
        Function::new(
            "percentrank_tdigest",
            "What percentage of the values in a result of tdigest() does not exceed a value; null where the types \
             differ.",
            &[("percentrank_tdigest(dynamic([[7],[1,2,9],[1,1,2]]), 2)", "50")],
        )
        .on(row!(|digest: Json, value: Json| -> Option<f64> {
            let digest = TypedDigest::parse(digest.0)?;
            digest.rank(value.0).map(|rank| rank as f64 * 100.0 / digest.total() as f64)
        }))
        .value("value"),
    ]
}

/// A kernel over dynamics, none of which is null.
fn each_row(inputs: &[Input], rows: usize, merge: impl Fn(&[&str]) -> Option<String>) -> Result<ArrayRef> {
    let views = inputs.iter().map(Input::view::<Json>).collect::<Result<Vec<_>>>()?;
    let mut builder = JsonText::builder(rows);
    for row in 0..rows {
        let texts: Option<Vec<&str>> = views.iter().map(|view| view.get(row).map(|json| json.0)).collect();
        JsonText::append(&mut builder, texts.and_then(|texts| merge(&texts)).map(JsonText));
    }
    Ok(JsonText::finish(builder))
}

fn merge_digests(texts: &[&str]) -> Option<String> {
    let mut merged = TypedDigest::default();
    for text in texts {
        if !merged.merge(&TypedDigest::parse(text)?) {
            return None;
        }
    }
    merged.text()
}

fn percentiles_array(inputs: &[Input], rows: usize) -> Result<ArrayRef> {
    let Some((digest, percents)) = inputs.split_first() else {
        return Ok(JsonText::finish(JsonText::builder(0)));
    };
    let digest = digest.view::<Json>()?;
    let percents = percents.iter().map(Input::view::<f64>).collect::<Result<Vec<_>>>()?;
    let mut builder = JsonText::builder(rows);
    for row in 0..rows {
        let percents: Option<Vec<f64>> = percents.iter().map(|view| view.get(row)).collect();
        let json = digest.get(row).and_then(|digest| percentiles_of(digest.0, &percents?));
        JsonText::append(&mut builder, json.map(JsonText));
    }
    Ok(JsonText::finish(builder))
}

fn percentiles_of(digest: &str, percents: &[f64]) -> Option<String> {
    let digest = TypedDigest::parse(digest)?;
    let mut array = ArrayWriter::new();
    for percent in percents {
        array.push(Some(&digest.percentile(*percent)?));
    }
    Some(array.finish())
}

fn percentile_of_type(args: &[Typed]) -> Result<Typed, CallError> {
    let [digest, percent, ty] = args else {
        return Err(CallError::call("percentile_tdigest() takes 2 or 3 arguments"));
    };
    let ty = ty.literal_str().and_then(ScalarType::from_name);
    let ty = ty.ok_or_else(|| CallError::argument(2, "a type is expected here, such as typeof(long)"))?;
    convert(call("percentile_tdigest", vec![digest.clone(), percent.clone()])?, ty)
}
