//! The one place where a missing string becomes "": behind outer joins and aggregates over no rows.

use datafusion::arrow::array::StringViewArray;
use kql_types::{ScalarType, foreign};

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
        let strings = array.as_any().downcast_ref::<StringViewArray>();
        Ok(strings.and_then(foreign::empty_for_null).unwrap_or_else(|| array.clone()))
    });
    let arrow = ScalarType::String.arrow();
    Typed::new(
        KernelUdf::call("empty_for_null".into(), fill, arrow, false, vec![value.expr]),
        ScalarType::String,
    )
}
