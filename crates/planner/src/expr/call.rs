//! Calls of functions: of the library, of the query, and those that only the planner can answer.

use datafusion::logical_expr::lit;
use datafusion::scalar::ScalarValue;
use kql_functions::function::{Eval, Param};
use kql_functions::scalar::dynamic::{array_sort, pack};
use kql_functions::{CallError, Function, Naming, Typed, resolve, table};
use kql_parser::ast::{Call, Expr, ExprKind, Literal, Name};
use kql_parser::span::Span;
use kql_types::ScalarType;

use super::{Bound, RowScope};
use crate::bind::Binder;
use crate::codes::{self, semantic, unsupported};
use crate::frame::column_expr;
use crate::naming::NameSource;
use crate::{Result, habits, known, suggest};

impl Binder<'_> {
    /// `f(args)`.
    pub(crate) fn call(&mut self, scope: &RowScope, call: &Call, span: Span) -> Result<Bound> {
        let name = call.name.text.as_str();
        if let Some(function) = self.function(scope.env, name) {
            return self.scalar_function(scope, &function, call, span);
        }
        if let Some(bound) = self.pattern_call(scope, call, span)? {
            return Ok(bound);
        }
        if let Some(bound) = self.planner_call(scope, call, span)? {
            return Ok(bound);
        }
        if let Some(aggregates) = &scope.aggregates
            && let Some(bound) = self.aggregate_call(scope, aggregates, call, span)?
        {
            return Ok(bound);
        }
        let Some(function) = table::find(name) else {
            return Err(self.unknown_function(scope, call));
        };
        if function.overloads.iter().all(|overload| matches!(overload.eval, Eval::Planner)) {
            return self.window_call(scope, function, call, span);
        }
        self.library_call(scope, function, call, span)
    }

    /// A call of the library's own kernels.
    fn library_call(
        &mut self,
        scope: &RowScope,
        function: &Function,
        call: &Call,
        span: Span,
    ) -> Result<Bound> {
        let exact = scope.exact();
        let mut args = Vec::with_capacity(call.args.len());
        let mut first_name = NameSource::Positional;
        let mut names: Vec<Option<String>> = vec![None; call.args.len()];
        for (index, arg) in call.args.iter().enumerate() {
            let (given, arg) = named(arg);
            given.map_or(Ok(()), |name| check_argument_name(function, index, name))?;
            if matches!(&arg.kind, ExprKind::Wildcard(pattern) if pattern == "*")
                && function.name == "pack_array"
            {
                let columns = scope.columns.iter();
                args.extend(columns.map(|column| Typed::new(column_expr(&column.name), column.ty)));
                continue;
            }
            if matches!(arg.kind, ExprKind::Wildcard(_)) {
                let message = format!("{}() does not take `*`", function.name);
                let mut error = semantic(codes::ARGUMENTS, arg.span, message);
                if function.name == "count" {
                    error.hints.push("`count()` counts rows and takes nothing".to_string());
                }
                return Err(error);
            }
            // A type is written bare or as typeof(…), and is text to the library.
            if let ExprKind::Literal(Literal::Type(name)) = &arg.kind {
                args.push(Typed::string(name.clone()));
                continue;
            }
            let mut bound = self.expr(&exact, arg)?;
            if let Some(given) = given {
                bound.name = NameSource::Suggested(given.text.clone());
            }
            if bound.columns.is_some() {
                let message = "a function that yields several columns stands alone in a column list";
                return Err(semantic(codes::SHAPE, arg.span, message));
            }
            names[index] = match (&bound.name, &arg.kind) {
                (NameSource::Written(name) | NameSource::Suggested(name), _) => Some(name.clone()),
                (NameSource::Positional, ExprKind::Name(name)) => Some(name.clone()),
                (NameSource::Positional, _) => None,
            };
            // Properties of a pattern hand their names on to no function.
            if index == 0 && !scope.pattern.is_some_and(|view| view.hides_names()) {
                first_name = bound.name;
            }
            args.push(bound.value);
        }
        let spans: Vec<Span> = call.args.iter().map(|arg| arg.span).collect();
        if let Some(names) = array_sort::names(function, &args, &names) {
            let columns = array_sort::columns(function.name, &args)
                .map_err(|error| self.function_error(function, error, span, &spans))?;
            let value = resolve::resolve(function, args)
                .map_err(|error| self.function_error(function, error, span, &spans))?;
            let mut columns: Vec<_> = names.into_iter().map(NameSource::Suggested).zip(columns).collect();
            return Ok(match columns.as_mut_slice() {
                // Alone it is an array like any other.
                [(name, _)] => Bound { value, name: name.clone(), columns: None },
                _ => Bound { value, name: NameSource::Positional, columns: Some(columns) },
            });
        }
        let several = resolve::resolve_tuple(function, args.clone())
            .map_err(|error| self.function_error(function, error, span, &spans))?;
        if let Some(columns) = several {
            return Ok(self.several_columns(function, columns, &first_name));
        }
        let value = resolve::resolve(function, args)
            .map_err(|error| self.function_error(function, error, span, &spans))?;
        let argument = match first_name {
            NameSource::Written(name) | NameSource::Suggested(name) => Some(name),
            NameSource::Positional => None,
        };
        let name = match function.naming {
            Naming::FirstArgument => argument.map_or(NameSource::Positional, NameSource::Suggested),
            Naming::Prefix(prefix) => {
                NameSource::Suggested(format!("{prefix}_{}", argument.unwrap_or_default()))
            }
            Naming::Fixed(name) => NameSource::Suggested(name.into()),
            Naming::None => NameSource::Positional,
        };
        Ok(Bound { value, name, columns: None })
    }

    /// A call that yields several columns, which are named `f_x_<name>` when the query does not name them.
    fn several_columns(
        &self,
        function: &Function,
        columns: Vec<(&'static str, Typed)>,
        argument: &NameSource,
    ) -> Bound {
        let prefix = match argument {
            NameSource::Written(name) | NameSource::Suggested(name) => format!("{}_{name}", function.name),
            NameSource::Positional => format!("{}_", function.name),
        };
        let columns: Vec<(NameSource, Typed)> = columns
            .into_iter()
            .map(|(name, value)| (NameSource::Suggested(format!("{prefix}_{name}")), value))
            .collect();
        let first = columns.first().map_or(Typed::null(ScalarType::Dynamic), |(_, value)| value.clone());
        Bound { value: first, name: NameSource::Positional, columns: Some(columns) }
    }

    fn function_error(
        &self,
        function: &Function,
        error: CallError,
        span: Span,
        spans: &[Span],
    ) -> Box<kql_parser::diagnostic::Diagnostic> {
        let mut diagnostic = self.call_error(error, span, spans);
        diagnostic.hints.extend(function.signatures().into_iter().take(3));
        diagnostic
    }

    /// Functions that need the clock, the catalogue, sub-queries or the whole row.
    fn planner_call(&mut self, scope: &RowScope, call: &Call, span: Span) -> Result<Option<Bound>> {
        let args = call.args.as_slice();
        Ok(Some(match (call.name.text.as_str(), args) {
            ("now", []) => Bound::new(Typed::new(lit(self.clock()), ScalarType::DateTime)),
            ("now", [offset]) => self.now_plus(scope, offset, 1)?,
            ("ago", [offset]) => self.now_plus(scope, offset, -1)?,
            ("column_names_of", [table]) => self.column_names_of(scope.env, table)?,
            ("bin_auto", [value]) => self.bin_auto(scope, value, span)?,
            ("toscalar", [table]) => self.toscalar(scope.env, table)?,
            ("toscalar", [table, hint]) if is_kind(hint, "nooptimization") => {
                self.toscalar(scope.env, table)?
            }
            ("toscalar", [_, hint]) => {
                let message = "toscalar() takes one expression, and kind=nooptimization before its bracket";
                return Err(semantic(codes::ARGUMENTS, hint.span, message));
            }
            ("column_ifexists" | "columnifexists", [column, otherwise]) => {
                self.column_if_exists(scope, column, otherwise)?
            }
            ("pack_all", []) => Bound::new(self.pack_all(scope, false, span)?),
            ("pack_all", [ignore_null]) => {
                let flag = self.constant(scope.env, ignore_null, "ignore_null_empty")?;
                let ignore = matches!(flag.literal(), Some(ScalarValue::Boolean(Some(true))));
                Bound::new(self.pack_all(scope, ignore, span)?)
            }
            ("geo_info_from_ip_address", [ip]) => self.location(scope, ip, span)?,
            ("parse_user_agent", [user_agent, look_for]) => {
                self.user_agent(scope, user_agent, look_for, span)?
            }
            ("ingestion_time", []) => {
                let value = match scope.columns.iter().find(|column| column.name == "_TimeReceived") {
                    Some(column) => Typed::new(column_expr(&column.name), column.ty),
                    None => match scope.columns.iter().find(|column| column.name == "TimeGenerated") {
                        Some(column) if column.ty == ScalarType::DateTime => {
                            Typed::new(column_expr(&column.name), column.ty)
                        }
                        _ => Typed::null(ScalarType::DateTime),
                    },
                };
                Bound::suggested(value, "$IngestionTime")
            }
            _ => return Ok(None),
        }))
    }

    fn now_plus(&mut self, scope: &RowScope, offset: &Expr, sign: i64) -> Result<Bound> {
        let value = self.scalar(&scope.exact(), offset)?;
        let value = match value.ty {
            ScalarType::Timespan => value,
            ScalarType::Dynamic => resolve::convert(value, ScalarType::Timespan)
                .map_err(|error| self.call_error(error, offset.span, &[]))?,
            other => {
                let message = format!("a timespan is expected here, not {other}");
                return Err(semantic(codes::TYPES, offset.span, message));
            }
        };
        let now = Typed::new(lit(self.clock()), ScalarType::DateTime);
        let symbol = if sign < 0 { "-" } else { "+" };
        kql_functions::operator::binary(symbol, now, value)
            .map(Bound::new)
            .map_err(|error| self.call_error(error, offset.span, &[]))
    }

    /// `column_ifexists("name", otherwise)`.
    fn column_if_exists(&mut self, scope: &RowScope, column: &Expr, otherwise: &Expr) -> Result<Bound> {
        let name = match &column.kind {
            ExprKind::Name(name) if scope.env.get(name).is_none() => name.clone(),
            _ => {
                let value = self.constant(scope.env, column, "the name of the column")?;
                match value.literal_str() {
                    Some(name) => name.to_string(),
                    None => {
                        return Err(semantic(
                            codes::TYPES,
                            column.span,
                            "the name of the column is a string",
                        ));
                    }
                }
            }
        };
        let exists = scope.columns.iter().any(|column| column.name == name);
        let mut bound =
            if exists { self.name(scope, &name, column.span)? } else { self.expr(scope, otherwise)? };
        bound.name = if exists { NameSource::Suggested(name) } else { NameSource::Positional };
        Ok(bound)
    }

    /// `pack_all()`: the whole row as a bag.
    fn pack_all(&mut self, scope: &RowScope, ignore_null: bool, span: Span) -> Result<Typed> {
        let columns = scope
            .columns
            .iter()
            .map(|column| (column.name.clone(), Typed::new(column_expr(&column.name), column.ty)));
        pack::pack_columns(columns.collect(), ignore_null).map_err(|error| self.call_error(error, span, &[]))
    }

    fn unknown_function(&self, scope: &RowScope, call: &Call) -> Box<kql_parser::diagnostic::Diagnostic> {
        let name = call.name.text.as_str();
        let span = call.name.span;
        if kql_functions::aggregate::find(name).is_some() {
            let message = format!("the aggregate {name}() stands only in summarize and its kin");
            return semantic(codes::NOT_AGGREGATED, span, message);
        }
        if let Some(reason) = known::function_reason(name) {
            let message = format!("the function {name}() {}", known::refusal(reason));
            return unsupported(codes::UNSUPPORTED_FUNCTION, span, message);
        }
        let mut error = semantic(codes::UNKNOWN_FUNCTION, span, format!("there is no function `{name}`"));
        let functions = table::all().map(|function| function.name);
        let aggregates = kql_functions::aggregate::all()
            .map(|aggregate| aggregate.name)
            .filter(|_| scope.aggregates.is_some());
        let near = || suggest::hint(name, aggregates.chain(functions).chain(scope.env.names()));
        error.hints.extend(habits::function(name).or_else(near));
        error
    }
}

