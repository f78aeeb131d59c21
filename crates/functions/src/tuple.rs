//! Kernels that yield several columns, written row by row.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, StructArray};
use datafusion::arrow::datatypes::Fields;
use datafusion::common::{DataFusionError, Result};
use kql_types::ScalarType;

use crate::adapter::kernel;
use crate::column::{Input, JsonText, Output};
use crate::function::{Kernel, TupleColumns};

/// The value of one column in one row; `None` is a null.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub enum Field {
    Long(Option<i64>),
    Real(Option<f64>),
    /// JSON text.
    Dynamic(Option<String>),
}

/// A kernel from a function that makes the fields of a row, in the order of the columns; `None` makes them all null.
pub fn tuple_kernel(
    columns: TupleColumns,
    fields: impl Fn(&[Input], usize) -> Result<Option<Vec<Field>>> + Send + Sync + 'static,
) -> Kernel {
    kernel(move |inputs, rows| {
        let mut builders =
            columns.iter().map(|(_, ty)| Builder::new(*ty, rows)).collect::<Result<Vec<_>>>()?;
        for row in 0..rows {
            let mut values = fields(inputs, row)?.unwrap_or_default().into_iter();
            for builder in &mut builders {
                builder.append(values.next())?;
            }
        }
        let arrays = builders.into_iter().map(Builder::finish).collect();
        let types: Fields = columns.iter().map(|(name, ty)| ty.field(name)).collect();
        Ok(Arc::new(StructArray::try_new(types, arrays, None)?))
    })
}

enum Builder {
    Long(<i64 as Output>::Builder),
    Real(<f64 as Output>::Builder),
    Dynamic(<JsonText as Output>::Builder),
}

impl Builder {
    fn new(ty: ScalarType, rows: usize) -> Result<Self> {
        Ok(match ty {
            ScalarType::Long => Builder::Long(i64::builder(rows)),
            ScalarType::Real => Builder::Real(f64::builder(rows)),
            ScalarType::Dynamic => Builder::Dynamic(JsonText::builder(rows)),
            other => return Err(DataFusionError::Internal(format!("no tuple holds a {other}"))),
        })
    }

    fn append(&mut self, value: Option<Field>) -> Result<()> {
        match (self, value) {
            (Builder::Long(builder), Some(Field::Long(value))) => i64::append(builder, value),
            (Builder::Real(builder), Some(Field::Real(value))) => f64::append(builder, value),
            (Builder::Dynamic(builder), Some(Field::Dynamic(value))) => {
                JsonText::append(builder, value.map(JsonText));
            }
            (Builder::Long(builder), None) => i64::append(builder, None),
            (Builder::Real(builder), None) => f64::append(builder, None),
            (Builder::Dynamic(builder), None) => JsonText::append(builder, None),
            _ => return Err(DataFusionError::Internal("a tuple's field has another type".into())),
        }
        Ok(())
    }

    fn finish(self) -> ArrayRef {
        match self {
            Builder::Long(builder) => i64::finish(builder),
            Builder::Real(builder) => f64::finish(builder),
            Builder::Dynamic(builder) => JsonText::finish(builder),
        }
    }
}
