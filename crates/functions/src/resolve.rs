//! Picks the overload of a call, coerces the arguments, and makes the expression.

use datafusion::arrow::datatypes::DataType;
use datafusion::functions::core::expr_fn::get_field;
use datafusion::logical_expr::{Expr, cast};
use kql_types::ScalarType;

use crate::adapter::KernelUdf;
use crate::function::{Eval, Function, Kernel, Overload, Param, ParamType};
use crate::{CallError, Typed, regex_cache, table};

/// Binds a call: the expression with its type, or what is wrong with the call.
///
/// An overload that the planner runs is not for this function: it answers "unsupported" for it.
pub fn resolve(function: &Function, args: Vec<Typed>) -> Result<Typed, CallError> {
    let (number, overload) = choose(function, &args)?;
    check_arguments(function, overload, &args)?;
    match &overload.eval {
        Eval::Expand(expand) => {
            let args = coerce_all(overload, args)?;
            Ok(expand(&args)?.folded())
        }
        Eval::Kernel(kernel) => {
            let Some(returns) = overload.returns else {
                return Err(CallError::call(format!(
                    "{}() yields several columns, so it can only stand alone in extend, project or print",
                    function.name
                )));
            };
            let args = coerce_all(overload, args)?;
            let expr = kernel_call(function, number, kernel, returns.arrow(), args);
            let typed = Typed::new(expr, returns);
            Ok(if function.volatile { typed } else { typed.folded() })
        }
        Eval::Planner => Err(CallError::unsupported(format!("{}() cannot stand here", function.name))),
    }
}

/// Binds a call that yields several columns: their names and expressions in order, `None` when the overload that
/// fits the arguments yields one value.
///
/// Each expression reads one field of the same call, which the engine runs once.
pub fn resolve_tuple(
    function: &Function,
    args: Vec<Typed>,
) -> Result<Option<Vec<(&'static str, Typed)>>, CallError> {
    let (number, overload) = choose(function, &args)?;
    let (Some(columns), Eval::Kernel(kernel)) = (overload.returns_tuple, &overload.eval) else {
        return Ok(None);
    };
    check_arguments(function, overload, &args)?;
    let args = coerce_all(overload, args)?;
    let fields = columns.iter().map(|(name, ty)| ty.field(name)).collect();
    let expr = kernel_call(function, number, kernel, DataType::Struct(fields), args);
    let column = |&(name, ty): &(&'static str, ScalarType)| {
        (name, Typed::new(get_field(expr.clone(), name), ty).folded())
    };
    Ok(Some(columns.iter().map(column).collect()))
}

fn kernel_call(
    function: &Function,
    number: usize,
    kernel: &Kernel,
    returns: DataType,
    args: Vec<Typed>,
) -> Expr {
    KernelUdf::call(
        format!("{}/{number}", function.name),
        kernel.clone(),
        returns,
        function.volatile,
        args.into_iter().map(|arg| arg.expr).collect(),
    )
}

/// Calls a function of the table by name; for expressions that one function makes of others.
pub fn call(name: &str, args: Vec<Typed>) -> Result<Typed, CallError> {
    let function = table::find_row(name)
        .ok_or_else(|| CallError::unsupported(format!("{name}() is not in the library")))?;
    resolve(function, args)
}

/// The cheapest overload that accepts the arguments, with its number.
pub fn choose<'f>(function: &'f Function, args: &[Typed]) -> Result<(usize, &'f Overload), CallError> {
    let mut best: Option<(u32, usize)> = None;
    let mut fault: Option<(usize, String)> = None;
    let mut arity_fits = false;
    for (number, overload) in function.overloads.iter().enumerate() {
        if !overload.accepts(args.len()) {
            continue;
        }
        arity_fits = true;
        let mut total = 0;
        let mut fits = true;
        for (index, arg) in args.iter().enumerate() {
            match cost(overload.param(index), arg) {
                Some(cost) => total += cost,
                None => {
                    let expected = overload.param(index).map_or("nothing", |param| param.ty.name());
                    if fault.as_ref().is_none_or(|(place, _)| *place < index) {
                        let mut message = format!("{expected} is expected here, not {}", arg.ty);
                        if arg.ty == ScalarType::Dynamic
                            && let Some(ParamType::Is(ty)) = overload.param(index).map(|param| param.ty)
                        {
                            message.push_str(&format!("; convert it first, as with {}()", conversion(ty)));
                        }
                        fault = Some((index, message));
                    }
                    fits = false;
                    break;
                }
            }
        }
        if fits && best.is_none_or(|(cost, _)| total < cost) {
            best = Some((total, number));
        }
    }
    match (best, fault) {
        (Some((_, number)), _) => Ok((number, &function.overloads[number])),
        (None, Some((index, message))) if arity_fits => {
            Err(CallError::argument(index, format!("{}(): {message}", function.name)))
        }
        _ => Err(CallError::call(format!(
            "{}() takes {}, not {}",
            function.name,
            function.arity_text(),
            args.len()
        ))),
    }
}

