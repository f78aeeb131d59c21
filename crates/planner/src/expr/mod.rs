//! Scalar expressions: syntax tree to DataFusion expression with a KQL type and a name.

mod aggregate;
mod bin_auto;
mod call;
mod list;
mod literal;
mod lookup;
mod name;
mod operator;
pub(crate) mod pattern;
mod subquery;
mod window;

use kql_functions::{Typed, resolve};
use kql_parser::ast::{Expr, ExprKind};
use kql_parser::span::Span;
use kql_types::{Column, ScalarType};

pub(crate) use aggregate::AggregateScope;
pub(crate) use bin_auto::AutomaticBins;
pub(crate) use pattern::{Element, Of, PatternScope, PatternView, Variable, condition};
pub(crate) use window::WindowScope;

use crate::bind::Binder;
use crate::codes::{self, semantic};
use crate::env::Env;
use crate::frame::Frame;
use crate::naming::NameSource;
use crate::{Result, codes::unsupported};

/// A bound expression.
#[derive(Debug, Clone)]
pub(crate) struct Bound {
    /// The expression and its type.
    pub value: Typed,
    /// The name that the expression suggests.
    pub name: NameSource,
    /// The columns of a function that yields several, each with the name that it suggests; `value` is the first.
    pub columns: Option<Vec<(NameSource, Typed)>>,
}

impl Bound {
    pub(crate) fn new(value: Typed) -> Self {
        Bound { value, name: NameSource::Positional, columns: None }
    }

    pub(crate) fn suggested(value: Typed, name: impl Into<String>) -> Self {
        Bound { value, name: NameSource::Suggested(name.into()), columns: None }
    }
}

/// A row beside the scope's own, whose columns are named `record.column`.
pub(crate) struct Record {
    /// Its name.
    pub name: String,
    /// Its columns.
    pub columns: Vec<(String, Typed)>,
}

/// What an expression can see: the columns of the row and the names around it.
pub(crate) struct RowScope<'a> {
    /// Variables, parameters, functions.
    pub env: &'a Env,
    /// The columns.
    pub columns: &'a [Column],
    /// Columns that may be named although they are not there.
    pub hidden: &'a [Column],
    /// Those of them that have values.
    pub held: &'a [String],
    /// Any other name may be a column too, of which nothing is known without the data.
    pub open: bool,
    /// Set inside `summarize`: aggregates are collected, columns outside them refused.
    pub aggregates: Option<AggregateScope<'a>>,
    /// The frame's rows are in order, so that window functions mean something.
    pub serialized: bool,
    /// Set where the operator computes window functions: their calls are collected.
    pub windows: Option<WindowScope>,
    /// Rows beside this one.
    pub records: &'a [Record],
    /// Set inside a pattern over a graph, whose variables are names here.
    pub pattern: Option<PatternView<'a>>,
    /// Null counts as false here, so that a comparison may take the form that prunes.
    pub filter: bool,
}

impl<'a> RowScope<'a> {
    /// The scope of a frame's rows.
    pub(crate) fn of(env: &'a Env, frame: &'a Frame) -> Self {
        RowScope {
            env,
            columns: &frame.columns,
            hidden: &frame.hidden,
            held: &frame.held,
            open: frame.open,
            aggregates: None,
            serialized: frame.serialized,
            windows: None,
            records: &[],
            pattern: None,
            filter: false,
        }
    }

    /// The same scope in an operator that computes window functions.
    pub(crate) fn with_windows(self, windows: &WindowScope) -> Self {
        RowScope { windows: Some(windows.clone()), ..self }
    }

    /// A scope without columns.
    pub(crate) fn constants(env: &'a Env) -> Self {
        RowScope {
            env,
            columns: &[],
            hidden: &[],
            held: &[],
            open: false,
            aggregates: None,
            serialized: false,
            windows: None,
            records: &[],
            pattern: None,
            filter: false,
        }
    }

    /// The same scope, where null does not count as false.
    pub(crate) fn exact(&self) -> RowScope<'_> {
        RowScope {
            env: self.env,
            columns: self.columns,
            hidden: self.hidden,
            held: self.held,
            open: self.open,
            aggregates: self.aggregates.clone(),
            serialized: self.serialized,
            windows: self.windows.clone(),
            records: self.records,
            pattern: self.pattern,
            filter: false,
        }
    }
}

