//! parse_json() over a column of texts.

use std::borrow::Cow;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, BooleanArray, StringViewArray, StringViewBuilder};
use datafusion::arrow::compute::nullif;
use datafusion::common::{DataFusionError, Result};
use datafusion::logical_expr::Expr;
use kql_types::dynamic;

use crate::adapter::next_input;
use crate::column::Input;

/// The name of the overload for texts.
const OF_TEXT: &str = "parse_json/1";

/// The text that is read, if the expression is parse_json() of one.
pub fn text_of(expr: &Expr) -> Option<&Expr> {
    match expr {
        Expr::ScalarFunction(call) if call.func.name() == OF_TEXT => call.args.first(),
        _ => None,
    }
}

/// The dynamic of every text. Where all texts are JSON already, which is what columns hold, they are checked and handed
/// on without a copy.
pub fn parse_json(inputs: &[Input], rows: usize) -> Result<ArrayRef> {
    let input = next_input(&mut inputs.iter())?;
    let Some(texts) = input.array().as_any().downcast_ref::<StringViewArray>() else {
        return Err(DataFusionError::Internal("parse_json() takes texts".into()));
    };
    let text = |row: usize| texts.is_valid(input.index(row)).then(|| texts.value(input.index(row)));
    if !input.is_scalar()
        && let Some(null) = nulls_if_json(texts)
    {
        return match null.true_count() {
            0 => Ok(Arc::clone(input.array())),
            _ => Ok(nullif(texts, &null)?),
        };
    }
    let mut builder = StringViewBuilder::with_capacity(rows);
    for row in 0..rows {
        builder.append_option(text(row).and_then(dynamic::parse_json));
    }
    Ok(Arc::new(builder.finish()))
}

/// Which rows are null; `None` where a text is not its own dynamic.
fn nulls_if_json(texts: &StringViewArray) -> Option<BooleanArray> {
    (0..texts.len())
        .map(|row| match texts.is_valid(row).then(|| texts.value(row)) {
            None => Some(Some(true)),
            Some(text) => match dynamic::parse_json(text) {
                None => Some(Some(true)),
                Some(Cow::Borrowed(json)) if json.len() == text.len() => Some(Some(false)),
                Some(_) => None,
            },
        })
        .collect()
}
