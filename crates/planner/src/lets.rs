//! Statements, `let`, and functions written in the query.

use std::collections::HashSet;
use std::rc::Rc;

use kql_functions::{Typed, resolve};
use kql_parser::ast::{
    Call, ColumnDecl, Expr, ExprKind, FunctionParameter, Name, OperatorKind, ParameterKind, Query, Statement,
    StatementKind,
};
use kql_parser::span::Span;
use kql_types::{Column, ScalarType, datetime};

use crate::Result;
use crate::bind::{Binder, MAX_CALL_DEPTH};
use crate::codes::{self, semantic, unsupported};
use crate::env::{Binding, Env, Function};
use crate::expr::{Bound, RowScope};
use crate::frame::Frame;
use crate::graph::Graph;
use crate::operator::facet::several;

impl Binder<'_> {
    /// Binds a whole query to its result table; of several expressions each gives one.
    pub(crate) fn query(&mut self, query: &Query, env: &Env) -> Result<Frame> {
        let (_, expressions) = self.expressions(env, &query.statements)?;
        if let [(env, expr)] = expressions.as_slice() {
            return self.result(env, expr);
        }
        if expressions.is_empty() {
            let message = "the query ends without an expression that gives rows";
            return Err(semantic(codes::STATEMENT, query.span, message));
        }
        let mut results = Vec::new();
        for (env, expr) in expressions {
            let mut frame = self.result(&env, expr)?;
            let more = frame.results.take();
            if more.is_none() {
                frame.result_name = result_name(expr);
            }
            results.push(frame);
            results.extend(more.unwrap_or_default());
        }
        several(results, query.span)
    }

    /// The query's last expression, which alone may give several result tables.
    fn result(&mut self, env: &Env, expr: &Expr) -> Result<Frame> {
        let frame = self.unsettled_table(env, expr)?;
        let mut frame = frame.settled().map_err(|error| codes::internal(expr.span, &error))?;
        if let Some(most) = self.most_rows {
            let more = frame.results.take();
            frame = self.first_rows(frame, most, expr.span)?;
            frame.results = more
                .map(|more| more.into_iter().map(|frame| self.first_rows(frame, most, expr.span)).collect())
                .transpose()?;
        }
        Ok(frame)
    }

    /// Binds statements in order; the last expression, if any, is left to the caller.
    pub(crate) fn statements<'s>(
        &mut self,
        env: &Env,
        statements: &'s [Statement],
    ) -> Result<(Env, Option<&'s Expr>)> {
        let (env, expressions) = self.expressions(env, statements)?;
        let behind = match expressions.as_slice() {
            [_, (_, second), ..] => Some(second.span),
            [_] => statements
                .last()
                .filter(|last| !matches!(last.kind, StatementKind::Expr(_)))
                .map(|last| last.span),
            [] => None,
        };
        if let Some(span) = behind {
            let message = "only one expression of a function gives its value, and it comes last";
            return Err(semantic(codes::STATEMENT, span, message));
        }
        Ok((env, expressions.into_iter().next().map(|(_, expr)| expr)))
    }

    /// Binds statements in order; the expressions are left to the caller, each with the names that it sees.
    fn expressions<'s>(
        &mut self,
        env: &Env,
        statements: &'s [Statement],
    ) -> Result<(Env, Vec<(Env, &'s Expr)>)> {
        let mut env = env.clone();
        let mut expressions = Vec::new();
        let mut declared: HashSet<&str> = HashSet::new();
        for statement in statements {
            match &statement.kind {
                StatementKind::Expr(expr) => match self.named_graph_tables(&env, expr)? {
                    Some(named) => env = named,
                    None => expressions.push((env.clone(), expr)),
                },
                StatementKind::Let { name, value } => {
                    if !declared.insert(&name.text) {
                        let message = format!("`{}` is declared twice", name.text);
                        return Err(semantic(codes::STATEMENT, name.span, message));
                    }
                    env = self.let_statement(&env, name, value)?;
                }
                StatementKind::Set { name, value } => self.set_statement(&env, name, value.as_ref())?,
                StatementKind::QueryParameters(params) => env = self.query_parameters(&env, params)?,
                StatementKind::Pattern(declared) => env = self.declare_pattern(&env, declared)?,
                StatementKind::Restrict(_) => {
                    let message = "restrict access is not built yet";
                    return Err(unsupported(codes::UNSUPPORTED_FORM, statement.span, message));
                }
                StatementKind::Alias { .. } => {
                    let message = "alias database is not built yet";
                    return Err(unsupported(codes::UNSUPPORTED_FORM, statement.span, message));
                }
            }
        }
        Ok((env, expressions))
    }

    /// A `let` inside a function may not take the name of a parameter.
    fn check_locals(&self, function: &Function) -> Result<()> {
        for statement in &function.decl.body {
            if let StatementKind::Let { name, .. } = &statement.kind
                && function.decl.parameters.iter().any(|parameter| parameter.name.text == name.text)
            {
                let message = format!("`{}` is a parameter of {}() already", name.text, function.name);
                return Err(semantic(codes::STATEMENT, name.span, message));
            }
        }
        Ok(())
    }

    fn let_statement(&mut self, env: &Env, name: &Name, value: &Expr) -> Result<Env> {
        let binding = match &value.kind {
            ExprKind::Function(decl) => Binding::Function(Rc::new(Function {
                name: name.text.clone(),
                decl: (**decl).clone(),
                env: env.clone(),
                stored: false,
            })),
            ExprKind::EntityGroup(_) => Binding::EntityGroup(self.entities(env, value)?),
            ExprKind::Name(other) if matches!(env.get(other), Some(Binding::Function(_))) => {
                match env.get(other) {
                    Some(binding) => binding.clone(),
                    None => return Ok(env.clone()),
                }
            }
            _ if self.is_graph(env, value) => Binding::Graph(Box::new(self.graph(env, value)?)),
            _ if self.is_tabular(env, value) => {
                let mut frame = self.unsettled_table(env, value)?;
                frame.source_name = Some(name.text.clone());
                frame.rendering = None;
                Binding::Tabular(frame)
            }
            _ => Binding::Scalar(self.scalar(&RowScope::constants(env), value)?),
        };
        Ok(env.with(&name.text, binding))
    }

    /// `set option = value`: options that change an answer act or are refused.
    fn set_statement(&mut self, env: &Env, name: &Name, value: Option<&Expr>) -> Result<()> {
        match name.text.as_str() {
            "query_now" => {
                let Some(value) = value else {
                    return Err(semantic(codes::STATEMENT, name.span, "query_now takes a datetime"));
                };
                // now() itself would make the clock depend on itself.
                if !matches!(value.kind, ExprKind::Literal(_)) {
                    return Err(semantic(
                        codes::NOT_CONSTANT,
                        value.span,
                        "query_now takes a datetime literal",
                    ));
                }
                let now = self.constant(env, value, "query_now")?;
                let ticks = match (now.ty, now.literal_i64(), now.literal_str()) {
                    (ScalarType::DateTime, Some(ticks), _) => Some(ticks),
                    (ScalarType::String, _, Some(text)) => datetime::parse(text),
                    _ => None,
                };
                self.now =
                    ticks.ok_or_else(|| semantic(codes::TYPES, value.span, "query_now takes a datetime"))?;
                self.sets_clock = true;
                Ok(())
            }
            option @ ("query_bin_auto_size" | "query_bin_auto_at") => {
                let Some(value) = value else {
                    return Err(semantic(codes::STATEMENT, name.span, format!("{option} takes a value")));
                };
                let constant = self.constant(env, value, option)?;
                self.automatic_bins.set(option, constant, value.span)
            }
            "query_take_max_records" => {
                let Some(value) = value else {
                    return Err(semantic(
                        codes::STATEMENT,
                        name.span,
                        "query_take_max_records takes a number",
                    ));
                };
                self.most_rows = Some(self.count_of(env, value, "the number of rows")?);
                Ok(())
            }
            option if NO_EFFECT.contains(&option) => Ok(()),
            option => {
                let message = format!("the option `{option}` is not built yet");
                Err(unsupported(codes::UNSUPPORTED_FORM, name.span, message))
            }
        }
    }

    /// `declare query_parameters(…)`: the caller's values, else the defaults.
    fn query_parameters(&mut self, env: &Env, params: &[ColumnDecl]) -> Result<Env> {
        let mut env = env.clone();
        for param in params {
            let ty = self.declared_type(&param.type_name)?;
            let given = self.options.params.iter().find(|(name, _)| *name == param.name.text);
            let value = match (given, &param.default) {
                (Some((_, text)), _) => resolve::convert(Typed::string(text.clone()), ty)
                    .map_err(|error| self.call_error(error, param.name.span, &[]))?,
                (None, Some(default)) => {
                    let value = self.constant(&env, default, "the default value")?;
                    resolve::convert(value, ty).map_err(|error| self.call_error(error, default.span, &[]))?
                }
                (None, None) if !self.execute => Typed::null(ty),
                (None, None) => {
                    let message = format!("the query parameter `{}` has no value", param.name.text);
                    let mut error = semantic(codes::STATEMENT, param.name.span, message);
                    error.hints.push(format!("give it with --param {}=VALUE", param.name.text));
                    return Err(error);
                }
            };
            env = env.with(&param.name.text, Binding::Scalar(value));
        }
        Ok(env)
    }

    /// The type of a declaration.
    pub(crate) fn declared_type(&self, name: &Name) -> Result<ScalarType> {
        ScalarType::from_name(&name.text).ok_or_else(|| {
            let mut error = semantic(codes::TYPES, name.span, format!("there is no type `{}`", name.text));
            error.hints.extend(crate::suggest::hint(&name.text, ScalarType::ALL.iter().map(|ty| ty.name())));
            error
        })
    }

    /// Whether a function's body gives rows.
    pub(crate) fn is_tabular_function(&self, function: &Function) -> bool {
        let depth = self.look_depth.get();
        // A stored function may call itself; that it does so too deeply is reported when it is planned.
        if depth >= MAX_CALL_DEPTH {
            return false;
        }
        self.look_depth.set(depth + 1);
        let tabular = self.body_is_tabular(function);
        self.look_depth.set(depth);
        tabular
    }

    fn body_is_tabular(&self, function: &Function) -> bool {
        let mut env = function.env.clone();
        for parameter in &function.decl.parameters {
            let binding = match &parameter.kind {
                ParameterKind::Scalar { type_name, .. } => Binding::Scalar(Typed::null(
                    ScalarType::from_name(&type_name.text).unwrap_or(ScalarType::Dynamic),
                )),
                ParameterKind::Tabular(_) => match crate::frame::one_row() {
                    Ok(plan) => Binding::Tabular(Frame::new(plan, Vec::new())),
                    Err(_) => return true,
                },
            };
            env = env.with(&parameter.name.text, binding);
        }
        for statement in &function.decl.body {
            match &statement.kind {
                StatementKind::Let { name, value } => {
                    let binding = match &value.kind {
                        ExprKind::Function(decl) => Binding::Function(Rc::new(Function {
                            name: name.text.clone(),
                            decl: (**decl).clone(),
                            env: env.clone(),
                            stored: false,
                        })),
                        _ if self.is_tabular(&env, value) => match crate::frame::one_row() {
                            Ok(plan) => Binding::Tabular(Frame::new(plan, Vec::new())),
                            Err(_) => return true,
                        },
                        _ => Binding::Scalar(Typed::null(ScalarType::Dynamic)),
                    };
                    env = env.with(&name.text, binding);
                }
                StatementKind::Expr(expr) => return self.is_tabular(&env, expr),
                _ => {}
            }
        }
        false
    }

    /// Whether a function's body gives a graph.
    pub(crate) fn is_graph_function(&self, function: &Function) -> bool {
        let depth = self.look_depth.get();
        if depth >= MAX_CALL_DEPTH {
            return false;
        }
        self.look_depth.set(depth + 1);
        let is_graph = self.body_is_graph(function);
        self.look_depth.set(depth);
        is_graph
    }

    fn body_is_graph(&self, function: &Function) -> bool {
        let mut expr = match function.decl.body.last().map(|statement| &statement.kind) {
            Some(StatementKind::Expr(expr)) => expr,
            _ => return false,
        };
        // A name stands for the last `let` of that name before it.
        for statement in function.decl.body.iter().rev() {
            match (&statement.kind, &expr.kind) {
                (StatementKind::Let { name, value }, ExprKind::Name(wanted)) if name.text == *wanted => {
                    expr = value;
                }
                _ => {}
            }
        }
        self.is_graph(&function.env, expr)
    }

    /// A call that gives a graph.
    pub(crate) fn graph_function(
        &mut self,
        env: &Env,
        function: &Rc<Function>,
        args: &[Expr],
        span: Span,
    ) -> Result<Graph> {
        self.within(function, span, |binder| {
            let scope = RowScope::constants(env);
            let inner = binder.arguments(&scope, function, args, false, span)?;
            let (inner, last) = binder.statements(&inner, &function.decl.body)?;
            match last {
                Some(expr) => binder.graph(&inner, expr),
                None => Err(semantic(codes::STATEMENT, span, format!("{}() gives no graph", function.name))),
            }
        })
    }

    /// Plans the body of a function. What is wrong in a stored one is reported at its call, since the places inside it
    /// are of another text.
    fn within<T>(
        &mut self,
        function: &Function,
        span: Span,
        work: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        let result = self.nested(span, work);
        if !function.stored {
            return result;
        }
        result.map_err(|mut error| {
            error.message = format!("in the function {}: {}", function.name, error.message);
            error.span = span;
            error
        })
    }

    /// A call that gives rows.
    pub(crate) fn tabular_function(
        &mut self,
        env: &Env,
        function: &Rc<Function>,
        args: &[Expr],
        span: Span,
    ) -> Result<Frame> {
        let declares =
            |parameter: &FunctionParameter| matches!(&parameter.kind, ParameterKind::Tabular(Some(_)));
        // The body names only the columns that its parameters declare, and yet hands on all columns of their tables.
        if !self.only_declared && self.mistakes.is_none() && function.decl.parameters.iter().any(declares) {
            let execute = std::mem::replace(&mut self.execute, false);
            self.only_declared = true;
            let checked = self.function_rows(env, function, args, span);
            self.only_declared = false;
            self.execute = execute;
            checked?;
        }
        self.function_rows(env, function, args, span)
    }

    fn function_rows(
        &mut self,
        env: &Env,
        function: &Rc<Function>,
        args: &[Expr],
        span: Span,
    ) -> Result<Frame> {
        self.within(function, span, |binder| {
            let scope = RowScope::constants(env);
            let whole = !binder.only_declared && binder.mistakes.is_none();
            let inner = binder.arguments(&scope, function, args, whole, span)?;
            let (inner, last) = binder.statements(&inner, &function.decl.body)?;
            match last {
                Some(expr) => binder.table(&inner, expr),
                None => Err(semantic(codes::STATEMENT, span, format!("{}() gives no rows", function.name))),
            }
        })
    }

    /// A call that gives a value; its arguments may be columns of the caller.
    pub(crate) fn scalar_function(
        &mut self,
        scope: &RowScope,
        function: &Rc<Function>,
        call: &Call,
        span: Span,
    ) -> Result<Bound> {
        self.within(function, span, |binder| {
            let inner = binder.arguments(scope, function, &call.args, false, span)?;
            let (inner, last) = binder.statements(&inner, &function.decl.body)?;
            let Some(expr) = last else {
                return Err(semantic(codes::STATEMENT, span, format!("{}() gives no value", function.name)));
            };
            let value = binder.scalar(
                &RowScope {
                    serialized: scope.serialized,
                    windows: scope.windows.clone(),
                    ..RowScope::constants(&inner)
                },
                expr,
            )?;
            Ok(Bound::new(value))
        })
    }

    /// The names that a function's body sees: what was in sight where it was written, and its parameters. Tables are
    /// whole, or have only the columns that their parameters declare.
    fn arguments(
        &mut self,
        scope: &RowScope,
        function: &Function,
        args: &[Expr],
        whole: bool,
        span: Span,
    ) -> Result<Env> {
        self.check_locals(function)?;
        let parameters = &function.decl.parameters;
        let mut values: Vec<Option<&Expr>> = vec![None; parameters.len()];
        for (position, arg) in args.iter().enumerate() {
            let (slot, value) = match &arg.kind {
                ExprKind::Named { names, value } => {
                    let name = names.first().map_or("", |name| name.text.as_str());
                    let slot = parameters.iter().position(|parameter| parameter.name.text == name);
                    let slot = slot.ok_or_else(|| {
                        let message = format!("{}() has no parameter `{name}`", function.name);
                        semantic(codes::ARGUMENTS, arg.span, message)
                    })?;
                    (slot, value.as_ref())
                }
                _ => (position, arg),
            };
            match values.get_mut(slot) {
                Some(free @ None) => *free = Some(value),
                Some(Some(_)) => {
                    let message = format!("the parameter `{}` is given twice", parameters[slot].name.text);
                    return Err(semantic(codes::ARGUMENTS, arg.span, message));
                }
                None => {
                    let message = format!("{}() takes {} arguments", function.name, parameters.len());
                    return Err(semantic(codes::ARGUMENTS, arg.span, message));
                }
            }
        }
        let mut inner = function.env.clone();
        for (parameter, value) in parameters.iter().zip(values) {
            let binding = self.argument(scope, function, parameter, value, whole, span)?;
            inner = inner.with(&parameter.name.text, binding);
        }
        Ok(inner)
    }

    fn argument(
        &mut self,
        scope: &RowScope,
        function: &Function,
        parameter: &FunctionParameter,
        value: Option<&Expr>,
        whole: bool,
        span: Span,
    ) -> Result<Binding> {
        let missing = || {
            let message = format!("{}() needs a value for `{}`", function.name, parameter.name.text);
            semantic(codes::ARGUMENTS, span, message)
        };
        match &parameter.kind {
            ParameterKind::Scalar { type_name, default } => {
                let ty = self.declared_type(type_name)?;
                let (value, place) = match (value, default) {
                    (Some(value), _) => (self.scalar(&scope.exact(), value)?, value.span),
                    (None, Some(default)) => {
                        let value = self.scalar(&RowScope::constants(&function.env), default)?;
                        let is_text = value.ty == ScalarType::String;
                        if is_text != (ty == ScalarType::String)
                            && !matches!((value.ty, ty), (ScalarType::Dynamic, _) | (_, ScalarType::Dynamic))
                            && !value.is_null_literal()
                        {
                            let name = &parameter.name.text;
                            let message = format!("`{name}` is {ty}, and its default {}", value.ty);
                            return Err(semantic(codes::TYPES, span, message));
                        }
                        (value, span)
                    }
                    (None, None) => return Err(missing()),
                };
                let value =
                    resolve::convert(value, ty).map_err(|error| self.call_error(error, place, &[]))?;
                Ok(Binding::Scalar(value))
            }
            ParameterKind::Tabular(columns) => {
                let value = value.ok_or_else(missing)?;
                let frame = self.table(scope.env, value)?;
                let Some(columns) = columns else { return Ok(Binding::Tabular(frame)) };
                let mut projected = Vec::new();
                for column in columns {
                    let ty = self.declared_type(&column.type_name)?;
                    match frame.column(&column.name.text) {
                        Some(found) if found.ty == ty => {
                            projected.push((found.name.clone(), frame.typed(found)));
                        }
                        found => {
                            let has = found
                                .map_or("no such column".to_string(), |found| format!("it as {}", found.ty));
                            let message = format!(
                                "the table needs a column `{}` of type {ty}, and has {has}",
                                column.name.text
                            );
                            return Err(semantic(codes::ARGUMENTS, value.span, message));
                        }
                    }
                }
                if whole {
                    return Ok(Binding::Tabular(frame));
                }
                let frame = frame.project(projected).map_err(|error| codes::internal(value.span, &error))?;
                Ok(Binding::Tabular(frame))
            }
        }
    }

    /// The columns of a schema written in the query.
    pub(crate) fn declared_columns(&self, columns: &[ColumnDecl]) -> Result<Vec<Column>> {
        let mut declared: Vec<Column> = Vec::with_capacity(columns.len());
        for column in columns {
            let ty = self.declared_type(&column.type_name)?;
            if declared.iter().any(|earlier| earlier.name == column.name.text) {
                let message = format!("two columns are named `{}`", column.name.text);
                return Err(semantic(codes::DUPLICATE_COLUMN, column.name.span, message));
            }
            declared.push(Column::new(column.name.text.clone(), ty));
        }
        Ok(declared)
    }
}