impl Binder<'_> {
    /// Binds an expression to a value of one column.
    pub(crate) fn scalar(&mut self, scope: &RowScope, expr: &Expr) -> Result<Typed> {
        let bound = self.expr(scope, expr)?;
        if bound.columns.is_some() {
            let message = "this function yields several columns and stands alone in a column list";
            return Err(semantic(codes::SHAPE, expr.span, message));
        }
        Ok(bound.value)
    }

    /// Binds an expression.
    pub(crate) fn expr(&mut self, scope: &RowScope, expr: &Expr) -> Result<Bound> {
        match &expr.kind {
            ExprKind::Literal(literal) => self.literal(literal, expr.span).map(Bound::new),
            ExprKind::Name(name) => self.name(scope, name, expr.span),
            ExprKind::Paren(inner) => self.expr(scope, inner),
            ExprKind::Member { target, name } => self.member(scope, target, &name.text, expr.span),
            ExprKind::Index { target, index } => self.index(scope, target, index, expr.span),
            ExprKind::Call(call) => self.call(scope, call, expr.span),
            ExprKind::Unary { op, operand } => self.unary(scope, *op, operand, expr.span),
            ExprKind::Binary { op, op_span, left, right } => {
                self.binary(scope, *op, *op_span, left, right, expr.span)
            }
            ExprKind::In { op, op_span, left, list } => {
                self.membership(scope, *op, *op_span, left, list, expr.span)
            }
            ExprKind::Between { negated, value, low, high } => {
                self.between(scope, *negated, value, low, high)
            }
            ExprKind::Wildcard(_) => {
                Err(semantic(codes::SHAPE, expr.span, "`*` does not stand for a value here"))
            }
            ExprKind::Named { value, .. } => {
                Err(semantic(codes::ARGUMENTS, value.span, "a named value does not stand here"))
            }
            ExprKind::MemberCall { .. } => {
                Err(unsupported(codes::UNSUPPORTED_FORM, expr.span, "a call on a member is not built yet"))
            }
            ExprKind::Pipeline(_)
            | ExprKind::Source(_)
            | ExprKind::DataTable(_)
            | ExprKind::ExternalData(_)
            | ExprKind::Function(_)
            | ExprKind::EntityGroup(_) => {
                Err(semantic(codes::SHAPE, expr.span, "a table stands where a value is asked for"))
            }
        }
    }

    /// Binds an expression whose value must be known before the query runs.
    pub(crate) fn constant(&mut self, env: &Env, expr: &Expr, what: &str) -> Result<Typed> {
        let value = self.scalar(&RowScope::constants(env), expr)?;
        if value.literal().is_none() {
            return Err(semantic(codes::NOT_CONSTANT, expr.span, format!("{what} must be a constant")));
        }
        Ok(value)
    }

    /// A value as one of another type; a constant that a whole number cannot hold is an error.
    pub(crate) fn held_as(&self, value: Typed, ty: ScalarType, span: Span) -> Result<Typed> {
        let convert = |value: Typed, ty| {
            resolve::convert(value, ty).map(Typed::folded).map_err(|error| self.call_error(error, span, &[]))
        };
        let converted = convert(value.clone(), ty)?;
        if matches!(ty, ScalarType::Int | ScalarType::Long)
            && value.literal().is_some_and(|literal| !literal.is_null())
            && convert(converted.clone(), value.ty)?.literal() != value.literal()
        {
            return Err(semantic(codes::TYPES, span, format!("the value does not fit into {ty}")));
        }
        Ok(converted)
    }

    /// Binds a constant number of rows.
    pub(crate) fn count_of(&mut self, env: &Env, expr: &Expr, what: &str) -> Result<usize> {
        let value = self.constant(env, expr, what)?;
        match (value.ty, value.literal_i64()) {
            (ScalarType::Int | ScalarType::Long, Some(count)) => usize::try_from(count).map_err(|_| {
                semantic(codes::PARAMETER_VALUE, expr.span, format!("{what} must not be negative"))
            }),
            _ if !self.execute && value.is_null_literal() => Ok(0),
            _ => {
                let message = format!("{what} must be a whole number, not {}", value.ty);
                Err(semantic(codes::TYPES, expr.span, message))
            }
        }
    }

    /// Turns the library's refusal of a call into a diagnostic.
    pub(crate) fn call_error(
        &self,
        error: kql_functions::CallError,
        span: Span,
        arguments: &[Span],
    ) -> Box<kql_parser::diagnostic::Diagnostic> {
        let span = error.argument.and_then(|index| arguments.get(index)).copied().unwrap_or(span);
        if error.unsupported {
            unsupported(codes::UNSUPPORTED_FUNCTION, span, error.message)
        } else {
            semantic(codes::ARGUMENTS, span, error.message)
        }
    }
}
