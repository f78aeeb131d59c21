//! `graph-match [cycles=…] pattern, … [where condition] project …`: a row for each match of the pattern.
//!
//! A part of the condition that speaks of one node or edge is looked at before the search begins, and `all(path, …)`
//! while it goes on; what is left filters the matches.

use std::collections::BTreeSet;

use datafusion::logical_expr::{Expr as PlanExpr, LogicalPlan, LogicalPlanBuilder};
use kql_parser::ast::{BinaryOp, EdgeDirection, Expr, ExprKind, GraphMatch, GraphPatternElement, Name};
use kql_parser::span::Span;
use kql_types::ScalarType;

use super::make_graph::converted;
use crate::Result;
use crate::bind::Binder;
use crate::codes::{self, internal, semantic, unsupported};
use crate::env::Env;
use crate::expr::{Element, Of, PatternScope, PatternView, RowScope, Variable, condition};
use crate::frame::{Frame, aliased, column_expr};
use crate::graph::Graph;
use crate::naming::Namer;
use crate::node::graph::{
    Along, Cycles, Direction, Find, GraphQuery, ID, KEY, Output, OutputValue, PARTITION, PatternSpec,
    Property, SOURCE, StepSpec, TARGET,
};
use crate::params::{Params, Rule};

/// A pattern as it is written, its conditions not yet looked at.
pub(super) struct Shape {
    slots: usize,
    pub(super) steps: Vec<StepSpec>,
    variables: Vec<Variable>,
}

/// What the expressions of a pattern amount to.
pub(super) struct Search {
    /// The pattern with the conditions on its nodes and edges.
    pub pattern: PatternSpec,
    /// What a match must fulfil besides, over the columns of the matches, and whether it speaks of paths.
    pub rest: Vec<(PlanExpr, bool)>,
    /// The columns that are asked for.
    pub projected: Vec<(String, kql_functions::Typed)>,
}

