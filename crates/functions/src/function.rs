//! The row of the function table.

use std::sync::Arc;

use datafusion::arrow::array::ArrayRef;
use datafusion::common::Result;
use kql_types::ScalarType;

use crate::column::Input;
use crate::{CallError, Typed};

/// What runs over a batch: the arguments and the number of rows in, a column of that many rows out.
pub type Kernel = Arc<dyn Fn(&[Input], usize) -> Result<ArrayRef> + Send + Sync>;

/// What turns a call into an expression at bind time, where the result's type depends on the arguments.
pub type Expand = fn(&[Typed]) -> Result<Typed, CallError>;

/// A check of a call's arguments at bind time.
pub type Check = fn(&[Typed]) -> Result<(), CallError>;

/// The columns of a call that yields several.
pub type TupleColumns = &'static [(&'static str, ScalarType)];

/// A scalar function.
#[derive(Clone)]
pub struct Function {
    /// The name of Kusto's documentation.
    pub name: &'static str,
    /// Old and alternative spellings.
    pub aliases: &'static [&'static str],
    /// One or two sentences: what it yields, and for what it is null.
    pub doc: &'static str,
    /// Calls with their results; each runs as a test, over scalars and over columns.
    pub examples: &'static [Example],
    /// How a column is named after a call of it.
    pub naming: Naming,
    /// The result changes from call to call, so it must not be folded: `rand`, `new_guid`.
    pub volatile: bool,
    /// Only other rows and the planner call it; no query can.
    pub internal: bool,
    /// What else is checked when a call is bound, such as the name of a unit given as a constant; it sees the
    /// arguments after their types were found to fit, before they are converted.
    pub check: Option<Check>,
    /// The overloads, most specific first.
    pub overloads: Vec<Overload>,
}

/// A call and what it gives, as text that `tostring` would print.
#[derive(Debug, Clone, Copy)]
pub struct Example {
    /// A scalar expression.
    pub query: &'static str,
    /// The printed result; "" for a null.
    pub result: &'static str,
}

/// How an unnamed column is named that holds a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// `Column1` and so on.
    None,
    /// The name of the first argument, when that is a column: `tostring(x)` is `x`.
    FirstArgument,
    /// A prefix and the name of the first argument: `strlen(x)` is `strlen_x`.
    Prefix(&'static str),
    /// Always this name.
    Fixed(&'static str),
}

/// One signature with what runs it.
#[derive(Clone)]
pub struct Overload {
    /// The parameters in order.
    pub params: Vec<Param>,
    /// The last parameter may repeat any number of times, at least this many in all.
    pub variadic: Option<usize>,
    /// The type of the result; `None` where [`Eval::Expand`] decides.
    pub returns: Option<ScalarType>,
    /// The names and types of the columns, where a call yields several, as `series_fit_line` does.
    ///
    /// The kernel then returns an Arrow struct with these fields, in this order, and the call is bound by
    /// [`resolve_tuple`](crate::resolve::resolve_tuple), which takes the struct apart. In `extend` and its kin an
    /// unnamed call `f(x, ..)` makes columns named `f_x_<name>`.
    pub returns_tuple: Option<TupleColumns>,
    /// What runs it.
    pub eval: Eval,
}

/// What runs an overload.
#[derive(Clone)]
pub enum Eval {
    /// A kernel over columns.
    Kernel(Kernel),
    /// An expression made at bind time.
    Expand(Expand),
    /// The planner knows it: it needs the clock, the catalogue or the rows around.
    Planner,
}

/// A parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Param {
    /// The name of Kusto's documentation.
    pub name: &'static str,
    /// What it accepts.
    pub ty: ParamType,
    /// Only a value known before the query runs is accepted.
    pub constant: bool,
    /// A regular expression: constant, and checked when the query is bound.
    pub regex: bool,
}

/// What a parameter accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParamType {
    /// This type, and what converts to it without loss: int to long, numbers to real, dynamic to anything.
    Is(ScalarType),
    /// Any type, given to the kernel as the text that `tostring` makes.
    Text,
    /// Any type, given to the kernel as the dynamic that `pack_array` would hold.
    Value,
    /// Any type as it is.
    Any,
}

impl Function {
    /// A function with no overload yet.
    pub fn new(
        name: &'static str,
        doc: &'static str,
        examples: &'static [(&'static str, &'static str)],
    ) -> Self {
        Function {
            name,
            aliases: &[],
            doc,
            examples: Example::from_pairs(examples),
            naming: Naming::None,
            volatile: false,
            check: None,
            internal: false,
            overloads: Vec::new(),
        }
    }

    /// Adds an overload, usually made by [`row!`](crate::row).
    pub fn on(mut self, overload: Overload) -> Self {
        self.overloads.push(overload);
        self
    }