/// An argument without its name. A name, as in `tostring(Kind = Properties.kind)`, is that of the value: a function whose
/// column is called after its argument hands it on.
pub(crate) fn named(arg: &Expr) -> (Option<&Name>, &Expr) {
    match &arg.kind {
        ExprKind::Named { names, value } => match names.as_slice() {
            [name] => (Some(name), value.as_ref()),
            _ => (None, arg),
        },
        _ => (None, arg),
    }
}

/// Arguments go by position; one with the name of another parameter would make the call look like what it is not.
fn check_argument_name(function: &Function, index: usize, name: &Name) -> Result<()> {
    let is = |param: Option<&Param>| param.is_some_and(|param| param.name == name.text);
    let here = function.overloads.iter().any(|overload| is(overload.param(index)));
    let elsewhere =
        function.overloads.iter().any(|overload| overload.params.iter().any(|param| is(Some(param))));
    if here || !elsewhere {
        return Ok(());
    }
    let message = format!("`{}` does not name this argument of {}()", name.text, function.name);
    let mut error = semantic(codes::ARGUMENTS, name.span, message);
    error.hints.extend(function.signatures().into_iter().take(3));
    Err(error)
}

/// Whether an argument is `kind=word`.
fn is_kind(arg: &Expr, word: &str) -> bool {
    let ExprKind::Named { names, value } = &arg.kind else { return false };
    matches!(names.as_slice(), [name] if name.text == "kind")
        && matches!(&value.kind, ExprKind::Name(name) if name == word)
}