impl Binder<'_> {
    pub(crate) fn graph_match(
        &mut self,
        env: &Env,
        graph: &Graph,
        found: &GraphMatch,
        span: Span,
    ) -> Result<Frame> {
        let params = Params::check("graph-match", &found.params, &[("cycles", Rule::Acts)])?;
        let cycles = match params.one_of("cycles", &["all", "none", "unique_edges"])? {
            Some("all") => Cycles::All,
            Some("none") => Cycles::None,
            _ => Cycles::UniqueEdges,
        };
        let shape = self.pattern_shape(env, found, span)?;
        if let (Cycles::None, true) = (cycles, shape.steps.iter().any(|step| step.is_path && step.min == 0)) {
            let message = "whether a path of no edges counts as a cycle is not documented";
            let mut error = unsupported(codes::UNSUPPORTED_FORM, span, message);
            error.hints.push("begin the range at 1, or leave out cycles=none".to_string());
            return Err(error);
        }
        let scope = PatternScope::new(graph, shape.variables());
        let search = self.pattern_search(env, &scope, shape, found, cycles, span)?;
        let find = Find::Matches(search.pattern);
        let rest = search.rest.into_iter().map(|(condition, _)| condition).reduce(PlanExpr::and);
        self.matches(scope, find, rest, search.projected, span)
    }

    /// The frame of matches: filtered by what is left of the condition, then projected.
    pub(super) fn matches(
        &mut self,
        scope: PatternScope<'_>,
        find: Find,
        filter: Option<PlanExpr>,
        projected: Vec<(String, kql_functions::Typed)>,
        span: Span,
    ) -> Result<Frame> {
        if scope.outputs.borrow().is_empty() {
            let value = scope.node_value(column_expr(ID));
            scope.output(OutputValue::Node { slot: 0, value }, scope.graph.id_type);
        }
        let graph = scope.graph;
        let (nodes, edges) = (scope.node_values.into_inner(), scope.edge_values.into_inner());
        let plan = self.graph_plan(graph, edges, nodes, find, scope.outputs.into_inner(), span)?;
        let mut frame = Frame::new(plan, Vec::new());
        if let Some(filter) = filter {
            frame = frame.filter(filter).map_err(|error| internal(span, &error))?;
        }
        frame.project(projected).map_err(|error| internal(span, &error))
    }

    /// Numbers the nodes and edges of a pattern.
    pub(super) fn pattern_shape(&mut self, env: &Env, found: &GraphMatch, span: Span) -> Result<Shape> {
        let mut shape = Shape { slots: 0, steps: Vec::new(), variables: Vec::new() };
        for pattern in &found.patterns {
            let mut before: Option<usize> = None;
            let mut edge: Option<StepSpec> = None;
            for element in pattern {
                match element {
                    GraphPatternElement::Node(name) => {
                        let slot = shape.node(name.as_ref())?;
                        match (before, edge.take()) {
                            (None, None) => {}
                            (Some(from), Some(step)) => shape.steps.push(StepSpec { from, to: slot, ..step }),
                            _ => return Err(misplaced(name.as_ref().map_or(span, |name| name.span))),
                        }
                        before = Some(slot);
                    }
                    GraphPatternElement::Edge { name, direction, range } => {
                        let at = name.as_ref().map_or(span, |name| name.span);
                        if before.is_none() || edge.is_some() {
                            return Err(misplaced(at));
                        }
                        let (min, max) = match range {
                            Some(range) => self.hops(env, &range.0, &range.1)?,
                            None => (1, 1),
                        };
                        let step = shape.steps.len();
                        let element = match range {
                            Some(_) => Element::Path(step),
                            None => Element::Edge(step),
                        };
                        if let Some(name) = name {
                            shape.add(name, element)?;
                        }
                        let direction = match direction {
                            EdgeDirection::Forward => Direction::Forward,
                            EdgeDirection::Backward => Direction::Backward,
                            EdgeDirection::Any => Direction::Any,
                        };
                        let is_path = range.is_some();
                        edge = Some(StepSpec {
                            from: 0,
                            to: 0,
                            direction,
                            min,
                            max,
                            is_path,
                            edges: None,
                            inner: None,
                        });
                    }
                }
            }
            if edge.is_some() {
                return Err(misplaced(span));
            }
        }
        shape.check_connected(span)?;
        Ok(shape)
    }

    /// `*min..max`.
    fn hops(&mut self, env: &Env, least: &Expr, most: &Expr) -> Result<(u32, u32)> {
        let mut ends = [0; 2];
        for (end, expr) in ends.iter_mut().zip([least, most]) {
            let value = self.constant(env, expr, "a number of hops")?;
            let number = match value.ty {
                ScalarType::Int | ScalarType::Long => value.literal_i64(),
                _ => None,
            };
            *end = number.and_then(|number| u32::try_from(number).ok()).ok_or_else(|| {
                semantic(codes::PARAMETER_VALUE, expr.span, "a number of hops is a whole number from 0 on")
            })?;
        }
        let [min, max] = ends;
        if min > max {
            let message = format!("the least number of hops, {min}, is more than the most, {max}");
            return Err(semantic(codes::PARAMETER_VALUE, least.span.to(most.span), message));
        }
        Ok((min, max))
    }

    /// Binds the condition and the columns of a pattern.
    pub(super) fn pattern_search(
        &mut self,
        env: &Env,
        scope: &PatternScope<'_>,
        shape: Shape,
        found: &GraphMatch,
        cycles: Cycles,
        span: Span,
    ) -> Result<Search> {
        let Some(columns) = &found.project else {
            let mut error =
                unsupported(codes::UNSUPPORTED_FORM, span, "matches without `project` are not built");
            error
                .hints
                .push("name the columns of the result after the pattern: project a.name, …".to_string());
            return Err(error);
        };
        let mut slots: Vec<Option<PlanExpr>> = vec![None; shape.slots];
        let mut edges: Vec<Option<PlanExpr>> = vec![None; shape.steps.len()];
        let mut inner = edges.clone();
        let mut rest = Vec::new();
        let mut conjuncts = Vec::new();
        found.predicate.iter().for_each(|predicate| split(predicate, &mut conjuncts));
        for conjunct in conjuncts {
            if let Some((step, of, value)) = self.condition_along(env, scope, conjunct)? {
                let masks = if of == Along::Edges { &mut edges } else { &mut inner };
                both(&mut masks[step], value);
                continue;
            }
            let (element, of_path) = speaks_of(scope, conjunct);
            let of = if element.is_some() { Of::Variable } else { Of::Match };
            let view = PatternView { pattern: scope, of };
            let row = RowScope { pattern: Some(view), filter: true, ..RowScope::constants(env) };
            let value = condition(self.scalar(&row, conjunct)?, conjunct.span)?.expr;
            match element {
                Some(Element::Node(slot)) => both(&mut slots[slot], value),
                Some(Element::Edge(step)) => both(&mut edges[step], value),
                _ => rest.push((value, of_path)),
            }
        }
        let mut namer = Namer::new([]);
        let view = PatternView { pattern: scope, of: Of::Match };
        let row = RowScope { pattern: Some(view), ..RowScope::constants(env) };
        let mut projected = Vec::new();
        for column in columns {
            for item in self.list_item(&row, column)? {
                projected.push((namer.name(item.name, column.span())?, item.value));
            }
        }
        let steps = shape
            .steps
            .into_iter()
            .zip(edges.into_iter().zip(inner))
            .map(|(step, (edges, inner))| StepSpec {
                edges: edges.map(|value| scope.edge_value(value)),
                inner: inner.map(|value| scope.node_value(value)),
                ..step
            })
            .collect();
        let slots = slots.into_iter().map(|slot| slot.map(|value| scope.node_value(value))).collect();
        Ok(Search { pattern: PatternSpec { slots, steps, cycles }, rest, projected })
    }

    /// The plan of a search: the edges with what is computed from each, and the tables of nodes with what is read.
    pub(super) fn graph_plan(
        &self,
        graph: &Graph,
        edge_values: Vec<PlanExpr>,
        node_values: Vec<PlanExpr>,
        find: Find,
        outputs: Vec<Output>,
        span: Span,
    ) -> Result<LogicalPlan> {
        let project = |frame: &Frame, exprs: Vec<PlanExpr>| {
            LogicalPlanBuilder::from(frame.plan.clone())
                .project(exprs)
                .and_then(LogicalPlanBuilder::build)
                .map_err(|error| internal(span, &error))
        };
        let partition = graph.partition.as_ref().map(|name| aliased(column_expr(name), PARTITION));
        let mut edges =
            vec![aliased(column_expr(&graph.source), SOURCE), aliased(column_expr(&graph.target), TARGET)];
        edges.extend(partition.clone());
        let values = edge_values.into_iter().enumerate();
        edges.extend(values.map(|(number, value)| value.alias(format!("$e{number}"))));
        let mut inputs = vec![project(&graph.edges, edges)?];
        let read = |name: &str| {
            node_values.iter().any(|value| value.column_refs().iter().any(|column| column.name == name))
        };
        let properties: Vec<_> =
            graph.properties.iter().filter(|property| read(&property.column.name)).collect();
        for nodes in &graph.nodes {
            let mut exprs = vec![aliased(column_expr(&nodes.key), KEY)];
            exprs.extend(partition.clone());
            for property in &properties {
                let wanted = &property.column;
                if let Some(column) = nodes.frame.column(&wanted.name) {
                    let value = converted(self, nodes.frame.typed(column), wanted.ty, span)?;
                    exprs.push(aliased(value.expr, &wanted.name));
                }
            }
            inputs.push(project(&nodes.frame, exprs)?);
        }
        let query = GraphQuery {
            partitioned: graph.partition.is_some(),
            properties: properties
                .into_iter()
                .map(|property| Property {
                    name: property.column.name.clone(),
                    ty: property.column.ty.arrow(),
                    is_text: property.column.ty == ScalarType::String,
                    is_key: property.is_key,
                })
                .collect(),
            marks: graph.marks.iter().filter(|mark| read(&mark.name)).cloned().collect(),
            node_values,
            find,
            outputs,
        };
        crate::node::graph::plan(inputs, query).map_err(|error| internal(span, &error))
    }
}