/// Converts a value as an explicit `to<type>()` would; the value itself when it has the type already.
pub fn convert(value: Typed, to: ScalarType) -> Result<Typed, CallError> {
    if value.ty == to {
        return Ok(value);
    }
    // A null literal of any type becomes the null of the other; a string literal has no null.
    if value.is_null_literal() {
        return Ok(Typed::null(to));
    }
    match (value.ty, to) {
        (ScalarType::Int, ScalarType::Long)
        | (ScalarType::Int | ScalarType::Long, ScalarType::Real)
        | (ScalarType::Int | ScalarType::Long, ScalarType::Decimal) => {
            Ok(Typed::new(cast(value.expr, to.arrow()), to).folded())
        }
        _ => call(conversion(to), vec![value]),
    }
}

/// The name of the function that converts to a type.
pub fn conversion(to: ScalarType) -> &'static str {
    match to {
        ScalarType::Bool => "tobool",
        ScalarType::Int => "toint",
        ScalarType::Long => "tolong",
        ScalarType::Real => "toreal",
        ScalarType::Decimal => "todecimal",
        ScalarType::DateTime => "todatetime",
        ScalarType::Timespan => "totimespan",
        ScalarType::String => "tostring",
        ScalarType::Guid => "toguid",
        ScalarType::Dynamic => "todynamic_value",
    }
}

/// The type to which both convert without loss, as for the two branches of `iff`; `None` when there is none.
///
/// A dynamic takes the other side in as a dynamic.
pub fn common_type(left: ScalarType, right: ScalarType) -> Option<ScalarType> {
    use ScalarType::{Decimal, Dynamic, Int, Long, Real};
    if left == right {
        return Some(left);
    }
    Some(match (left, right) {
        (Int, Long) | (Long, Int) => Long,
        (Int | Long, Real) | (Real, Int | Long) => Real,
        (Int | Long | Real, Decimal) | (Decimal, Int | Long | Real) => Decimal,
        (Dynamic, _) | (_, Dynamic) => Dynamic,
        _ => return None,
    })
}

/// Brings all values to the type of those that are not dynamic, as `iff` and `case` do.
pub fn unify_non_dynamic(values: Vec<Typed>) -> Result<Vec<Typed>, CallError> {
    let typed = values.iter().filter(|value| value.ty != ScalarType::Dynamic).map(|value| value.ty);
    let mut ty = None;
    for (index, other) in typed.enumerate() {
        ty = match ty {
            None => Some(other),
            Some(ty) => Some(common_type(ty, other).ok_or_else(|| {
                CallError::argument(index, format!("{other} does not go together with {ty}"))
            })?),
        };
    }
    let ty = ty.unwrap_or(ScalarType::Dynamic);
    values.into_iter().map(|value| convert(value, ty)).collect()
}

/// Brings all values to their common type; the error names the first that does not fit.
pub fn unify(values: Vec<Typed>) -> Result<Vec<Typed>, CallError> {
    let mut ty = match values.first() {
        Some(value) => value.ty,
        None => return Ok(values),
    };
    for (index, value) in values.iter().enumerate() {
        ty = common_type(ty, value.ty).ok_or_else(|| {
            CallError::argument(index, format!("{} does not go together with {ty}", value.ty))
        })?;
    }
    values.into_iter().map(|value| convert(value, ty)).collect()
}

fn coerce_all(overload: &Overload, args: Vec<Typed>) -> Result<Vec<Typed>, CallError> {
    args.into_iter()
        .enumerate()
        .map(|(index, arg)| match overload.param(index).map(|param| param.ty) {
            Some(ParamType::Is(ty)) => {
                convert(arg, ty).map_err(|error| CallError { argument: Some(index), ..error })
            }
            Some(ParamType::Text) => convert(arg, ScalarType::String),
            Some(ParamType::Value) => convert(arg, ScalarType::Dynamic),
            _ => Ok(arg),
        })
        .collect()
}

