//! Tabular operators, one file each.

mod assert_schema;
mod consume;
mod count;
mod datatable;
mod distinct;
mod evaluate;
mod extend;
mod externaldata;
pub(crate) mod facet;
mod filter;
mod find;
mod fork;
mod getschema;
mod graph_mark_components;
mod graph_match;
mod graph_shortest_paths;
mod graph_to_table;
mod invoke;
pub(crate) mod join;
mod lookup;
mod macro_expand;
pub(crate) mod make_graph;
mod make_series;
mod mv_apply;
pub(crate) mod mv_expand;
mod parse;
mod parse_kv;
mod partition;
mod print;
mod project;
mod project_away;
mod project_by_names;
mod project_keep;
mod project_rename;
mod project_reorder;
mod range;
pub(crate) mod render;
mod sample;
pub(crate) mod sample_distinct;
mod scan;
mod search;
mod serialize;
mod sort;
pub(crate) mod summarize;
pub(crate) mod take;
mod top;
mod top_hitters;
mod top_nested;
pub(crate) mod union;

use kql_parser::ast::{Operator, OperatorKind};

use crate::Result;
use crate::bind::Binder;
use crate::codes::{self, semantic, unsupported};
use crate::env::Env;
use crate::frame::Frame;
use crate::graph::Flow;
use crate::params::{Params, Rule};

