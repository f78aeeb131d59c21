//! Statements: what stands between semicolons.

use super::{ColumnDecl, Expr, Name};
use crate::span::Span;

/// One query: statements, the last of which is usually the tabular expression that gives the rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// The statements in source order.
    pub statements: Vec<Statement>,
    /// The whole text of the query.
    pub span: Span,
}

/// A statement with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// What it is.
    pub kind: StatementKind,
    /// Where it stands, without the semicolon.
    pub span: Span,
}

/// The forms of a statement.
#[derive(Debug, Clone, PartialEq)]
pub enum StatementKind {
    /// `let name = value`.
    Let {
        /// The name.
        name: Name,
        /// A scalar, a tabular expression or a [`super::ExprKind::Function`].
        value: Expr,
    },
    /// `set option` or `set option = value`.
    Set {
        /// The option.
        name: Name,
        /// Its value.
        value: Option<Expr>,
    },
    /// `declare query_parameters(a:long = 1, …)`.
    QueryParameters(Vec<ColumnDecl>),
    /// `declare pattern …`.
    Pattern(PatternDecl),
    /// `restrict access to (…)`.
    Restrict(Vec<Expr>),
    /// `alias database x = cluster('…').database('…')`.
    Alias {
        /// The alias.
        name: Name,
        /// What it stands for.
        value: Expr,
    },
    /// An expression that yields the query's result.
    Expr(Expr),
}

/// `declare pattern name`, or with `= (parameters)[path] { rules }`.
#[derive(Debug, Clone, PartialEq)]
pub struct PatternDecl {
    /// The name.
    pub name: Name,
    /// What it stands for, unless only its name is declared.
    pub definition: Option<PatternDefinition>,
}

/// What a pattern stands for.
#[derive(Debug, Clone, PartialEq)]
pub struct PatternDefinition {
    /// The arguments of a call.
    pub parameters: Vec<ColumnDecl>,
    /// What follows the call behind a dot.
    pub path: Option<ColumnDecl>,
    /// The calls that mean something.
    pub rules: Vec<PatternRule>,
}

/// `("value", …).["path"] = { query };`
#[derive(Debug, Clone, PartialEq)]
pub struct PatternRule {
    /// The values of the arguments.
    pub values: Vec<Expr>,
    /// The value of the path.
    pub path: Option<Expr>,
    /// The statements that give the rows.
    pub body: Vec<Statement>,
    /// The whole rule.
    pub span: Span,
}

/// A function's parameters and body.
#[derive(Debug, Clone, PartialEq)]
pub struct FunctionDecl {
    /// `view () { … }`.
    pub view: bool,
    /// Tabular parameters come first, as Kusto demands.
    pub parameters: Vec<FunctionParameter>,
    /// The statements before the last expression, and that expression.
    pub body: Vec<Statement>,
    /// The text between the braces, braces included.
    pub body_span: Span,
}

/// A parameter of a function.
#[derive(Debug, Clone, PartialEq)]
pub struct FunctionParameter {
    /// Its name.
    pub name: Name,
    /// What it takes.
    pub kind: ParameterKind,
}

/// What a parameter takes.
#[derive(Debug, Clone, PartialEq)]
pub enum ParameterKind {
    /// `x:long` and `x:long = 5`.
    Scalar {
        /// The type as written.
        type_name: Name,
        /// The default value.
        default: Option<Expr>,
    },
    /// `T:(a:long, b:string)`; `None` stands for `T:(*)`.
    Tabular(Option<Vec<ColumnDecl>>),
}
