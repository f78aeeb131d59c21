//! One value of any type, as it stands in a row.

use std::fmt;

use arrow::array::{
    Array, AsArray, BooleanArray, Decimal128Array, FixedSizeBinaryArray, Float64Array, Int32Array,
    Int64Array, LargeStringArray, StringArray, StringViewArray,
};
use arrow::datatypes::{DataType, Decimal128Type, Float64Type, Int32Type, Int64Type};

use crate::scalar_type::DECIMAL_SCALE;
use crate::{ScalarType, datetime, decimal, dynamic, guid, number, timespan};

/// A value borrowed from a column.
#[derive(Debug, Clone, Copy, PartialEq)]
#[allow(missing_docs)]
pub enum Cell<'a> {
    /// The null of any type but string, which has none.
    Null,
    Bool(bool),
    Int(i32),
    Long(i64),
    Real(f64),
    /// The stored integer, in units of 10^-18.
    Decimal(i128),
    /// Ticks since 0001-01-01.
    DateTime(i64),
    /// Ticks.
    Timespan(i64),
    String(&'a str),
    /// Bytes in the order of the text.
    Guid([u8; 16]),
    /// JSON text, never `null`.
    Dynamic(&'a str),
}

/// A value that owns its text.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub enum OwnedCell {
    Null,
    Bool(bool),
    Int(i32),
    Long(i64),
    Real(f64),
    Decimal(i128),
    DateTime(i64),
    Timespan(i64),
    String(String),
    Guid([u8; 16]),
    Dynamic(String),
}

/// A column or a value that is not of the type it should be: an error of the caller, not of the data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeMismatch {
    /// The type that was wanted.
    pub wanted: ScalarType,
    /// What there was.
    pub found: String,
}

impl fmt::Display for TypeMismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected a value of type {}, found {}", self.wanted, self.found)
    }
}

impl std::error::Error for TypeMismatch {}

impl<'a> Cell<'a> {
    /// The value of a row. To read many rows, keep a [`CellReader`].
    pub fn read(array: &'a dyn Array, row: usize, ty: ScalarType) -> Result<Self, TypeMismatch> {
        Ok(CellReader::new(array, ty)?.get(row))
    }

    /// Whether it is null. The empty string is not.
    pub fn is_null(&self) -> bool {
        matches!(self, Cell::Null)
    }

    /// The type of the value; `None` for null, which every type but string has.
    pub fn scalar_type(&self) -> Option<ScalarType> {
        Some(match self {
            Cell::Null => return None,
            Cell::Bool(_) => ScalarType::Bool,
            Cell::Int(_) => ScalarType::Int,
            Cell::Long(_) => ScalarType::Long,
            Cell::Real(_) => ScalarType::Real,
            Cell::Decimal(_) => ScalarType::Decimal,
            Cell::DateTime(_) => ScalarType::DateTime,
            Cell::Timespan(_) => ScalarType::Timespan,
            Cell::String(_) => ScalarType::String,
            Cell::Guid(_) => ScalarType::Guid,
            Cell::Dynamic(_) => ScalarType::Dynamic,
        })
    }

    /// The same value with its own text.
    pub fn to_owned_cell(self) -> OwnedCell {
        match self {
            Cell::Null => OwnedCell::Null,
            Cell::Bool(value) => OwnedCell::Bool(value),
            Cell::Int(value) => OwnedCell::Int(value),
            Cell::Long(value) => OwnedCell::Long(value),
            Cell::Real(value) => OwnedCell::Real(value),
            Cell::Decimal(value) => OwnedCell::Decimal(value),
            Cell::DateTime(value) => OwnedCell::DateTime(value),
            Cell::Timespan(value) => OwnedCell::Timespan(value),
            Cell::String(text) => OwnedCell::String(text.to_string()),
            Cell::Guid(value) => OwnedCell::Guid(value),
            Cell::Dynamic(json) => OwnedCell::Dynamic(json.to_string()),
        }
    }
}