/// The name that `as` at the end of an expression gives to its result.
fn result_name(expr: &Expr) -> Option<String> {
    let ExprKind::Pipeline(pipeline) = &expr.kind else { return None };
    match &pipeline.operators.last()?.kind {
        OperatorKind::As { name, .. } => Some(name.text.clone()),
        _ => None,
    }
}

/// Options of a cluster that cannot change an answer here: limits that one machine does not have, caching, tracing.
const NO_EFFECT: &[&str] = &[
    "notruncation",
    "norequesttimeout",
    "servertimeout",
    "best_effort",
    "client_max_redirect_count",
    "debug_query_fanout_threads_percent_external_data",
    "maxmemoryconsumptionperiterator",
    "max_memory_consumption_per_query_per_node",
    "maxoutputcolumns",
    "query_results_cache_max_age",
    "query_results_cache_per_shard",
    "query_python_debug",
    "query_fanout_nodes_percent",
    "query_fanout_threads_percent",
    "query_distribution_nodes_span",
    "query_weakconsistency_session_id",
    "queryconsistency",
    "request_app_name",
    "request_description",
    "request_user",
    "results_progressive_enabled",
    "query_log_query_parameters",
    "query_optimize_fts_at_relop",
    "push_selection_through_aggregation",
    "materialized_view_shuffle",
];
