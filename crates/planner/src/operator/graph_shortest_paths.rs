//! `graph-shortest-paths [output=any|all] (a)-[p*min..max]->(b) [where condition] project …`: for each pair of nodes the
//! shortest path that fulfils the condition, or all of them.

use datafusion::logical_expr::Expr as PlanExpr;
use kql_parser::ast::GraphMatch;
use kql_parser::span::Span;

use crate::Result;
use crate::bind::Binder;
use crate::codes::{self, semantic, unsupported};
use crate::env::Env;
use crate::expr::PatternScope;
use crate::frame::Frame;
use crate::graph::Graph;
use crate::node::graph::{Cycles, Find};
use crate::params::{Params, Rule};

/// The documentation has no `cycles` here, which only the analyser knows.
const PARAMS: &[(&str, Rule)] = &[("output", Rule::Acts), ("cycles", Rule::Refused)];

impl Binder<'_> {
    pub(crate) fn graph_shortest_paths(
        &mut self,
        env: &Env,
        graph: &Graph,
        found: &GraphMatch,
        span: Span,
    ) -> Result<Frame> {
        let params = Params::check("graph-shortest-paths", &found.params, PARAMS)?;
        let all = params.one_of("output", &["any", "all"])? == Some("all");
        if found.patterns.len() > 1 {
            let message = "graph-shortest-paths takes one sequence of nodes and edges";
            return Err(semantic(codes::SHAPE, span, message));
        }
        let shape = self.pattern_shape(env, found, span)?;
        if !shape.steps.iter().any(|step| step.is_path) {
            let mut error =
                semantic(codes::SHAPE, span, "graph-shortest-paths needs an edge of variable length");
            error.hints.push("write it as -[p*1..5]->".to_string());
            return Err(error);
        }
        if shape.steps.len() > 1 {
            let message = "more than one edge in graph-shortest-paths is not built yet";
            return Err(unsupported(codes::UNSUPPORTED_FORM, span, message));
        }
        if shape.steps.iter().any(|step| step.from == step.to) {
            let message = "a shortest path from a node back to itself is not built yet";
            return Err(unsupported(codes::UNSUPPORTED_FORM, span, message));
        }
        let scope = PatternScope::new(graph, shape.variables());
        let search = self.pattern_search(env, &scope, shape, found, Cycles::None, span)?;
        // What speaks of the path chooses among paths; what compares the ends chooses among pairs.
        let (of_path, of_pair): (Vec<_>, Vec<_>) = search.rest.into_iter().partition(|(_, of_path)| *of_path);
        let all_of = |conditions: Vec<(PlanExpr, bool)>| {
            conditions.into_iter().map(|(condition, _)| condition).reduce(PlanExpr::and)
        };
        let find = Find::Shortest { pattern: search.pattern, all, filter: all_of(of_path) };
        self.matches(scope, find, all_of(of_pair), search.projected, span)
    }
}
