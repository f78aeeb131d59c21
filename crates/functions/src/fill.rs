//! The one place where a missing string becomes "": behind outer joins and aggregates over no rows.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, StringViewArray};
use kql_types::ScalarType;

use crate::Typed;
use crate::adapter::{KernelUdf, kernel, next_input};
use crate::column::Input;

/// The same strings with "" for null; a column without nulls is handed on as it is.
pub fn empty_for_null(value: Typed) -> Typed {
    if value.ty != ScalarType::String {
        return value;
    }
    let fill = kernel(|inputs: &[Input], _rows| {
        let array = next_input(&mut inputs.iter())?.array();
        match array.as_any().downcast_ref::<StringViewArray>() {
            Some(strings) if strings.null_count() > 0 => {
                let filled: StringViewArray =
                    strings.iter().map(|text| Some(text.unwrap_or_default())).collect();
                Ok(Arc::new(filled) as ArrayRef)
            }
            _ => Ok(array.clone()),
        }
    });
    let arrow = ScalarType::String.arrow();
    Typed::new(
        KernelUdf::call("empty_for_null".into(), fill, arrow, false, vec![value.expr]),
        ScalarType::String,
    )
}
