//! The row of the table of aggregates.

use datafusion::logical_expr::Expr;
use kql_types::ScalarType;

use super::call::{Argument, Built};
use crate::CallError;

/// An aggregate function of `summarize`.
#[derive(Clone)]
pub struct Aggregate {
    /// The name of Kusto's documentation.
    pub name: &'static str,
    /// Old and alternative spellings whose columns are named alike.
    pub aliases: &'static [&'static str],
    /// One or two sentences: what it yields, and for what it is null.
    pub doc: &'static str,
    /// Queries that yield one row, with the cells of that row as text, joined by `|`.
    pub examples: &'static [(&'static str, &'static str)],
    /// The parameters in order, without `predicate`.
    pub params: Vec<Parameter>,
    /// How many of the last parameters may be left out.
    pub optional: usize,
    /// The last parameter may repeat.
    pub repeats: bool,
    /// Where the parameter `predicate` stands, for the aggregates that look at some rows only.
    pub predicate: Option<usize>,
    /// How an unnamed column is called.
    pub naming: Naming,
    /// What makes the expression.
    pub build: Build,
}

/// Makes the expression of a call whose arguments fit the parameters; `predicate` is not among them.
pub type Build = fn(&Call<'_>) -> Result<Built, CallError>;

/// What a builder is given.
pub struct Call<'a> {
    /// The row.
    pub aggregate: &'a Aggregate,
    /// The arguments without `predicate`.
    pub args: &'a [Argument],
    /// The position of the row in a sorted input, for aggregates whose result shows the order.
    pub position: Option<&'a Expr>,
}

/// A parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parameter {
    /// The name of Kusto's documentation.
    pub name: &'static str,
    /// What it accepts.
    pub accepts: Accepts,
    /// Only a value known before the query runs is accepted.
    pub constant: bool,
}

/// The types that a parameter accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Accepts {
    Any,
    /// Numbers, datetime and timespan.
    Summable,
    /// Everything that has an order: not guid, not dynamic.
    Orderable,
    Number,
    Integer,
    NotDynamic,
    NotRealOrBool,
    Dynamic,
}

/// How an unnamed column is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// The prefix, `_`, and the name of the first argument, which is nothing when it has none: `sum_x`, `sum_`.
    Prefix(&'static str),
    /// The same with the names of the first two arguments: `covariance_x_y`.
    PrefixOfTwo(&'static str),
    /// The name of the first argument: `take_anyif(x, y)` is `x`; without one it is named as any expression is.
    FirstArgument,
    /// The builder names its columns: `percentile_x_50`, the columns of `arg_max`.
    Own,
}

impl Aggregate {
    /// A row without parameters.
    pub fn new(
        name: &'static str,
        doc: &'static str,
        examples: &'static [(&'static str, &'static str)],
        build: Build,
    ) -> Self {
        Aggregate {
            name,
            aliases: &[],
            doc,
            examples,
            params: Vec::new(),
            optional: 0,
            repeats: false,
            predicate: None,
            naming: Naming::Prefix(name),
            build,
        }
    }

    /// Adds a parameter.
    pub fn param(mut self, name: &'static str, accepts: Accepts) -> Self {
        self.params.push(Parameter { name, accepts, constant: false });
        self
    }

    /// Adds a parameter that must be known before the query runs.
    pub fn constant(mut self, name: &'static str, accepts: Accepts) -> Self {
        self.params.push(Parameter { name, accepts, constant: true });
        self
    }

    /// The last parameter may be left out.
    pub fn optional(mut self) -> Self {
        self.optional += 1;
        self
    }

    /// The last parameter may repeat.
    pub fn repeats(mut self) -> Self {
        self.repeats = true;
        self
    }

    /// The next argument is a condition on the rows.
    pub fn predicate(mut self) -> Self {
        self.predicate = Some(self.params.len());
        self
    }

    /// Other spellings of the name.
    pub fn alias(mut self, aliases: &'static [&'static str]) -> Self {
        self.aliases = aliases;
        self
    }

    /// How an unnamed column is called, where it is not `<name>_<first argument>`.
    pub fn named(mut self, naming: Naming) -> Self {
        self.naming = naming;
        self
    }

    /// How many arguments it takes, in words.
    pub fn arity_text(&self) -> String {
        let most = self.params.len() + usize::from(self.predicate.is_some());
        let least = most - self.optional;
        let plural = if most == 1 && !self.repeats { "" } else { "s" };
        match (self.repeats, least == most) {
            (true, _) => format!("at least {least} argument{}", if least == 1 { "" } else { "s" }),
            (false, true) => format!("{most} argument{plural}"),
            (false, false) => format!("{least} to {most} arguments"),
        }
    }
}

impl Accepts {
    /// Whether an argument of this type fits.
    pub fn fits(self, ty: ScalarType) -> bool {
        match self {
            Accepts::Any => true,
            Accepts::Summable => ty.is_numeric() || matches!(ty, ScalarType::DateTime | ScalarType::Timespan),
            Accepts::Orderable => !matches!(ty, ScalarType::Guid | ScalarType::Dynamic),
            Accepts::Number => ty.is_numeric(),
            Accepts::Integer => matches!(ty, ScalarType::Int | ScalarType::Long),
            Accepts::NotDynamic => ty != ScalarType::Dynamic,
            Accepts::NotRealOrBool => !matches!(ty, ScalarType::Real | ScalarType::Bool),
            Accepts::Dynamic => ty == ScalarType::Dynamic,
        }
    }

    /// What is expected, in words.
    pub fn text(self) -> &'static str {
        match self {
            Accepts::Any => "any value",
            Accepts::Summable => "a number, a datetime or a timespan",
            Accepts::Orderable => "a value that has an order",
            Accepts::Number => "a number",
            Accepts::Integer => "an int or a long",
            Accepts::NotDynamic => "a value that is not dynamic",
            Accepts::NotRealOrBool => "a value that is neither real nor bool",
            Accepts::Dynamic => "a dynamic",
        }
    }
}