impl Binder<'_> {
    /// Plans an operator over the rows before it.
    pub(crate) fn operator(&mut self, env: &Env, frame: Frame, operator: &Operator) -> Result<Frame> {
        let span = operator.keyword;
        if frame.results.is_some() {
            return match &operator.kind {
                OperatorKind::Render(render) => self.render_all(env, frame, render),
                _ => {
                    Err(semantic(codes::SHAPE, span, format!("{} needs one table before it", name(operator))))
                }
            };
        }
        let frame = match carries_held_columns(&operator.kind) {
            true => frame,
            false => frame.settled().map_err(|error| codes::internal(span, &error))?,
        };
        match &operator.kind {
            OperatorKind::As { params, name } => {
                Params::check("as", params, &[("hint.materialized", Rule::NoOp)])?;
                Ok(Frame { source_name: Some(name.text.clone()), ..frame })
            }
            OperatorKind::AssertSchema { columns } => self.assert_schema(frame, columns, span),
            OperatorKind::Consume { params } => self.consume(frame, params, span),
            OperatorKind::Count { params, alias } => self.count(frame, params, alias.as_ref(), span),
            OperatorKind::Distinct { params, columns } => self.distinct(env, frame, params, columns, span),
            OperatorKind::Evaluate(evaluate) => self.evaluate(env, Some(frame), evaluate, span),
            OperatorKind::Extend { columns } => self.extend(env, frame, columns, span),
            OperatorKind::Facet { columns, body } => self.facet(env, frame, columns, body.as_deref(), span),
            OperatorKind::Find(find) => self.find(env, Some(frame), find, span),
            OperatorKind::Fork { branches } => self.fork(env, frame, branches, span),
            OperatorKind::GetSchema { params } => self.getschema(frame, params, span),
            OperatorKind::Invoke { call } => self.invoke(env, frame, call, span),
            OperatorKind::Join(join) => self.join(env, frame, join, span),
            OperatorKind::Lookup(join) => self.lookup(env, frame, join, span),
            OperatorKind::MakeSeries(series) => self.make_series(env, frame, series, span),
            OperatorKind::MvApply(apply) => self.mv_apply(env, frame, apply, span),
            OperatorKind::MvExpand(expand) => self.mv_expand(env, frame, expand, span),
            OperatorKind::Parse(parse) => self.parse(env, frame, parse, false, span),
            OperatorKind::ParseKv(parse) => self.parse_kv(env, frame, parse, span),
            OperatorKind::ParseWhere(parse) => self.parse(env, frame, parse, true, span),
            OperatorKind::Partition(partition) => self.partition(env, frame, partition, span),
            OperatorKind::Project { columns } => self.project(env, frame, columns, span),
            OperatorKind::ProjectAway { columns } => self.project_away(frame, columns, span),
            OperatorKind::ProjectByNames { columns } => self.project_by_names(env, frame, columns, span),
            OperatorKind::ProjectKeep { columns } => self.project_keep(frame, columns, span),
            OperatorKind::ProjectRename { columns } => self.project_rename(frame, columns, span),
            OperatorKind::ProjectReorder { columns } => self.project_reorder(frame, columns, span),
            OperatorKind::Render(render) => self.render(env, frame, render),
            OperatorKind::Sample { params, count } => self.sample(env, frame, params, count, span),
            OperatorKind::SampleDistinct { params, count, of } => {
                self.sample_distinct(env, frame, params, count, of, span)
            }
            OperatorKind::Scan(scan) => self.scan_operator(env, frame, scan, span),
            OperatorKind::Search(search) => self.search(env, Some(frame), search, span),
            OperatorKind::Serialize { params, columns } => self.serialize(env, frame, params, columns, span),
            OperatorKind::Sort { params, by } => self.sort(env, frame, params, by),
            OperatorKind::Summarize(summarize) => self.summarize(env, frame, summarize, span),
            OperatorKind::Take { params, count } => self.take(env, frame, params, count, span),
            OperatorKind::Top { params, count, by } => self.top(env, frame, params, count, by, span),
            OperatorKind::TopHitters { params, count, of, by } => {
                self.top_hitters(env, frame, params, count, of, by.as_ref(), span)
            }
            OperatorKind::TopNested { clauses } => self.top_nested(env, frame, clauses, span),
            OperatorKind::Union(union) => self.union(env, Some(frame), union, span),
            OperatorKind::Where { params, predicate } => self.filter(env, frame, params, predicate, span),
            OperatorKind::Print { .. } | OperatorKind::Range(_) => {
                Err(semantic(codes::SHAPE, span, format!("{} stands only first in a query", name(operator))))
            }
            OperatorKind::MakeGraph(make) => match self.make_graph(env, frame, make, span)? {
                Flow::Rows(frame) => Ok(frame),
                Flow::Graph(_) => Err(make_graph::no_table(span)),
            },
            OperatorKind::GraphMarkComponents { .. }
            | OperatorKind::GraphMatch(_)
            | OperatorKind::GraphShortestPaths(_)
            | OperatorKind::GraphToTable(_)
            | OperatorKind::GraphWhereEdges { .. }
            | OperatorKind::GraphWhereNodes { .. } => {
                let message = format!("{} needs a graph before it", name(operator));
                let mut error = semantic(codes::SHAPE, span, message);
                error.hints.push("make one of rows: T | make-graph Source --> Target".to_string());
                Err(error)
            }
            OperatorKind::MacroExpand(_) => {
                Err(semantic(codes::SHAPE, span, "macro-expand stands first, without rows before it"))
            }
            OperatorKind::ExecuteAndCache | OperatorKind::Reduce(_) => Err(refused(operator)),
        }
    }

    /// Plans an operator that stands first and makes its own rows.
    pub(crate) fn source(&mut self, env: &Env, operator: &Operator) -> Result<Frame> {
        let span = operator.keyword;
        match &operator.kind {
            OperatorKind::Print { columns } => self.print(env, columns, span),
            OperatorKind::Range(range) => self.range(env, range, span),
            OperatorKind::Union(union) => self.union(env, None, union, span),
            OperatorKind::Evaluate(evaluate) => self.evaluate(env, None, evaluate, span),
            OperatorKind::Find(find) => self.find(env, None, find, span),
            OperatorKind::Search(search) => self.search(env, None, search, span),
            OperatorKind::MacroExpand(expand) => self.macro_expand(env, expand, span),
            _ => Err(semantic(codes::SHAPE, span, format!("{} needs rows before it", name(operator)))),
        }
    }
}

