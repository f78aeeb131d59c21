//! Plain Rust values in Arrow columns: how a kernel reads its arguments and writes its result.
//!
//! Kernels are written over `&str`, `i64`, [`DateTime`], [`Json`] and so on; this module is the only place that knows
//! which Arrow array holds each.

use std::borrow::Cow;

use datafusion::arrow::array::{
    Array, ArrayRef, BooleanArray, BooleanBuilder, Decimal128Array, Decimal128Builder, FixedSizeBinaryArray,
    FixedSizeBinaryBuilder, Float64Array, Float64Builder, Int32Array, Int32Builder, Int64Array, Int64Builder,
    StringViewArray, StringViewBuilder,
};
use datafusion::common::{DataFusionError, Result, ScalarValue};
use datafusion::logical_expr::ColumnarValue;
use kql_types::ScalarType;
use kql_types::scalar_type::DECIMAL_SCALE;

/// Ticks of 100 ns since 0001-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DateTime(pub i64);

/// Ticks of 100 ns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timespan(pub i64);

/// A decimal scaled by 10^18.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decimal(pub i128);

/// The sixteen bytes of a guid, in the order of its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Guid(pub [u8; 16]);

/// The JSON text of a dynamic value that is not null.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Json<'a>(pub &'a str);

/// JSON text that a kernel produced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonText(pub String);

/// An argument column, or a single value that stands for every row.
#[derive(Debug)]
pub struct Input {
    array: ArrayRef,
    scalar: bool,
}

impl Input {
    /// Wraps an evaluated argument; a scalar becomes a column of one row.
    pub fn new(value: &ColumnarValue) -> Result<Self> {
        Ok(match value {
            ColumnarValue::Array(array) => Input { array: array.clone(), scalar: false },
            ColumnarValue::Scalar(scalar) => Input { array: scalar.to_array_of_size(1)?, scalar: true },
        })
    }

    /// Wraps a column.
    pub fn column(array: ArrayRef) -> Self {
        Input { array, scalar: false }
    }

    /// The array; a scalar's has one row.
    pub fn array(&self) -> &ArrayRef {
        &self.array
    }

    /// Whether one value stands for every row.
    pub fn is_scalar(&self) -> bool {
        self.scalar
    }

    /// Where row `row` lies in the array.
    pub fn index(&self, row: usize) -> usize {
        if self.scalar { 0 } else { row }
    }

    /// A typed view of the rows.
    pub fn view<'a, A: Argument<'a>>(&'a self) -> Result<View<'a, A>> {
        let array = A::downcast(self.array.as_ref()).ok_or_else(|| {
            DataFusionError::Internal(format!(
                "a kernel for {} was given {}",
                A::TYPE,
                self.array.data_type()
            ))
        })?;
        Ok(View { array, scalar: self.scalar })
    }
}

/// A typed view of an argument.
pub struct View<'a, A: Argument<'a>> {
    array: &'a A::Array,
    scalar: bool,
}

impl<'a, A: Argument<'a>> View<'a, A> {
    /// The value of a row; `None` where the null rule of the type says that the result is null.
    #[inline]
    pub fn get(&self, row: usize) -> Option<A> {
        A::get(self.array, if self.scalar { 0 } else { row })
    }
}

