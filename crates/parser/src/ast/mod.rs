//! The syntax tree: what was written, with byte spans, before any name is resolved.

mod expr;
mod graph;
mod literal;
mod operator;
mod statement;
mod walk;

pub use expr::*;
pub use graph::*;
pub use literal::*;
pub use operator::*;
pub use statement::*;

use crate::span::Span;

/// An identifier as written, without the quotes and brackets of `['a b']`.
#[derive(Debug, Clone, PartialEq)]
pub struct Name {
    /// The identifier itself.
    pub text: String,
    /// Where it stands, brackets included.
    pub span: Span,
}

/// `name: type` of a schema, with the default value that `declare` forms and parameters allow.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnDecl {
    /// The column's name.
    pub name: Name,
    /// The type as written, such as `string` or `int`.
    pub type_name: Name,
    /// `= value`, where the form allows one.
    pub default: Option<Expr>,
}

/// `name=value` between an operator and its operands, such as `kind=inner` or `hint.strategy=shuffle`.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// The whole dotted name: `kind`, `hint.strategy`, `with_itemindex`.
    pub name: Name,
    /// The value; bare words are [`ExprKind::Name`].
    pub value: Expr,
}