fn check_arguments(function: &Function, overload: &Overload, args: &[Typed]) -> Result<(), CallError> {
    for (index, arg) in args.iter().enumerate() {
        check_constant(function, overload.param(index), index, arg)?;
    }
    function.check.map_or(Ok(()), |check| check(args))
}

fn check_constant(
    function: &Function,
    param: Option<&Param>,
    index: usize,
    arg: &Typed,
) -> Result<(), CallError> {
    let Some(param) = param else { return Ok(()) };
    if param.constant && arg.literal().is_none() {
        let message = format!("{}(): {} must be a constant", function.name, param.name);
        return Err(CallError::argument(index, message));
    }
    if param.regex
        && let Some(pattern) = arg.literal_str()
        && let Some(fault) = regex_cache::check(pattern)
    {
        let message = format!("{}(): this is not a regular expression: {fault}", function.name);
        return Err(CallError::argument(index, message));
    }
    Ok(())
}

/// How far an argument is from a parameter; `None` when it does not fit.
fn cost(param: Option<&Param>, arg: &Typed) -> Option<u32> {
    use ScalarType::{Bool, Decimal, Dynamic, Int, Long, Real};
    Some(match param?.ty {
        ParamType::Any => 20,
        ParamType::Text => match arg.ty {
            ScalarType::String => 0,
            Dynamic => 1,
            _ => 2,
        },
        ParamType::Value => match arg.ty {
            Dynamic => 0,
            _ => 1,
        },
        ParamType::Is(ty) => match (arg.ty, ty) {
            (from, to) if from == to => 0,
            (Int, Long) => 1,
            (Long, Real) => 2,
            (Int, Real) => 3,
            (Int | Long, Decimal) => 4,
            (Real, Decimal) | (Decimal, Real) => 6,
            // A literal that fits an int is one, as in Kusto.
            (Long, Int) if arg.literal_i64().is_some_and(|value| i32::try_from(value).is_ok()) => 5,
            (Bool, Long) => 8,
            // What a dynamic holds is read as a text; for any other type it has to be converted, as in Kusto.
            (Dynamic, ScalarType::String) => 10,
            _ => return None,
        },
    })
}

impl Overload {
    /// Whether a call of so many arguments fits.
    pub fn accepts(&self, arguments: usize) -> bool {
        match self.variadic {
            Some(minimum) => arguments >= minimum,
            None => arguments == self.params.len(),
        }
    }

    /// The parameter of an argument; a variadic overload repeats its last.
    pub fn param(&self, index: usize) -> Option<&Param> {
        match self.variadic {
            Some(_) => self.params.get(index).or(self.params.last()),
            None => self.params.get(index),
        }
    }
}

impl ParamType {
    /// The name in messages and documentation.
    pub fn name(self) -> &'static str {
        match self {
            ParamType::Is(ty) => ty.name(),
            ParamType::Text | ParamType::Value => "any",
            ParamType::Any => "any",
        }
    }
}

impl Function {
    /// The overloads as a reader of the manual sees them: `strlen(source: string): long`.
    pub fn signatures(&self) -> Vec<String> {
        self.overloads
            .iter()
            .map(|overload| {
                let mut params: Vec<String> = overload
                    .params
                    .iter()
                    .map(|param| format!("{}: {}", param.name, param.ty.name()))
                    .collect();
                if overload.variadic.is_some() {
                    params.push("...".to_string());
                }
                let returns = overload.returns.map_or("any", ScalarType::name);
                format!("{}({}): {returns}", self.name, params.join(", "))
            })
            .collect()
    }

    /// How many arguments it takes, in words.
    pub fn arity_text(&self) -> String {
        let mut counts: Vec<usize> = self.overloads.iter().map(|overload| overload.params.len()).collect();
        counts.sort_unstable();
        counts.dedup();
        if let Some(minimum) = self.overloads.iter().filter_map(|overload| overload.variadic).min() {
            return format!("at least {minimum} argument{}", if minimum == 1 { "" } else { "s" });
        }
        let text = counts.iter().map(usize::to_string).collect::<Vec<_>>().join(" or ");
        format!("{text} argument{}", if counts == [1] { "" } else { "s" })
    }
}

/// Whether an expression reads no column and calls nothing that changes from call to call.
pub fn is_constant(expr: &Expr) -> bool {
    expr.column_refs().is_empty() && !expr.is_volatile()
}