impl Shape {
    /// The names in the pattern.
    pub(super) fn variables(&self) -> Vec<Variable> {
        self.variables.clone()
    }

    fn node(&mut self, name: Option<&Name>) -> Result<usize> {
        if let Some(name) = name
            && let Some(known) = self.variables.iter().find(|variable| variable.name == name.text)
        {
            return match known.element {
                Element::Node(slot) => Ok(slot),
                Element::Edge(_) | Element::Path(_) => Err(twice(name)),
            };
        }
        self.slots += 1;
        let slot = self.slots - 1;
        if let Some(name) = name {
            self.add(name, Element::Node(slot))?;
        }
        Ok(slot)
    }

    fn add(&mut self, name: &Name, element: Element) -> Result<()> {
        if self.variables.iter().any(|variable| variable.name == name.text) {
            return Err(twice(name));
        }
        self.variables.push(Variable { name: name.text.clone(), element });
        Ok(())
    }

    /// Every node is connected with every other by edges of the pattern.
    fn check_connected(&self, span: Span) -> Result<()> {
        let mut known = vec![false; self.slots];
        if let Some(first) = known.first_mut() {
            *first = true;
        }
        for _ in 0..self.slots {
            for step in &self.steps {
                let either = known[step.from] || known[step.to];
                known[step.from] |= either;
                known[step.to] |= either;
            }
        }
        match known.iter().all(|known| *known) {
            true => Ok(()),
            false => {
                let mut error =
                    semantic(codes::SHAPE, span, "the pattern falls into pieces that share no node");
                error.hints.push("name a node in both, as in (a)-->(b), (b)-->(c)".to_string());
                Err(error)
            }
        }
    }
}