/// A Rust type that can be read from a column.
pub trait Argument<'a>: Sized {
    /// The KQL type.
    const TYPE: ScalarType;
    /// The Arrow array that holds it.
    type Array: Array + 'static;
    /// The array behind a dynamic reference.
    fn downcast(array: &'a dyn Array) -> Option<&'a Self::Array> {
        array.as_any().downcast_ref()
    }
    /// The value of a row; `None` for a null that makes the result null.
    fn get(array: &'a Self::Array, row: usize) -> Option<Self>;
}

macro_rules! argument {
    ($rust:ty, $kql:ident, $array:ty, |$a:ident, $row:ident| $value:expr) => {
        impl<'a> Argument<'a> for $rust {
            const TYPE: ScalarType = ScalarType::$kql;
            type Array = $array;
            #[inline]
            fn get($a: &'a Self::Array, $row: usize) -> Option<Self> {
                if $a.is_null($row) { None } else { Some($value) }
            }
        }
    };
}

argument!(bool, Bool, BooleanArray, |a, row| a.value(row));
argument!(i32, Int, Int32Array, |a, row| a.value(row));
argument!(i64, Long, Int64Array, |a, row| a.value(row));
argument!(f64, Real, Float64Array, |a, row| a.value(row));
argument!(DateTime, DateTime, Int64Array, |a, row| DateTime(a.value(row)));
argument!(Timespan, Timespan, Int64Array, |a, row| Timespan(a.value(row)));
argument!(Decimal, Decimal, Decimal128Array, |a, row| Decimal(a.value(row)));
argument!(Json<'a>, Dynamic, StringViewArray, |a, row| Json(a.value(row)));

impl<'a> Argument<'a> for Guid {
    const TYPE: ScalarType = ScalarType::Guid;
    type Array = FixedSizeBinaryArray;
    fn get(array: &'a Self::Array, row: usize) -> Option<Self> {
        if array.is_null(row) { None } else { array.value(row).try_into().ok().map(Guid) }
    }
}

/// A string is never null: what has no value reads as "".
impl<'a> Argument<'a> for &'a str {
    const TYPE: ScalarType = ScalarType::String;
    type Array = StringViewArray;
    #[inline]
    fn get(array: &'a Self::Array, row: usize) -> Option<Self> {
        Some(if array.is_null(row) { "" } else { array.value(row) })
    }
}

/// A text that may be missing, against the rule that strings have no null: substring() of a null position is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NullableText<'a>(pub &'a str);

argument!(NullableText<'a>, String, StringViewArray, |a, row| NullableText(a.value(row)));

/// A kernel that takes an `Option` sees nulls itself.
impl<'a, A: Argument<'a>> Argument<'a> for Option<A> {
    const TYPE: ScalarType = A::TYPE;
    type Array = A::Array;
    #[inline]
    fn get(array: &'a Self::Array, row: usize) -> Option<Self> {
        Some(A::get(array, row))
    }
}

/// A Rust type that a kernel may return.
pub trait Output: Sized {
    /// The KQL type.
    const TYPE: ScalarType;
    /// What collects the rows.
    type Builder;
    /// An empty builder.
    fn builder(rows: usize) -> Self::Builder;
    /// Appends a value, or the null of the type.
    fn append(builder: &mut Self::Builder, value: Option<Self>);
    /// The finished column.
    fn finish(builder: Self::Builder) -> ArrayRef;
}

macro_rules! output {
    ($rust:ty, $kql:ident, $builder:ty, $make:expr, |$value:ident| $stored:expr) => {
        impl Output for $rust {
            const TYPE: ScalarType = ScalarType::$kql;
            type Builder = $builder;
            fn builder(rows: usize) -> Self::Builder {
                $make(rows)
            }
            #[inline]
            fn append(builder: &mut Self::Builder, value: Option<Self>) {
                builder.append_option(value.map(|$value| $stored));
            }
            fn finish(mut builder: Self::Builder) -> ArrayRef {
                std::sync::Arc::new(builder.finish())
            }
        }
    };
}

output!(bool, Bool, BooleanBuilder, BooleanBuilder::with_capacity, |value| value);
output!(i32, Int, Int32Builder, Int32Builder::with_capacity, |value| value);
output!(i64, Long, Int64Builder, Int64Builder::with_capacity, |value| value);
output!(f64, Real, Float64Builder, Float64Builder::with_capacity, |value| value);
output!(DateTime, DateTime, Int64Builder, Int64Builder::with_capacity, |value| value.0);
output!(Timespan, Timespan, Int64Builder, Int64Builder::with_capacity, |value| value.0);
output!(JsonText, Dynamic, StringViewBuilder, StringViewBuilder::with_capacity, |value| value.0);
output!(NullableText<'_>, String, StringViewBuilder, StringViewBuilder::with_capacity, |value| value.0);
output!(Json<'_>, Dynamic, StringViewBuilder, StringViewBuilder::with_capacity, |value| value.0);

impl Output for Decimal {
    const TYPE: ScalarType = ScalarType::Decimal;
    type Builder = Decimal128Builder;
    fn builder(rows: usize) -> Self::Builder {
        Decimal128Builder::with_capacity(rows).with_data_type(ScalarType::Decimal.arrow())
    }
    fn append(builder: &mut Self::Builder, value: Option<Self>) {
        builder.append_option(value.map(|value| value.0));
    }
    fn finish(mut builder: Self::Builder) -> ArrayRef {
        std::sync::Arc::new(builder.finish())
    }
}

impl Output for Guid {
    const TYPE: ScalarType = ScalarType::Guid;
    type Builder = FixedSizeBinaryBuilder;
    fn builder(rows: usize) -> Self::Builder {
        FixedSizeBinaryBuilder::with_capacity(rows, 16)
    }
    fn append(builder: &mut Self::Builder, value: Option<Self>) {
        match value {
            // Sixteen bytes always fit a builder of width sixteen.
            Some(value) => builder.append_value(value.0).unwrap_or(()),
            None => builder.append_null(),
        }
    }
    fn finish(mut builder: Self::Builder) -> ArrayRef {
        std::sync::Arc::new(builder.finish())
    }
}

macro_rules! text_output {
    ($rust:ty) => {
        impl Output for $rust {
            const TYPE: ScalarType = ScalarType::String;
            type Builder = StringViewBuilder;
            fn builder(rows: usize) -> Self::Builder {
                StringViewBuilder::with_capacity(rows)
            }
            #[inline]
            fn append(builder: &mut Self::Builder, value: Option<Self>) {
                builder.append_value(value.as_ref().map_or("", |text| text.as_ref()));
            }
            fn finish(mut builder: Self::Builder) -> ArrayRef {
                std::sync::Arc::new(builder.finish())
            }
        }
    };
}

text_output!(String);
text_output!(&str);
text_output!(Cow<'_, str>);

/// A kernel that may have no result for a row returns an `Option`.
impl<O: Output> Output for Option<O> {
    const TYPE: ScalarType = O::TYPE;
    type Builder = O::Builder;
    fn builder(rows: usize) -> Self::Builder {
        O::builder(rows)
    }
    #[inline]
    fn append(builder: &mut Self::Builder, value: Option<Self>) {
        O::append(builder, value.flatten());
    }
    fn finish(builder: Self::Builder) -> ArrayRef {
        O::finish(builder)
    }
}

/// The tagged scale of stored decimals, re-exported for kernels that do decimal arithmetic.
pub const SCALE: i8 = DECIMAL_SCALE;

/// A scalar as a one-row input.
pub fn scalar_input(value: &ScalarValue) -> Result<Input> {
    Ok(Input { array: value.to_array_of_size(1)?, scalar: true })
}
