//! Building Arrow columns of KQL values.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanBuilder, Decimal128Builder, FixedSizeBinaryBuilder, Float64Builder, Int32Builder,
    Int64Builder, StringViewArray, StringViewBuilder, new_empty_array, new_null_array,
};

use crate::cell::{OwnedCell, TypeMismatch};
use crate::{Cell, ScalarType};

/// Builds a column in the storage type of its KQL type.
#[derive(Debug)]
pub struct ColumnBuilder {
    ty: ScalarType,
    values: Values,
}

#[derive(Debug)]
enum Values {
    Bool(BooleanBuilder),
    Int(Int32Builder),
    /// Longs, datetimes and timespans.
    Long(Int64Builder),
    Real(Float64Builder),
    Decimal(Decimal128Builder),
    Guid(FixedSizeBinaryBuilder),
    /// Strings and dynamics.
    Text(StringViewBuilder),
}

impl ColumnBuilder {
    /// An empty column with room for `capacity` rows.
    pub fn new(ty: ScalarType, capacity: usize) -> Self {
        let values = match ty {
            ScalarType::Bool => Values::Bool(BooleanBuilder::with_capacity(capacity)),
            ScalarType::Int => Values::Int(Int32Builder::with_capacity(capacity)),
            ScalarType::Long | ScalarType::DateTime | ScalarType::Timespan => {
                Values::Long(Int64Builder::with_capacity(capacity))
            }
            ScalarType::Real => Values::Real(Float64Builder::with_capacity(capacity)),
            ScalarType::Decimal => {
                Values::Decimal(Decimal128Builder::with_capacity(capacity).with_data_type(ty.arrow()))
            }
            ScalarType::Guid => Values::Guid(FixedSizeBinaryBuilder::with_capacity(capacity, 16)),
            ScalarType::String | ScalarType::Dynamic => {
                Values::Text(StringViewBuilder::with_capacity(capacity))
            }
        };
        ColumnBuilder { ty, values }
    }

    /// Keeps equal texts once, so that a column of few different strings or dynamics is small and its views
    /// repeat. Costs a hash for each text that is longer than a view holds inline.
    pub fn sharing_texts(mut self) -> Self {
        if let Values::Text(builder) = self.values {
            self.values = Values::Text(builder.with_deduplicate_strings());
        }
        self
    }

    /// The KQL type.
    pub fn scalar_type(&self) -> ScalarType {
        self.ty
    }

    /// The rows so far.
    pub fn len(&self) -> usize {
        use arrow::array::ArrayBuilder;
        match &self.values {
            Values::Bool(builder) => builder.len(),
            Values::Int(builder) => builder.len(),
            Values::Long(builder) => builder.len(),
            Values::Real(builder) => builder.len(),
            Values::Decimal(builder) => builder.len(),
            Values::Guid(builder) => builder.len(),
            Values::Text(builder) => builder.len(),
        }
    }

    /// Whether there are no rows yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Appends a null; to strings, which have none, the empty string.
    pub fn append_null(&mut self) {
        match &mut self.values {
            Values::Bool(builder) => builder.append_null(),
            Values::Int(builder) => builder.append_null(),
            Values::Long(builder) => builder.append_null(),
            Values::Real(builder) => builder.append_null(),
            Values::Decimal(builder) => builder.append_null(),
            Values::Guid(builder) => builder.append_null(),
            Values::Text(builder) if self.ty == ScalarType::String => builder.append_value(""),
            Values::Text(builder) => builder.append_null(),
        }
    }

    /// Appends this many nulls; to strings, empty strings.
    pub fn append_nulls(&mut self, count: usize) {
        match &mut self.values {
            Values::Bool(builder) => builder.append_nulls(count),
            Values::Int(builder) => builder.append_nulls(count),
            Values::Long(builder) => builder.append_nulls(count),
            Values::Real(builder) => builder.append_nulls(count),
            Values::Decimal(builder) => builder.append_nulls(count),
            Values::Guid(builder) => builder.append_nulls(count),
            Values::Text(_) => (0..count).for_each(|_| self.append_null()),
        }
    }