impl OwnedCell {
    /// The same value, borrowed.
    pub fn as_cell(&self) -> Cell<'_> {
        match self {
            OwnedCell::Null => Cell::Null,
            OwnedCell::Bool(value) => Cell::Bool(*value),
            OwnedCell::Int(value) => Cell::Int(*value),
            OwnedCell::Long(value) => Cell::Long(*value),
            OwnedCell::Real(value) => Cell::Real(*value),
            OwnedCell::Decimal(value) => Cell::Decimal(*value),
            OwnedCell::DateTime(value) => Cell::DateTime(*value),
            OwnedCell::Timespan(value) => Cell::Timespan(*value),
            OwnedCell::String(text) => Cell::String(text),
            OwnedCell::Guid(value) => Cell::Guid(*value),
            OwnedCell::Dynamic(json) => Cell::Dynamic(json),
        }
    }

    /// The value that the conversion function of a type (`tolong`, `todatetime`, `parse_json`, …) makes of a
    /// text: null where it makes none.
    pub fn from_text(text: &str, ty: ScalarType) -> Self {
        let value = match ty {
            ScalarType::Bool => number::parse_bool(text).map(OwnedCell::Bool),
            ScalarType::Int => number::parse_int(text).map(OwnedCell::Int),
            ScalarType::Long => number::parse_long(text).map(OwnedCell::Long),
            ScalarType::Real => number::parse_real(text).map(OwnedCell::Real),
            ScalarType::Decimal => decimal::parse(text).map(OwnedCell::Decimal),
            ScalarType::DateTime => datetime::parse(text).map(OwnedCell::DateTime),
            ScalarType::Timespan => timespan::parse(text).map(OwnedCell::Timespan),
            ScalarType::String => Some(OwnedCell::String(text.to_string())),
            ScalarType::Guid => guid::parse(text).map(OwnedCell::Guid),
            ScalarType::Dynamic => {
                dynamic::parse_json(text).map(|json| OwnedCell::Dynamic(json.into_owned()))
            }
        };
        value.unwrap_or(OwnedCell::Null)
    }
}

/// Reads the rows of one column. Besides the storage type of [`ScalarType::arrow`] it takes strings in any
/// Arrow layout but dictionaries.
#[derive(Debug, Clone, Copy)]
pub struct CellReader<'a> {
    ty: ScalarType,
    values: Values<'a>,
}

#[derive(Debug, Clone, Copy)]
enum Values<'a> {
    Bool(&'a BooleanArray),
    Int(&'a Int32Array),
    Long(&'a Int64Array),
    Real(&'a Float64Array),
    Decimal(&'a Decimal128Array),
    Guid(&'a FixedSizeBinaryArray),
    View(&'a StringViewArray),
    Utf8(&'a StringArray),
    LargeUtf8(&'a LargeStringArray),
}

impl<'a> CellReader<'a> {
    /// A reader of a column of this type.
    pub fn new(array: &'a dyn Array, ty: ScalarType) -> Result<Self, TypeMismatch> {
        let text = matches!(ty, ScalarType::String | ScalarType::Dynamic);
        let values = match array.data_type() {
            DataType::Utf8View if text => Values::View(array.as_string_view()),
            DataType::Utf8 if text => Values::Utf8(array.as_string()),
            DataType::LargeUtf8 if text => Values::LargeUtf8(array.as_string()),
            found if *found != ty.arrow() => {
                return Err(TypeMismatch { wanted: ty, found: format!("an Arrow column of {found}") });
            }
            DataType::Boolean => Values::Bool(array.as_boolean()),
            DataType::Int32 => Values::Int(array.as_primitive::<Int32Type>()),
            DataType::Int64 => Values::Long(array.as_primitive::<Int64Type>()),
            DataType::Float64 => Values::Real(array.as_primitive::<Float64Type>()),
            DataType::Decimal128(_, DECIMAL_SCALE) => Values::Decimal(array.as_primitive::<Decimal128Type>()),
            DataType::FixedSizeBinary(16) => Values::Guid(array.as_fixed_size_binary()),
            found => return Err(TypeMismatch { wanted: ty, found: format!("an Arrow column of {found}") }),
        };
        Ok(CellReader { ty, values })
    }

    /// The value of a row; a null string is the empty string. A row past the end panics, as Arrow's do.
    pub fn get(&self, row: usize) -> Cell<'a> {
        match self.values {
            Values::Bool(array) if array.is_valid(row) => Cell::Bool(array.value(row)),
            Values::Int(array) if array.is_valid(row) => Cell::Int(array.value(row)),
            Values::Long(array) if array.is_valid(row) => match self.ty {
                ScalarType::DateTime => Cell::DateTime(array.value(row)),
                ScalarType::Timespan => Cell::Timespan(array.value(row)),
                _ => Cell::Long(array.value(row)),
            },
            Values::Real(array) if array.is_valid(row) => Cell::Real(array.value(row)),
            Values::Decimal(array) if array.is_valid(row) => Cell::Decimal(array.value(row)),
            Values::Guid(array) if array.is_valid(row) => match array.value(row).try_into() {
                Ok(guid) => Cell::Guid(guid),
                Err(_) => Cell::Null,
            },
            Values::View(array) if array.is_valid(row) => self.text(array.value(row)),
            Values::Utf8(array) if array.is_valid(row) => self.text(array.value(row)),
            Values::LargeUtf8(array) if array.is_valid(row) => self.text(array.value(row)),
            _ if self.ty == ScalarType::String => Cell::String(""),
            _ => Cell::Null,
        }
    }

    fn text(&self, text: &'a str) -> Cell<'a> {
        match self.ty {
            ScalarType::Dynamic if text == "null" => Cell::Null,
            ScalarType::Dynamic => Cell::Dynamic(text),
            _ => Cell::String(text),
        }
    }
}
