//! Expressions, scalar and tabular alike: only binding tells them apart.

use super::{ColumnDecl, FunctionDecl, Literal, Name, Operator, Parameter};
use crate::span::Span;

/// An expression with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    pub span: Span,
}

/// The forms of an expression.
#[derive(Debug, Clone, PartialEq)]
pub enum ExprKind {
    /// A literal value.
    Literal(Literal),
    /// A column, variable, table or function name; `$left` and `$right` included.
    Name(String),
    /// A name pattern with `*`, or `*` alone.
    Wildcard(String),
    /// `target.name` and `target.['name']`.
    Member {
        /// What is looked into.
        target: Box<Expr>,
        /// The key.
        name: Name,
    },
    /// `target.f(args)`, as in `database('x').table('y')`.
    MemberCall {
        /// What is looked into.
        target: Box<Expr>,
        /// The call.
        call: Call,
    },
    /// `target[index]`.
    Index {
        /// What is looked into.
        target: Box<Expr>,
        /// The key or the position.
        index: Box<Expr>,
    },
    /// `f(args)`.
    Call(Call),
    /// `-x`, `+x`.
    Unary {
        /// The sign.
        op: UnaryOp,
        /// The operand.
        operand: Box<Expr>,
    },
    /// `left op right`.
    Binary {
        /// The operator.
        op: BinaryOp,
        /// Where the operator itself stands.
        op_span: Span,
        /// Left operand.
        left: Box<Expr>,
        /// Right operand.
        right: Box<Expr>,
    },
    /// `left in (list)` and its kin.
    In {
        /// The operator.
        op: InOp,
        /// Where the operator itself stands.
        op_span: Span,
        /// What is looked for, or looked into for `has_any` and `has_all`.
        left: Box<Expr>,
        /// The values; a single tabular expression is a one-element list.
        list: Vec<Expr>,
    },
    /// `value between (low .. high)`.
    Between {
        /// `!between`.
        negated: bool,
        /// The value.
        value: Box<Expr>,
        /// Lower bound, inclusive.
        low: Box<Expr>,
        /// Upper bound, inclusive.
        high: Box<Expr>,
    },
    /// `(x)`.
    Paren(Box<Expr>),
    /// `source | op | op`.
    Pipeline(Pipeline),
    /// An operator that stands first and makes its own rows, such as `print`, `range`, `union`, `search`.
    Source(Box<Operator>),
    /// `datatable(schema)[values]`.
    DataTable(DataTable),
    /// `externaldata(schema)[uris] with (…)`.
    ExternalData(ExternalData),
    /// `(a:long) { … }`, the value of a `let`; `view () { … }` sets the flag.
    Function(Box<FunctionDecl>),
    /// `entity_group [ … ]`.
    EntityGroup(Vec<Expr>),
    /// `@'…' : long`-like casts of names in scan and parse are not expressions; this is `name = value` as an argument.
    Named {
        /// The names left of `=`; more than one for `(a, b) = …`.
        names: Vec<Name>,
        /// The value.
        value: Box<Expr>,
    },
}

/// `name(args)`.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// The function's name.
    pub name: Name,
    /// The arguments; a named one is [`ExprKind::Named`].
    pub args: Vec<Expr>,
}

/// `source | op | op`.
#[derive(Debug, Clone, PartialEq)]
pub struct Pipeline {
    /// Where the rows come from.
    pub source: Box<Expr>,
    /// What happens to them, in order.
    pub operators: Vec<Operator>,
}

/// `expr`, `name = expr` or `(a, b) = expr` in a column list.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedExpr {
    /// The names left of `=`; empty when there is none.
    pub names: Vec<Name>,
    /// The value.
    pub expr: Expr,
}

impl NamedExpr {
    /// From the first name, if any, to the end of the value.
    pub fn span(&self) -> Span {
        self.names.first().map_or(self.expr.span, |name| name.span.to(self.expr.span))
    }
}

/// A sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnaryOp {
    /// `-`
    Minus,
    /// `+`
    Plus,
}