fn twice(name: &Name) -> Box<kql_parser::diagnostic::Diagnostic> {
    let message = format!("`{}` names an edge and stands in the pattern twice", name.text);
    semantic(codes::SHAPE, name.span, message)
}

fn misplaced(span: Span) -> Box<kql_parser::diagnostic::Diagnostic> {
    semantic(codes::SHAPE, span, "nodes and edges take turns in a pattern, which begins and ends with a node")
}

/// The conditions that `and` connects.
fn split<'e>(expr: &'e Expr, conjuncts: &mut Vec<&'e Expr>) {
    let mut waiting = vec![expr];
    while let Some(expr) = waiting.pop() {
        match &expr.kind {
            ExprKind::Paren(inner) => waiting.push(inner),
            ExprKind::Binary { op: BinaryOp::And, left, right, .. } => waiting.extend([right.as_ref(), left]),
            _ => conjuncts.push(expr),
        }
    }
}

fn both(condition: &mut Option<PlanExpr>, more: PlanExpr) {
    *condition = Some(match condition.take() {
        Some(condition) => condition.and(more),
        None => more,
    });
}

/// The only node or edge that a condition speaks of, and whether it speaks of a path.
fn speaks_of(scope: &PatternScope<'_>, expr: &Expr) -> (Option<Element>, bool) {
    let mut names = BTreeSet::new();
    expr.for_each_name(&mut |name, _| {
        names.insert(name.to_string());
    });
    let mut elements = names.iter().filter_map(|name| scope.variable(name)).map(|variable| variable.element);
    let first = elements.next();
    let of_path =
        first.into_iter().chain(elements.clone()).any(|element| matches!(element, Element::Path(_)));
    match (first, elements.next()) {
        (Some(element), None) if !of_path => (Some(element), false),
        _ => (None, of_path),
    }
}
