//! Tabular expressions: what stands where a table is asked for.

use kql_parser::ast::{Call, Expr, ExprKind, Literal};
use kql_parser::span::Span;

use crate::bind::Binder;
use crate::codes::{self, semantic, unsupported};
use crate::env::{Binding, Env};
use crate::frame::Frame;
use crate::graph::Flow;
use crate::operator::make_graph::no_table;
use crate::{Result, suggest};

impl Binder<'_> {
    /// Binds a tabular expression.
    pub(crate) fn table(&mut self, env: &Env, expr: &Expr) -> Result<Frame> {
        let frame = self.unsettled_table(env, expr)?;
        if frame.results.is_some() {
            let message = "several result tables stand where one is asked for";
            return Err(semantic(codes::SHAPE, expr.span, message));
        }
        frame.settled().map_err(|error| codes::internal(expr.span, &error))
    }

    /// Binds a tabular expression; the frame may hold hidden columns.
    pub(crate) fn unsettled_table(&mut self, env: &Env, expr: &Expr) -> Result<Frame> {
        match &expr.kind {
            ExprKind::Name(name) => self.unsettled_by_name(env, name, expr.span),
            ExprKind::Paren(inner) => self.unsettled_table(env, inner),
            ExprKind::Pipeline(pipeline) if self.is_graph(env, &pipeline.source) => {
                match self.flow(env, pipeline)? {
                    Flow::Rows(frame) => Ok(frame),
                    Flow::Graph(_) => Err(no_table(expr.span)),
                }
            }
            ExprKind::Pipeline(pipeline) => {
                let source = match self.unsettled_table(env, &pipeline.source) {
                    Err(error) if self.goes_on() => {
                        self.note(*error);
                        Frame::unknown()
                            .ok_or_else(|| codes::defect(expr.span, "a plan without rows failed"))?
                    }
                    source => source?,
                };
                self.operators(env, source, &pipeline.operators)
            }
            ExprKind::Source(operator) => self.source(env, operator),
            ExprKind::DataTable(datatable) => self.datatable(env, datatable, expr.span),
            ExprKind::ExternalData(data) => self.externaldata(env, data, expr.span),
            ExprKind::Call(call) => match self.invoked_pattern(env, expr) {
                Some((pattern, call)) => self.pattern_rows(env, pattern, call, None, expr.span),
                None => self.table_call(env, call, expr.span),
            },
            ExprKind::MemberCall { target, call } => self.remote_table(env, target, call, expr.span),
            ExprKind::Member { target, name } => match self.invoked_pattern(env, target) {
                Some((pattern, call)) => self.pattern_rows(env, pattern, call, Some(name), expr.span),
                None => self.remote_member(env, target, name, expr.span),
            },
            _ => Err(semantic(codes::SHAPE, expr.span, "a value stands where a table is asked for")),
        }
    }

    /// A `let` of that name, else a table of the catalogue.
    pub(crate) fn table_by_name(&mut self, env: &Env, name: &str, span: Span) -> Result<Frame> {
        let frame = self.unsettled_by_name(env, name, span)?;
        frame.settled().map_err(|error| codes::internal(span, &error))
    }

    fn unsettled_by_name(&mut self, env: &Env, name: &str, span: Span) -> Result<Frame> {
        match env.get(name) {
            Some(Binding::Tabular(frame)) => return Ok(frame.clone()),
            Some(Binding::Scalar(_) | Binding::OfRow) => {
                return Err(semantic(codes::SHAPE, span, format!("`{name}` is a value, not a table")));
            }
            Some(Binding::Graph(_)) => return Err(no_table(span)),
            Some(Binding::Entity(_) | Binding::EntityGroup(_)) => {
                return Err(semantic(codes::SHAPE, span, format!("`{name}` is a database, not a table")));
            }
            Some(Binding::Pattern(_)) => {
                let message = format!("`{name}` is a pattern, and needs its arguments");
                return Err(semantic(codes::SHAPE, span, message));
            }
            Some(Binding::Function(_)) | None => {}
        }
        if let Some(function) = self.function(env, name) {
            let mut frame = self.tabular_function(env, &function, &[], span)?;
            frame.source_name = Some(name.to_string());
            return Ok(frame);
        }
        if let Some(table) = self.catalog.table(name) {
            if !self.catalog.holds(name) {
                self.unloaded.insert(name.to_string());
            }
            return self.scan(name, table, span);
        }
        if let Some(frame) = self.built_in_view(env, name, span)? {
            return Ok(frame);
        }
        if let Some(why) = self.catalog.fault(name) {
            return Err(codes::runtime(span, &datafusion::error::DataFusionError::Execution(why)));
        }
        // A function without parameters stands without its parentheses.
        if name == "_GetWatchlistAlias" {
            return self.watchlist_aliases(span);
        }
        let mut error = semantic(codes::UNKNOWN_TABLE, span, format!("there is no table `{name}`"));
        let names = self.catalog.names();
        error.hints.extend(suggest::hint(name, names.iter().map(String::as_str).chain(env.names())));
        Err(error)
    }

    fn table_call(&mut self, env: &Env, call: &Call, span: Span) -> Result<Frame> {
        let name = call.name.text.as_str();
        if let Some(function) = self.function(env, name) {
            return self.tabular_function(env, &function, &call.args, span);
        }
        match (name, call.args.as_slice()) {
            ("materialize", [table]) => self.materialize(env, table),
            // The second argument says how fresh the data must be, which files cannot tell.
            ("table", [name] | [name, _]) => {
                let value = self.constant(env, name, "the name of the table")?;
                let Some(text) = value.literal_str() else {
                    return Err(semantic(codes::TYPES, name.span, "the name of the table is a string"));
                };
                // table() looks at the tables themselves and at stored functions before what `let` names.
                let outside = Env::default();
                let is_outside =
                    self.catalog.table(text).is_some() || self.function(&outside, text).is_some();
                self.table_by_name(if is_outside { &outside } else { env }, text, name.span)
            }
            ("_GetWatchlist", _) => self.watchlist(env, call, span),
            ("_GetWatchlistAlias", []) => self.watchlist_aliases(span),
            ("toscalar", [_]) => Err(semantic(codes::SHAPE, span, "toscalar() is a value, not a table")),
            ("view", []) => Err(semantic(codes::SHAPE, span, "a view stands only in a let statement")),
            _ => match self.built_in_view(env, name, span)? {
                Some(frame) if call.args.is_empty() => Ok(frame),
                _ => {
                    if kql_functions::table::find(name).is_some() {
                        let message = format!("{name}() is a value, not a table");
                        return Err(semantic(codes::SHAPE, span, message));
                    }
                    if crate::known::is_known_table_function(name) {
                        let message = format!("the function {name}() is not built yet");
                        return Err(unsupported(codes::UNSUPPORTED_FUNCTION, call.name.span, message));
                    }
                    let message = format!("there is no function `{name}`");
                    let mut error = semantic(codes::UNKNOWN_FUNCTION, call.name.span, message);
                    error.hints.extend(suggest::hint(name, env.names()));
                    Err(error)
                }
            },
        }
    }

    /// Tables that are functions over others.
    fn built_in_view(&mut self, _env: &Env, name: &str, span: Span) -> Result<Option<Frame>> {
        if name != "CombinedSignInLogs" {
            return Ok(None);
        }
        let mut frames = Vec::new();
        for table in [
            "SigninLogs",
            "AADNonInteractiveUserSignInLogs",
            "AADServicePrincipalSignInLogs",
            "AADManagedIdentitySignInLogs",
        ] {
            frames.push(self.table_by_name(&Env::default(), table, span)?);
        }
        crate::operator::union::frames(frames, None, false, span).map(Some)
    }

    /// `materialize(T)`: run once, then read from memory.
    fn materialize(&mut self, env: &Env, expr: &Expr) -> Result<Frame> {
        let frame = self.table(env, expr)?;
        self.held(frame, expr.span)
    }

    /// A frame that is run once, then read from memory.
    pub(crate) fn held(&mut self, frame: Frame, span: Span) -> Result<Frame> {
        if !self.execute {
            return Ok(frame);
        }
        let batches = self.run_now(&frame, span)?;
        self.rows_of(frame, batches, span)
    }

    /// Whether an expression stands for a table rather than a value.
    pub(crate) fn is_tabular(&self, env: &Env, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Pipeline(_)
            | ExprKind::Source(_)
            | ExprKind::DataTable(_)
            | ExprKind::ExternalData(_) => true,
            ExprKind::Paren(inner) => self.is_tabular(env, inner),
            ExprKind::Name(name) => match env.get(name) {
                Some(Binding::Tabular(_)) => true,
                Some(
                    Binding::Scalar(_)
                    | Binding::OfRow
                    | Binding::Graph(_)
                    | Binding::Pattern(_)
                    | Binding::Entity(_)
                    | Binding::EntityGroup(_),
                ) => false,
                Some(Binding::Function(_)) | None => match self.function(env, name) {
                    Some(function) => self.is_tabular_function(&function),
                    None => self.catalog.table(name).is_some() || name == "CombinedSignInLogs",
                },
            },
            ExprKind::Call(_) if self.invoked_pattern(env, expr).is_some() => true,
            ExprKind::Member { target, .. } if self.invoked_pattern(env, target).is_some() => true,
            ExprKind::Call(call) => match self.function(env, &call.name.text) {
                Some(function) => self.is_tabular_function(&function),
                None => {
                    matches!(call.name.text.as_str(), "materialize" | "table" | "CombinedSignInLogs")
                        || crate::known::is_known_table_function(&call.name.text)
                }
            },
            ExprKind::MemberCall { .. } => true,
            ExprKind::Member { target, name } if is_entity(env, target) => !name.text.starts_with('$'),
            ExprKind::Member { target, .. } => {
                matches!(&target.kind, ExprKind::MemberCall { .. })
                    || matches!(&target.kind, ExprKind::Call(call)
                        if crate::remote::PLACES.contains(&call.name.text.as_str()))
            }
            _ => false,
        }
    }
}

/// Whether a name stands for a database of `macro-expand`.
pub(crate) fn is_entity(env: &Env, expr: &Expr) -> bool {
    matches!(&expr.kind, ExprKind::Name(name) if matches!(env.get(name), Some(Binding::Entity(_))))
}

/// The text of a string literal.
pub(crate) fn literal_text(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Literal(Literal::String(text)) => Some(text),
        ExprKind::Paren(inner) => literal_text(inner),
        _ => None,
    }
}