/// Operators between two expressions. `<>` is [`BinaryOp::NotEqual`]; old spellings have no variant of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum BinaryOp {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    EqualCi,
    NotEqualCi,
    Has,
    NotHas,
    HasCs,
    NotHasCs,
    HasPrefix,
    NotHasPrefix,
    HasPrefixCs,
    NotHasPrefixCs,
    HasSuffix,
    NotHasSuffix,
    HasSuffixCs,
    NotHasSuffixCs,
    Contains,
    NotContains,
    ContainsCs,
    NotContainsCs,
    StartsWith,
    NotStartsWith,
    StartsWithCs,
    NotStartsWithCs,
    EndsWith,
    NotEndsWith,
    EndsWithCs,
    NotEndsWithCs,
    Like,
    NotLike,
    LikeCs,
    NotLikeCs,
    MatchesRegex,
    /// `column : "term"` of `search` and `find`.
    SearchTerm,
}

impl BinaryOp {
    /// The spelling of today, whichever was written.
    pub fn text(self) -> &'static str {
        match self {
            BinaryOp::Or => "or",
            BinaryOp::And => "and",
            BinaryOp::Equal => "==",
            BinaryOp::NotEqual => "!=",
            BinaryOp::Less => "<",
            BinaryOp::LessOrEqual => "<=",
            BinaryOp::Greater => ">",
            BinaryOp::GreaterOrEqual => ">=",
            BinaryOp::Add => "+",
            BinaryOp::Subtract => "-",
            BinaryOp::Multiply => "*",
            BinaryOp::Divide => "/",
            BinaryOp::Modulo => "%",
            BinaryOp::EqualCi => "=~",
            BinaryOp::NotEqualCi => "!~",
            BinaryOp::Has => "has",
            BinaryOp::NotHas => "!has",
            BinaryOp::HasCs => "has_cs",
            BinaryOp::NotHasCs => "!has_cs",
            BinaryOp::HasPrefix => "hasprefix",
            BinaryOp::NotHasPrefix => "!hasprefix",
            BinaryOp::HasPrefixCs => "hasprefix_cs",
            BinaryOp::NotHasPrefixCs => "!hasprefix_cs",
            BinaryOp::HasSuffix => "hassuffix",
            BinaryOp::NotHasSuffix => "!hassuffix",
            BinaryOp::HasSuffixCs => "hassuffix_cs",
            BinaryOp::NotHasSuffixCs => "!hassuffix_cs",
            BinaryOp::Contains => "contains",
            BinaryOp::NotContains => "!contains",
            BinaryOp::ContainsCs => "contains_cs",
            BinaryOp::NotContainsCs => "!contains_cs",
            BinaryOp::StartsWith => "startswith",
            BinaryOp::NotStartsWith => "!startswith",
            BinaryOp::StartsWithCs => "startswith_cs",
            BinaryOp::NotStartsWithCs => "!startswith_cs",
            BinaryOp::EndsWith => "endswith",
            BinaryOp::NotEndsWith => "!endswith",
            BinaryOp::EndsWithCs => "endswith_cs",
            BinaryOp::NotEndsWithCs => "!endswith_cs",
            BinaryOp::Like => "like",
            BinaryOp::NotLike => "notlike",
            BinaryOp::LikeCs => "likecs",
            BinaryOp::NotLikeCs => "notlikecs",
            BinaryOp::MatchesRegex => "matches regex",
            BinaryOp::SearchTerm => ":",
        }
    }
}

/// Operators between an expression and a parenthesised list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum InOp {
    In,
    NotIn,
    InCi,
    NotInCi,
    HasAny,
    NotHasAny,
    HasAll,
    NotHasAll,
}

impl InOp {
    /// As it is written.
    pub fn text(self) -> &'static str {
        match self {
            InOp::In => "in",
            InOp::NotIn => "!in",
            InOp::InCi => "in~",
            InOp::NotInCi => "!in~",
            InOp::HasAny => "has_any",
            InOp::NotHasAny => "!has_any",
            InOp::HasAll => "has_all",
            InOp::NotHasAll => "!has_all",
        }
    }
}

/// `datatable(schema)[values]`.
#[derive(Debug, Clone, PartialEq)]
pub struct DataTable {
    /// Properties before the schema.
    pub params: Vec<Parameter>,
    /// The columns.
    pub columns: Vec<ColumnDecl>,
    /// The cells, row after row.
    pub values: Vec<Expr>,
}

/// `externaldata(schema)[uris] with (…)`.
#[derive(Debug, Clone, PartialEq)]
pub struct ExternalData {
    /// Properties before the schema.
    pub params: Vec<Parameter>,
    /// The columns.
    pub columns: Vec<ColumnDecl>,
    /// Where the data lies.
    pub uris: Vec<Expr>,
    /// `with (format="csv", …)`.
    pub properties: Vec<Parameter>,
}