/// Whether an operator can be given a frame that carries hidden columns: it hands whole rows on, or names what it takes.
fn carries_held_columns(kind: &OperatorKind) -> bool {
    matches!(
        kind,
        OperatorKind::As { .. }
            | OperatorKind::Count { .. }
            | OperatorKind::Distinct { .. }
            | OperatorKind::Extend { .. }
            | OperatorKind::Project { .. }
            | OperatorKind::ProjectAway { .. }
            | OperatorKind::ProjectKeep { .. }
            | OperatorKind::ProjectRename { .. }
            | OperatorKind::ProjectReorder { .. }
            | OperatorKind::Serialize { .. }
            | OperatorKind::Sort { .. }
            | OperatorKind::Summarize(_)
            | OperatorKind::Take { .. }
            | OperatorKind::Top { .. }
            | OperatorKind::Where { .. }
    )
}

fn refused(operator: &Operator) -> Box<kql_parser::diagnostic::Diagnostic> {
    let message = format!("the operator {} is not built yet", name(operator));
    unsupported(codes::UNSUPPORTED_OPERATOR, operator.keyword, message)
}

/// The name of an operator as the documentation spells it.
pub(crate) fn name(operator: &Operator) -> &'static str {
    match &operator.kind {
        OperatorKind::As { .. } => "as",
        OperatorKind::AssertSchema { .. } => "assert-schema",
        OperatorKind::Consume { .. } => "consume",
        OperatorKind::Count { .. } => "count",
        OperatorKind::Distinct { .. } => "distinct",
        OperatorKind::Evaluate(_) => "evaluate",
        OperatorKind::ExecuteAndCache => "execute_and_cache",
        OperatorKind::Extend { .. } => "extend",
        OperatorKind::Facet { .. } => "facet",
        OperatorKind::Find(_) => "find",
        OperatorKind::Fork { .. } => "fork",
        OperatorKind::GetSchema { .. } => "getschema",
        OperatorKind::GraphMarkComponents { .. } => "graph-mark-components",
        OperatorKind::GraphMatch(_) => "graph-match",
        OperatorKind::GraphShortestPaths(_) => "graph-shortest-paths",
        OperatorKind::GraphToTable(_) => "graph-to-table",
        OperatorKind::GraphWhereEdges { .. } => "graph-where-edges",
        OperatorKind::GraphWhereNodes { .. } => "graph-where-nodes",
        OperatorKind::Invoke { .. } => "invoke",
        OperatorKind::Join(_) => "join",
        OperatorKind::Lookup(_) => "lookup",
        OperatorKind::MacroExpand(_) => "macro-expand",
        OperatorKind::MakeGraph(_) => "make-graph",
        OperatorKind::MakeSeries(_) => "make-series",
        OperatorKind::MvApply(_) => "mv-apply",
        OperatorKind::MvExpand(_) => "mv-expand",
        OperatorKind::Parse(_) => "parse",
        OperatorKind::ParseKv(_) => "parse-kv",
        OperatorKind::ParseWhere(_) => "parse-where",
        OperatorKind::Partition(_) => "partition",
        OperatorKind::Print { .. } => "print",
        OperatorKind::Project { .. } => "project",
        OperatorKind::ProjectAway { .. } => "project-away",
        OperatorKind::ProjectByNames { .. } => "project-by-names",
        OperatorKind::ProjectKeep { .. } => "project-keep",
        OperatorKind::ProjectRename { .. } => "project-rename",
        OperatorKind::ProjectReorder { .. } => "project-reorder",
        OperatorKind::Range(_) => "range",
        OperatorKind::Reduce(_) => "reduce",
        OperatorKind::Render(_) => "render",
        OperatorKind::Sample { .. } => "sample",
        OperatorKind::SampleDistinct { .. } => "sample-distinct",
        OperatorKind::Scan(_) => "scan",
        OperatorKind::Search(_) => "search",
        OperatorKind::Serialize { .. } => "serialize",
        OperatorKind::Sort { .. } => "sort",
        OperatorKind::Summarize(_) => "summarize",
        OperatorKind::Take { .. } => "take",
        OperatorKind::Top { .. } => "top",
        OperatorKind::TopHitters { .. } => "top-hitters",
        OperatorKind::TopNested { .. } => "top-nested",
        OperatorKind::Union(_) => "union",
        OperatorKind::Where { .. } => "where",
    }
}
