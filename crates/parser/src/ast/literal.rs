//! Literal values as the lexer understood them.

/// A literal. Numbers and strings are decoded; dates, timespans, guids and decimals keep their text, because
/// their reading belongs to the type system and the parser knows nothing of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// `true`, `bool(null)`.
    Bool(Option<bool>),
    /// `int(5)`; hexadecimal wraps.
    Int(Option<i32>),
    /// `5`, `0xFF`, `long(5)`.
    Long(Option<i64>),
    /// `1.5`, `real(nan)`.
    Real(Option<f64>),
    /// `decimal(1.5)`: the text between the parentheses, `null` included.
    Decimal(String),
    /// `datetime(2020-01-01)`: the text between the parentheses, unquoted, `null` included.
    DateTime(String),
    /// `1d`, `2.5h`, `time(1.02:03:04)`: the text of the value, `null` included.
    Timespan(String),
    /// Every string form, decoded; adjacent literals are joined.
    String(String),
    /// `guid(…)`: the text between the parentheses, `null` included.
    Guid(String),
    /// `dynamic(…)`.
    Dynamic(DynamicLiteral),
    /// `typeof(long)`, or a type's name where a type is asked for.
    Type(String),
}

/// The inside of `dynamic(…)`.
#[derive(Debug, Clone, PartialEq)]
pub enum DynamicLiteral {
    /// `null`.
    Null,
    /// `true`.
    Bool(bool),
    /// An integer that fits 64 bits.
    Long(i64),
    /// Any other number.
    Real(f64),
    /// A string in any quotes.
    String(String),
    /// `[…]`.
    Array(Vec<DynamicLiteral>),
    /// `{…}` in source order; a repeated key stays repeated.
    Bag(Vec<(String, DynamicLiteral)>),
    /// A typed literal inside, such as `datetime(…)` or `1d`.
    Typed(Box<Literal>),
}