    /// Appends a value of exactly this type, or a null. The dynamic `null` becomes a null.
    pub fn append(&mut self, cell: Cell<'_>) -> Result<(), TypeMismatch> {
        match (&mut self.values, cell) {
            (_, Cell::Null) => self.append_null(),
            (Values::Bool(builder), Cell::Bool(value)) => builder.append_value(value),
            (Values::Int(builder), Cell::Int(value)) => builder.append_value(value),
            (Values::Real(builder), Cell::Real(value)) => builder.append_value(value),
            (Values::Decimal(builder), Cell::Decimal(value)) => builder.append_value(value),
            (Values::Guid(builder), Cell::Guid(value)) => {
                builder.append_value(value).map_err(|error| mismatch(self.ty, error.to_string()))?;
            }
            (Values::Long(builder), Cell::Long(value)) if self.ty == ScalarType::Long => {
                builder.append_value(value);
            }
            (Values::Long(builder), Cell::DateTime(ticks)) if self.ty == ScalarType::DateTime => {
                builder.append_value(ticks);
            }
            (Values::Long(builder), Cell::Timespan(ticks)) if self.ty == ScalarType::Timespan => {
                builder.append_value(ticks);
            }
            (Values::Text(builder), Cell::String(text)) if self.ty == ScalarType::String => {
                builder.append_value(text);
            }
            (Values::Text(builder), Cell::Dynamic(json)) if self.ty == ScalarType::Dynamic => {
                builder.append_option((json != "null").then_some(json));
            }
            (_, cell) => return Err(mismatch(self.ty, format!("{cell:?}"))),
        }
        Ok(())
    }

    /// Appends what the type's conversion function makes of a text (see [`OwnedCell::from_text`]); says whether
    /// that was a value. Blank text is a null without being a failure.
    pub fn append_text(&mut self, text: &str) -> bool {
        match (&mut self.values, self.ty) {
            (Values::Text(builder), ScalarType::String) => {
                builder.append_value(text);
                true
            }
            _ => {
                let value = OwnedCell::from_text(text, self.ty);
                let read = self.append(value.as_cell()).is_ok();
                read && (value != OwnedCell::Null || text.trim().is_empty())
            }
        }
    }

    /// The column; the builder is empty again.
    pub fn finish(&mut self) -> ArrayRef {
        match &mut self.values {
            Values::Bool(builder) => Arc::new(builder.finish()),
            Values::Int(builder) => Arc::new(builder.finish()),
            Values::Long(builder) => Arc::new(builder.finish()),
            Values::Real(builder) => Arc::new(builder.finish()),
            Values::Decimal(builder) => Arc::new(builder.finish()),
            Values::Guid(builder) => Arc::new(builder.finish()),
            Values::Text(builder) => Arc::new(builder.finish()),
        }
    }
}

/// A column without rows.
pub fn empty_array(ty: ScalarType) -> ArrayRef {
    new_empty_array(&ty.arrow())
}

/// A column of nulls; of empty strings where the type is string.
pub fn null_array(ty: ScalarType, rows: usize) -> ArrayRef {
    if ty == ScalarType::String {
        Arc::new(StringViewArray::from_iter_values(std::iter::repeat_n("", rows)))
    } else {
        new_null_array(&ty.arrow(), rows)
    }
}

/// A column that repeats one value.
pub fn repeated_array(cell: Cell<'_>, ty: ScalarType, rows: usize) -> Result<ArrayRef, TypeMismatch> {
    let mut builder = ColumnBuilder::new(ty, rows);
    for _ in 0..rows {
        builder.append(cell)?;
    }
    Ok(builder.finish())
}

fn mismatch(wanted: ScalarType, found: String) -> TypeMismatch {
    TypeMismatch { wanted, found }
}
