//! `union kind=… withsource=… isfuzzy=… tables`: rows of several tables, columns paired by name.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::datasource::provider_as_source;
use datafusion::logical_expr::LogicalPlanBuilder;
use kql_functions::Typed;
use kql_parser::ast::{Expr, ExprKind, Union};
use kql_parser::span::Span;
use kql_types::{Column, ScalarType, Schema};

use crate::bind::Binder;
use crate::codes::{self, internal, semantic};
use crate::env::{Binding, Env};
use crate::frame::{Frame, column_expr};
use crate::naming::unique;
use crate::params::{Params, Rule};
use crate::wide_union::{Branch, Value, WideUnion};
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

    /// The tables that a pattern of names stands for: views of `let` and tables with rows.
    pub(crate) fn tables_like(&self, env: &Env, pattern: &str) -> Vec<String> {
        let view = |name: &&str| match env.get(name) {
            Some(Binding::Function(function)) => function.decl.view && function.decl.parameters.is_empty(),
            _ => false,
        };
        let mut names: Vec<String> = env.names().into_iter().filter(view).map(str::to_string).collect();
        names.extend(self.catalog.loaded());
        names.retain(|name| project_away::matches(pattern, name));
        names.sort();
        names.dedup();
        names
    }
}

/// With more cells than this a union is planned as a table of its own, see [`crate::wide_union`].
const WIDE: usize = 20_000;

/// The rows of all frames. A name with several types becomes one column a type, named `<name>_<type>`.
pub(crate) fn frames(
    sources: Vec<Frame>,
    with_source: Option<&str>,
    inner: bool,
    span: Span,
) -> Result<Frame> {
    if sources.is_empty() {
        return Err(semantic(codes::ARGUMENTS, span, "union needs a table"));
    }
    let mut columns = union_columns(&sources, inner);
    if let Some(name) = with_source.filter(|name| columns.iter().any(|column| column.output.name == **name)) {
        let message = format!("two columns are named `{name}`");
        return Err(semantic(codes::DUPLICATE_COLUMN, span, message));
    }
    let mut schema: Vec<Column> = columns.iter().map(|column| column.output.clone()).collect();
    if let Some(name) = with_source {
        schema.insert(0, Column::new(name, ScalarType::String));
        columns.insert(0, UnionColumn { source: String::new(), output: schema[0].clone() });
    }
    let mut branches = Vec::new();
    for (index, frame) in sources.into_iter().enumerate() {
        let positions: HashMap<(&str, ScalarType), usize> = frame
            .columns
            .iter()
            .enumerate()
            .map(|(position, own)| ((own.name.as_str(), own.ty), position))
            .collect();
        let values = columns
            .iter()
            .enumerate()
            .map(|(place, column)| match positions.get(&(column.source.as_str(), column.output.ty)) {
                _ if place == 0 && with_source.is_some() => {
                    let label = frame.source_name.clone().unwrap_or_else(|| format!("union_arg{index}"));
                    Value::Constant(Box::new(Typed::string(label)))
                }
                Some(position) => Value::Column(*position),
                None => Value::Null,
            })
            .collect();
        branches.push(Branch { frame, values });
    }
    if branches.len() * schema.len() > WIDE {
        return wide(Schema::new(schema), branches, span);
    }
    let mut builder: Option<LogicalPlanBuilder> = None;
    for branch in branches {
        let projected = schema.iter().zip(branch.values).map(|(column, value)| {
            let value = match value {
                Value::Column(position) => branch.frame.typed(&branch.frame.columns[position]),
                Value::Null => Typed::null(column.ty),
                Value::Constant(value) => *value,
            };
            (column.name.clone(), value)
        });
        let projected = projected.collect();
        let plan = branch.frame.project(projected).map_err(|error| internal(span, &error))?.plan;
        builder = Some(match builder {
            None => LogicalPlanBuilder::from(plan),
            Some(earlier) => earlier.union(plan).map_err(|error| internal(span, &error))?,
        });
    }
    let Some(builder) = builder else {
        return Err(semantic(codes::ARGUMENTS, span, "union needs a table"));
    };
    let plan = builder.build().map_err(|error| internal(span, &error))?;
    Ok(Frame::new(plan, schema))
}

/// A union too wide to be planned column by column.
fn wide(schema: Schema, branches: Vec<Branch>, span: Span) -> Result<Frame> {
    let columns = schema.columns.clone();
    let provider = Arc::new(WideUnion::new(schema, branches));
    let exprs: Vec<_> = columns.iter().map(|column| column_expr(&column.name).alias(&column.name)).collect();
    let plan = LogicalPlanBuilder::scan("t", provider_as_source(provider), None)
        .and_then(|builder| builder.project(exprs))
        .and_then(LogicalPlanBuilder::build)
        .map_err(|error| internal(span, &error))?;
    Ok(Frame::new(plan, columns))
}

/// A column of the union and the name that it has in the tables.
struct UnionColumn {
    source: String,
    output: Column,
}

fn union_columns(sources: &[Frame], inner: bool) -> Vec<UnionColumn> {
    // The names in order of first sight, each with its types in order of first sight and the number of tables.
    let mut order: Vec<&str> = Vec::new();
    let mut found: HashMap<&str, (Vec<ScalarType>, usize)> = HashMap::new();
    for column in sources.iter().flat_map(|source| &source.columns) {
        let (types, tables) = found.entry(&column.name).or_insert_with(|| {
            order.push(&column.name);
            (Vec::new(), 0)
        });
        *tables += 1;
        if !types.contains(&column.ty) {
            types.push(column.ty);
        }
    }
    let mut columns: Vec<UnionColumn> = Vec::new();
    for name in &order {
        let (types, tables) = &found[name];
        if inner && *tables < sources.len() {
            continue;
        }
        for &ty in types {
            let output = match types.len() {
                1 => name.to_string(),
                _ => unique(format!("{name}_{ty}"), |name| found.contains_key(name)),
            };
            columns.push(UnionColumn { source: name.to_string(), output: Column::new(output, ty) });
        }
    }
    columns
}