    /// Other spellings of the name.
    pub fn alias(mut self, aliases: &'static [&'static str]) -> Self {
        self.aliases = aliases;
        self
    }

    /// A column that holds a call is named as the column in its first argument.
    pub fn keeps_name(mut self) -> Self {
        self.naming = Naming::FirstArgument;
        self
    }

    /// Only other rows and the planner call it: it is not in the published list, and no query finds it.
    pub fn internal(mut self) -> Self {
        self.internal = true;
        self
    }

    /// A column that holds a call is named with a prefix before the name of the column in its first argument.
    pub fn prefixes_name(mut self, prefix: &'static str) -> Self {
        self.naming = Naming::Prefix(prefix);
        self
    }

    /// A column that holds a call is always called so.
    pub fn fixes_name(mut self, name: &'static str) -> Self {
        self.naming = Naming::Fixed(name);
        self
    }

    /// The result changes from call to call.
    pub fn volatile(mut self) -> Self {
        self.volatile = true;
        self
    }

    /// The arguments pass this check when a call is bound.
    pub fn checked(mut self, check: Check) -> Self {
        self.check = Some(check);
        self
    }

    /// The parameter of this name must be known before the query runs, in every overload that has it.
    pub fn constant(mut self, param: &'static str) -> Self {
        self.each_param(param, |param| param.constant = true);
        self
    }

    /// The parameter of this name is a regular expression: constant, and checked when the query is bound.
    pub fn regex(mut self, param: &'static str) -> Self {
        self.each_param(param, |param| {
            param.constant = true;
            param.regex = true;
        });
        self
    }

    /// The parameter of this name accepts every type and reads it as text.
    pub fn text(mut self, param: &'static str) -> Self {
        self.each_param(param, |param| param.ty = ParamType::Text);
        self
    }

    /// The parameter of this name accepts every type and reads it as a dynamic.
    pub fn value(mut self, param: &'static str) -> Self {
        self.each_param(param, |param| param.ty = ParamType::Value);
        self
    }

    fn each_param(&mut self, name: &str, change: impl Fn(&mut Param)) {
        for param in self.overloads.iter_mut().flat_map(|overload| &mut overload.params) {
            if param.name == name {
                change(param);
            }
        }
    }
}

impl Overload {
    /// An overload whose kernel works on whole columns.
    pub fn kernel(params: Vec<Param>, returns: ScalarType, kernel: Kernel) -> Self {
        Overload {
            params,
            variadic: None,
            returns: Some(returns),
            returns_tuple: None,
            eval: Eval::Kernel(kernel),
        }
    }

    /// An overload that yields several columns; its kernel returns a struct of them.
    pub fn tuple(params: Vec<Param>, columns: TupleColumns, kernel: Kernel) -> Self {
        Overload {
            params,
            variadic: None,
            returns: None,
            returns_tuple: Some(columns),
            eval: Eval::Kernel(kernel),
        }
    }

    /// An overload that becomes an expression at bind time.
    pub fn expand(params: Vec<Param>, expand: Expand) -> Self {
        Overload { params, variadic: None, returns: None, returns_tuple: None, eval: Eval::Expand(expand) }
    }

    /// An overload that the planner runs.
    pub fn planner(params: Vec<Param>, returns: Option<ScalarType>) -> Self {
        Overload { params, variadic: None, returns, returns_tuple: None, eval: Eval::Planner }
    }

    /// The last parameter repeats; at least `minimum` arguments in all.
    pub fn variadic(mut self, minimum: usize) -> Self {
        self.variadic = Some(minimum);
        self
    }
}

impl Param {
    /// A parameter of a type.
    pub fn is(name: &'static str, ty: ScalarType) -> Self {
        Param { name, ty: ParamType::Is(ty), constant: false, regex: false }
    }

    /// A parameter that accepts every type as it is.
    pub fn any(name: &'static str) -> Self {
        Param { name, ty: ParamType::Any, constant: false, regex: false }
    }

    /// A parameter that accepts every type and reads it as text.
    pub fn text(name: &'static str) -> Self {
        Param { name, ty: ParamType::Text, constant: false, regex: false }
    }

    /// A parameter that accepts every type and reads it as the dynamic that `pack_array` would hold.
    pub fn value(name: &'static str) -> Self {
        Param { name, ty: ParamType::Value, constant: false, regex: false }
    }

    /// The same, but only a value known before the query runs is accepted.
    pub fn constant(mut self) -> Self {
        self.constant = true;
        self
    }
}

impl Example {
    fn from_pairs(pairs: &'static [(&'static str, &'static str)]) -> &'static [Example] {
        // Rows are made once per process, so the leak is bounded by the size of the table.
        Box::leak(pairs.iter().map(|&(query, result)| Example { query, result }).collect())
    }
}

/// An overload from a closure over plain values: `row!(|source: &str| -> i64 { source.len() as i64 })`.
///
/// The parameters' names and types and the result's type are read from the closure. A null argument gives a null
/// result unless the parameter is an `Option`; a `&str` is never null.
#[macro_export]
macro_rules! row {
    (|| -> $ret:ty $body:block) => {
        $crate::Overload::kernel(
            Vec::new(),
            <$ret as $crate::column::Output>::TYPE,
            std::sync::Arc::new(|_: &[$crate::column::Input], rows: usize| {
                let mut builder = <$ret as $crate::column::Output>::builder(rows);
                for _ in 0..rows {
                    <$ret as $crate::column::Output>::append(&mut builder, Some($body));
                }
                Ok(<$ret as $crate::column::Output>::finish(builder))
            }),
        )
    };
    (|$($name:ident : $ty:ty),*| -> $ret:ty $body:block) => {
        $crate::Overload::kernel(
            vec![$($crate::Param::is(
                stringify!($name),
                <$ty as $crate::column::Argument>::TYPE,
            )),*],
            <$ret as $crate::column::Output>::TYPE,
            std::sync::Arc::new(move |inputs: &[$crate::column::Input], rows: usize| {
                let mut inputs = inputs.iter();
                // Parameters are spelled as in Kusto's documentation, which writes some with capitals.
                $(#[allow(non_snake_case)] let $name = $crate::adapter::next_input(&mut inputs)?.view::<$ty>()?;)*
                let _ = &mut inputs;
                let mut builder = <$ret as $crate::column::Output>::builder(rows);
                for row in 0..rows {
                    let _ = row;
                    let value = (|| -> Option<$ret> {
                        $(#[allow(non_snake_case)] let $name = $name.get(row)?;)*
                        Some($body)
                    })();
                    <$ret as $crate::column::Output>::append(&mut builder, value);
                }
                Ok(<$ret as $crate::column::Output>::finish(builder))
            }),
        )
    };
}
