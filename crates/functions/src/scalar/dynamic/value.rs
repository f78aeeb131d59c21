//! Kernels over dynamics put together, and the two canonical spellings of a dynamic.

use kql_types::ScalarType;
use kql_types::dynamic::{self, ArrayWriter, JsonKind};

use crate::adapter::KernelUdf;
use crate::column::{Json, JsonText};
use crate::function::{Eval, Function, Overload, Param};
use crate::resolve::convert;
use crate::{CallError, Typed, row};

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new(
            "dynamic_to_json",
            "A dynamic as JSON text with the keys of every bag sorted, so that equal values give equal texts; other types as tostring() prints them.",
            &[
                ("dynamic_to_json(dynamic({'b': [1, 2], 'a': {}}))", r#"{"a":{},"b":[1,2]}"#),
                ("dynamic_to_json(1d)", "1.00:00:00"),
            ],
        )
        .on(Overload::expand(vec![Param::any("expr")], to_json)),
    ]
}

/// A text that two dynamics share exactly when they are equal, for `distinct`, `summarize by` and the keys of joins.
/// The result is typed as the dynamic that it spells.
pub fn canonical(value: Typed) -> Typed {
    let overload = row!(|value: Json| -> JsonText { JsonText(dynamic::canonical(value.0).into_owned()) });
    apply("dynamic_canonical", overload, vec![value])
}

/// Applies the kernel of an overload that is in no table, or that has been chosen already.
pub(super) fn apply(name: &str, overload: Overload, args: Vec<Typed>) -> Typed {
    let returns = overload.returns.unwrap_or(ScalarType::Dynamic);
    let Eval::Kernel(kernel) = overload.eval else {
        return Typed::null(returns);
    };
    let args = args.into_iter().map(|arg| arg.expr).collect();
    Typed::new(KernelUdf::call(name.to_string(), kernel, returns.arrow(), false, args), returns).folded()
}

/// A text as a JSON string.
pub(super) fn quoted(text: &str) -> JsonText {
    let mut json = String::with_capacity(text.len() + 2);
    dynamic::quote(text, &mut json);
    JsonText(json)
}

/// The raw elements of an array; `None` when the value is none.
pub(super) fn items(json: Json<'_>) -> Option<Vec<&str>> {
    is(json, JsonKind::Array).then(|| dynamic::elements(json.0).collect())
}

/// Whether a value is of a kind.
pub(super) fn is(json: Json<'_>, kind: JsonKind) -> bool {
    dynamic::kind(json.0) == Some(kind)
}

/// An array of raw elements.
pub(super) fn array<'a>(items: impl IntoIterator<Item = &'a str>) -> JsonText {
    let mut writer = ArrayWriter::new();
    for item in items {
        writer.push(Some(item));
    }
    JsonText(writer.finish())
}

fn to_json(args: &[Typed]) -> Result<Typed, CallError> {
    let [value] = args else {
        return Err(CallError::call("dynamic_to_json() takes 1 argument"));
    };
    if value.ty != ScalarType::Dynamic {
        return convert(value.clone(), ScalarType::String);
    }
    let overload = row!(|value: Json| -> String { dynamic::sorted(value.0).into_owned() });
    Ok(apply("dynamic_to_json", overload, args.to_vec()))
}
