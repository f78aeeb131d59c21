//! The ten scalar types and the Arrow type that holds each.

use std::fmt;

use arrow::datatypes::{DataType, Field};

/// Digits after the point in every stored decimal: enough for money and rates, with 20 digits before it.
pub const DECIMAL_SCALE: i8 = 18;

/// The key of the Arrow field metadata that names the KQL type of a column.
pub const METADATA_KEY: &str = "kql";

/// A scalar type of KQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum ScalarType {
    Bool,
    Int,
    Long,
    Real,
    Decimal,
    /// Ticks of 100 ns since 0001-01-01, so years 1 to 9999 with seven digits.
    DateTime,
    /// Ticks of 100 ns.
    Timespan,
    /// Never null: what has no value is "".
    String,
    Guid,
    /// JSON text as it came; a null of any kind is an Arrow null.
    Dynamic,
}

impl ScalarType {
    /// Every type, in the order in which the documentation lists them.
    pub const ALL: [ScalarType; 10] = [
        ScalarType::Bool,
        ScalarType::DateTime,
        ScalarType::Decimal,
        ScalarType::Dynamic,
        ScalarType::Guid,
        ScalarType::Int,
        ScalarType::Long,
        ScalarType::Real,
        ScalarType::String,
        ScalarType::Timespan,
    ];

    /// The canonical name, as `getschema` prints it.
    pub fn name(self) -> &'static str {
        match self {
            ScalarType::Bool => "bool",
            ScalarType::Int => "int",
            ScalarType::Long => "long",
            ScalarType::Real => "real",
            ScalarType::Decimal => "decimal",
            ScalarType::DateTime => "datetime",
            ScalarType::Timespan => "timespan",
            ScalarType::String => "string",
            ScalarType::Guid => "guid",
            ScalarType::Dynamic => "dynamic",
        }
    }

    /// The .NET name that `getschema` and the wire formats print.
    pub fn clr_name(self) -> &'static str {
        match self {
            ScalarType::Bool => "System.SByte",
            ScalarType::Int => "System.Int32",
            ScalarType::Long => "System.Int64",
            ScalarType::Real => "System.Double",
            ScalarType::Decimal => "System.Data.SqlTypes.SqlDecimal",
            ScalarType::DateTime => "System.DateTime",
            ScalarType::Timespan => "System.TimeSpan",
            ScalarType::String => "System.String",
            ScalarType::Guid => "System.Guid",
            ScalarType::Dynamic => "System.Object",
        }
    }

    /// The type of a name or an alias of it, such as `double` or `date`; `None` for anything else.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "bool" | "boolean" => ScalarType::Bool,
            "int" | "int32" => ScalarType::Int,
            "long" | "int64" => ScalarType::Long,
            "real" | "double" => ScalarType::Real,
            "decimal" => ScalarType::Decimal,
            "datetime" | "date" => ScalarType::DateTime,
            "timespan" | "time" => ScalarType::Timespan,
            "string" => ScalarType::String,
            "guid" | "uuid" | "uniqueid" => ScalarType::Guid,
            "dynamic" => ScalarType::Dynamic,
            _ => return None,
        })
    }

    /// The Arrow type that holds a column of this type.
    pub fn arrow(self) -> DataType {
        match self {
            ScalarType::Bool => DataType::Boolean,
            ScalarType::Int => DataType::Int32,
            ScalarType::Long | ScalarType::DateTime | ScalarType::Timespan => DataType::Int64,
            ScalarType::Real => DataType::Float64,
            ScalarType::Decimal => DataType::Decimal128(38, DECIMAL_SCALE),
            ScalarType::String | ScalarType::Dynamic => DataType::Utf8View,
            ScalarType::Guid => DataType::FixedSizeBinary(16),
        }
    }

    /// An Arrow field of this type, tagged so that a reader knows a datetime from a long.
    pub fn field(self, name: &str) -> Field {
        Field::new(name, self.arrow(), true)
            .with_metadata([(METADATA_KEY.to_string(), self.name().to_string())].into())
    }

    /// The type that a tagged field declares.
    pub fn of_field(field: &Field) -> Option<Self> {
        field.metadata().get(METADATA_KEY).and_then(|name| Self::from_name(name))
    }

    /// Whether arithmetic is defined on it as a number.
    pub fn is_numeric(self) -> bool {
        matches!(self, ScalarType::Int | ScalarType::Long | ScalarType::Real | ScalarType::Decimal)
    }
}

impl fmt::Display for ScalarType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
