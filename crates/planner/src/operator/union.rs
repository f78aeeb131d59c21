//! `union kind=… withsource=… isfuzzy=… tables`: rows of several tables, columns paired by name.

use datafusion::logical_expr::LogicalPlanBuilder;
use kql_functions::Typed;
use kql_parser::ast::{Expr, ExprKind, Union};
use kql_parser::span::Span;
use kql_types::{Column, ScalarType};

use crate::bind::Binder;
use crate::codes::{self, internal, semantic};
use crate::env::{Binding, Env};
use crate::frame::Frame;
use crate::naming::unique;
use crate::params::{Params, Rule};
use crate::{Result, operator::project_away};

const PARAMS: &[(&str, Rule)] = &[
    ("kind", Rule::Acts),
    ("withsource", Rule::Acts),
    ("with_source", Rule::Acts),
    ("isfuzzy", Rule::Acts),
    ("best_effort", Rule::Refused),
    ("hint.concurrency", Rule::NoOp),
    ("hint.spread", Rule::NoOp),
];

impl Binder<'_> {
    pub(crate) fn union(
        &mut self,
        env: &Env,
        piped: Option<Frame>,
        union: &Union,
        span: Span,
    ) -> Result<Frame> {
        let params = Params::check("union", &union.params, PARAMS)?;
        let inner = params.one_of("kind", &["inner", "outer"])? == Some("inner");
        let fuzzy = params.flag("isfuzzy")?.unwrap_or(false);
        let source = match params.word("withsource")? {
            Some((name, _)) => Some(name),
            None => params.word("with_source")?.map(|(name, _)| name),
        };
        let mut sources: Vec<Frame> = piped.into_iter().collect();
        for table in &union.tables {
            self.union_operand(env, table, fuzzy, &mut sources)?;
        }
        if sources.is_empty() {
            return Err(semantic(codes::UNKNOWN_TABLE, span, "none of the tables of union is known"));
        }
        frames(sources, source, inner, span)
    }

    fn union_operand(
        &mut self,
        env: &Env,
        table: &Expr,
        fuzzy: bool,
        sources: &mut Vec<Frame>,
    ) -> Result<()> {
        match &table.kind {
            ExprKind::Wildcard(pattern) => {
                let found = self.tables_like(env, pattern);
                if found.is_empty() && !fuzzy {
                    let message = format!("no table is named like `{pattern}`");
                    return Err(semantic(codes::UNKNOWN_TABLE, table.span, message));
                }
                for name in found {
                    sources.push(self.table_by_name(env, &name, table.span)?);
                }
                Ok(())
            }
            // isfuzzy forgives a table that is not there, and nothing else.
            _ => match self.table(env, table) {
                Ok(frame) => {
                    sources.push(frame);
                    Ok(())
                }
                Err(error) if fuzzy && error.code == codes::UNKNOWN_TABLE => Ok(()),
                Err(error) => Err(error),
            },
        }
    }

    /// The tables that a pattern of names stands for: tables of `let` and tables with rows.
    pub(crate) fn tables_like(&self, env: &Env, pattern: &str) -> Vec<String> {
        let mut names: Vec<String> = env
            .names()
            .into_iter()
            .filter(|name| match env.get(name) {
                Some(Binding::Tabular(_)) => true,
                Some(Binding::Function(function)) => {
                    function.decl.parameters.is_empty() && self.is_tabular_function(function)
                }
                _ => false,
            })
            .map(str::to_string)
            .collect();
        names.extend(self.catalog.loaded());
        names.retain(|name| project_away::matches(pattern, name));
        names.sort();
        names.dedup();
        names
    }
}

/// The rows of all frames. A name with several types becomes one column a type, named `<name>_<type>`.
pub(crate) fn frames(
    sources: Vec<Frame>,
    with_source: Option<&str>,
    inner: bool,
    span: Span,
) -> Result<Frame> {
    let columns = union_columns(&sources, inner);
    let open = sources.iter().any(|source| source.open);
    let mut branches = Vec::new();
    for (index, source) in sources.into_iter().enumerate() {
        let mut projected = Vec::new();
        if let Some(name) = with_source {
            let label = source.source_name.clone().unwrap_or_else(|| format!("union_arg{index}"));
            projected.push((name.to_string(), Typed::string(label)));
        }
        for column in &columns {
            let found =
                source.columns.iter().find(|own| own.name == column.source && own.ty == column.output.ty);
            let value = match found {
                Some(own) => source.typed(own),
                None => Typed::null(column.output.ty),
            };
            projected.push((column.output.name.clone(), value));
        }
        let branch = source.project(projected).map_err(|error| internal(span, &error))?;
        branches.push(branch);
    }
    let mut branches = branches.into_iter();
    let Some(first) = branches.next() else {
        return Err(semantic(codes::ARGUMENTS, span, "union needs a table"));
    };
    let columns = first.columns.clone();
    let mut builder = LogicalPlanBuilder::from(first.plan);
    for branch in branches {
        builder = builder.union(branch.plan).map_err(|error| internal(span, &error))?;
    }
    let plan = builder.build().map_err(|error| internal(span, &error))?;
    Ok(Frame { open, ..Frame::new(plan, columns) })
}

/// A column of the union and the name that it has in the tables.
struct UnionColumn {
    source: String,
    output: Column,
}

fn union_columns(sources: &[Frame], inner: bool) -> Vec<UnionColumn> {
    let mut names: Vec<&str> = Vec::new();
    for column in sources.iter().flat_map(|source| &source.columns) {
        if !names.contains(&column.name.as_str()) {
            names.push(&column.name);
        }
    }
    if inner {
        names.retain(|name| sources.iter().all(|source| source.column(name).is_some()));
    }
    let mut columns: Vec<UnionColumn> = Vec::new();
    for name in names {
        let mut types: Vec<ScalarType> = Vec::new();
        for ty in sources.iter().filter_map(|source| source.column(name)).map(|column| column.ty) {
            if !types.contains(&ty) {
                types.push(ty);
            }
        }
        let split = types.len() > 1;
        for ty in types {
            let output = match split {
                true => unique(format!("{name}_{ty}"), |name| {
                    sources.iter().any(|source| source.column(name).is_some())
                }),
                false => name.to_string(),
            };
            columns.push(UnionColumn { source: name.to_string(), output: Column::new(output, ty) });
        }
    }
    columns
}
