//! Names and functions inside the conditions and the columns of a pattern over a graph.
//!
//! What is asked of nodes and edges is collected: a value that is computed from each of them once, and the column of
//! the matches that holds it.

use std::cell::RefCell;

use datafusion::logical_expr::{Expr as PlanExpr, lit};
use datafusion::scalar::ScalarValue;
use kql_functions::scalar::dynamic::pack;
use kql_functions::{Typed, resolve};
use kql_parser::ast::{Call, Expr, ExprKind};
use kql_parser::diagnostic::Diagnostic;
use kql_parser::span::Span;
use kql_types::{Column, ScalarType};

use super::{Bound, RowScope};
use crate::bind::Binder;
use crate::codes::{self, semantic, unsupported};
use crate::env::Env;
use crate::frame::column_expr;
use crate::graph::Graph;
use crate::naming::NameSource;
use crate::node::graph::{Along, DEGREE_IN, DEGREE_OUT, ID, Output, OutputValue};
use crate::{Result, suggest};

/// What a variable of a pattern stands for, with its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Element {
    /// A node.
    Node(usize),
    /// One edge.
    Edge(usize),
    /// The edges of a path.
    Path(usize),
}

/// A name in a pattern.
#[derive(Debug, Clone)]
pub(crate) struct Variable {
    /// The name.
    pub name: String,
    /// What it stands for.
    pub element: Element,
}

/// A pattern with what its expressions ask for.
pub(crate) struct PatternScope<'g> {
    /// The graph.
    pub graph: &'g Graph,
    node_columns: Vec<Column>,
    variables: Vec<Variable>,
    /// Values computed from each node.
    pub node_values: RefCell<Vec<PlanExpr>>,
    /// Values computed from each edge.
    pub edge_values: RefCell<Vec<PlanExpr>>,
    /// Columns of the matches.
    pub outputs: RefCell<Vec<Output>>,
}

/// A pattern as one expression sees it.
#[derive(Clone, Copy)]
pub(crate) struct PatternView<'a> {
    /// The pattern.
    pub pattern: &'a PatternScope<'a>,
    /// What the expression is computed from.
    pub of: Of,
}

/// What an expression inside a pattern is computed from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Of {
    /// A whole match.
    Match,
    /// The node or the edge of one variable, by itself.
    Variable,
    /// An edge of a path or a node on it, whose properties are bare names.
    Along(Along),
}

impl<'g> PatternScope<'g> {
    /// A pattern over a graph.
    pub(crate) fn new(graph: &'g Graph, variables: Vec<Variable>) -> Self {
        PatternScope {
            graph,
            node_columns: graph.node_columns(),
            variables,
            node_values: RefCell::default(),
            edge_values: RefCell::default(),
            outputs: RefCell::default(),
        }
    }

    /// The variable of a name.
    pub(crate) fn variable(&self, name: &str) -> Option<&Variable> {
        self.variables.iter().find(|variable| variable.name == name)
    }

    /// The number of a value of nodes.
    pub(crate) fn node_value(&self, value: PlanExpr) -> usize {
        number_of(&mut self.node_values.borrow_mut(), value)
    }

    /// The number of a value of edges.
    pub(crate) fn edge_value(&self, value: PlanExpr) -> usize {
        number_of(&mut self.edge_values.borrow_mut(), value)
    }

    /// The column of the matches that holds something.
    pub(crate) fn output(&self, value: OutputValue, ty: ScalarType) -> Typed {
        let mut outputs = self.outputs.borrow_mut();
        let place = outputs.iter().position(|output| output.value == value);
        let place = place.unwrap_or_else(|| {
            let name = format!("$m{}", outputs.len());
            outputs.push(Output { name, ty: ty.arrow(), value });
            outputs.len() - 1
        });
        Typed::new(column_expr(&outputs[place].name), ty)
    }

    /// The properties of what a variable stands for, and whether there may be more.
    fn properties(&self, element: Element) -> (&[Column], bool) {
        match element {
            Element::Node(_) => (&self.node_columns, self.graph.nodes_are_open()),
            Element::Edge(_) | Element::Path(_) => (&self.graph.edges.columns, self.graph.edges.open),
        }
    }

    fn along(&self, of: Along) -> (&[Column], bool) {
        match of {
            Along::Edges => (&self.graph.edges.columns, self.graph.edges.open),
            Along::Inner => (&self.node_columns, self.graph.nodes_are_open()),
        }
    }
}

fn number_of(values: &mut Vec<PlanExpr>, value: PlanExpr) -> usize {
    values.iter().position(|known| *known == value).unwrap_or_else(|| {
        values.push(value);
        values.len() - 1
    })
}

/// What a function of one element is asked about.
enum Subject {
    Along(Along),
    Variable(Element),
}

/// The name that an expression consists of.
fn bare_name(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Name(name) => Some(name),
        ExprKind::Paren(inner) => bare_name(inner),
        _ => None,
    }
}

/// The name, or the name and its property, that an expression consists of.
fn several_values(expr: &Expr) -> Option<(&str, Option<&str>)> {
    match &expr.kind {
        ExprKind::Paren(inner) => several_values(inner),
        ExprKind::Member { target, name } => bare_name(target).map(|of| (of, Some(name.text.as_str()))),
        _ => bare_name(expr).map(|name| (name, None)),
    }
}

/// The arguments of which a call hands one on as it is.
fn results(call: &Call) -> Vec<&Expr> {
    let last = call.args.len().saturating_sub(1);
    let is_result = |at: &usize| match call.name.text.as_str() {
        "iff" | "iif" => *at > 0,
        "case" => at % 2 == 1 || *at == last,
        "coalesce" => true,
        _ => false,
    };
    call.args.iter().enumerate().filter(|(at, _)| is_result(at)).map(|(_, arg)| arg).collect()
}

fn is_map(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Paren(inner) => is_map(inner),
        ExprKind::Call(call) => call.name.text == "map",
        _ => false,
    }
}

fn map_is_array(span: Span) -> Box<Diagnostic> {
    let mut error =
        semantic(codes::TYPES, span, "map() gives an array, with an element for each step of the path");
    error.hints.push("put the condition into all(path, …) or any(path, …)".to_string());
    error
}

fn path_is_array(name: &str, property: Option<&str>, span: Span) -> Box<Diagnostic> {
    let asked = property.unwrap_or("property");
    let what = property.map_or_else(|| name.to_string(), |property| format!("{name}.{property}"));
    let what = format!("`{what}` is an array, with an element for each edge of the path");
    let mut error = semantic(codes::TYPES, span, what);
    error
        .hints
        .push(format!("ask each edge with all({name}, {asked} …), or one with any({name}, {asked} …)"));
    error
}

/// A path, or the nodes on it, as the first argument of `map()` and its kin.
fn path_argument(expr: &Expr) -> Option<(&str, Along)> {
    match &expr.kind {
        ExprKind::Paren(inner) => path_argument(inner),
        ExprKind::Call(call) if call.name.text == "inner_nodes" => match call.args.as_slice() {
            [path] => bare_name(path).map(|name| (name, Along::Inner)),
            _ => None,
        },
        _ => bare_name(expr).map(|name| (name, Along::Edges)),
    }
}

impl PatternView<'_> {
    /// Whether functions over whole matches suggest no name here.
    pub(crate) fn hides_names(&self) -> bool {
        self.of != Of::Along(Along::Edges) && self.of != Of::Along(Along::Inner)
    }
}

/// The functions that patterns have; some of them are aggregates or nothing elsewhere.
pub(crate) const FUNCTIONS: &[&str] =
    &["map", "any", "all", "inner_nodes", "node_degree_in", "node_degree_out", "node_id", "labels"];

/// Functions over a row's columns, which a match does not have.
const OVER_COLUMNS: &[&str] = &["pack_all", "ingestion_time", "column_ifexists", "columnifexists"];

/// Conversions that give null for every array and every bag.
const TO_ONE_VALUE: &[&str] = &[
    "tobool",
    "toboolean",
    "todatetime",
    "todecimal",
    "todouble",
    "toguid",
    "toint",
    "tolong",
    "toreal",
    "totimespan",
];

impl Binder<'_> {
    /// A variable of the pattern that stands alone: all its properties in a bag.
    pub(super) fn pattern_name(&mut self, scope: &RowScope, name: &str, span: Span) -> Result<Option<Bound>> {
        let Some((view, variable)) = self.pattern_variable(scope, name, span)? else { return Ok(None) };
        let pattern = view.pattern;
        let (columns, _) = pattern.properties(variable.element);
        let is_bare = columns.is_empty();
        let columns = columns
            .iter()
            .map(|column| (column.name.clone(), Typed::new(column_expr(&column.name), column.ty)));
        let bag =
            pack::pack_columns(columns.collect(), true).map_err(|error| self.call_error(error, span, &[]))?;
        let value = element_value(view, variable.element, bag);
        Ok(Some(match is_bare && matches!(variable.element, Element::Node(_)) {
            true => Bound::new(value),
            false => Bound::suggested(value, name),
        }))
    }

    /// A property of a variable.
    pub(super) fn pattern_member(
        &mut self,
        scope: &RowScope,
        target: &Expr,
        property: &str,
        span: Span,
    ) -> Result<Option<Bound>> {
        let Some(name) = bare_name(target) else { return Ok(None) };
        let Some((view, variable)) = self.pattern_variable(scope, name, target.span)? else {
            return Ok(None);
        };
        let (columns, open) = view.pattern.properties(variable.element);
        let value = match columns.iter().find(|column| column.name == property) {
            Some(column) => Typed::new(column_expr(&column.name), column.ty),
            None if open => Typed::null(ScalarType::Dynamic),
            None => {
                let what = match variable.element {
                    Element::Node(_) => "nodes have",
                    Element::Edge(_) | Element::Path(_) => "edges have",
                };
                let message = format!("{what} no property `{property}`");
                let mut error = semantic(codes::UNKNOWN_NAME, span, message);
                error
                    .hints
                    .extend(suggest::hint(property, columns.iter().map(|column| column.name.as_str())));
                return Err(error);
            }
        };
        let value = match variable.element {
            Element::Path(_) => dynamic(self, value, span)?,
            Element::Node(_) | Element::Edge(_) => value,
        };
        let value = element_value(view, variable.element, value);
        Ok(Some(Bound::suggested(value, format!("{name}_{property}"))))
    }

    /// The variable of a name, unless the name is a property of what is looked at.
    fn pattern_variable<'s>(
        &self,
        scope: &'s RowScope,
        name: &str,
        span: Span,
    ) -> Result<Option<(PatternView<'s>, &'s Variable)>> {
        let Some(view) = scope.pattern else { return Ok(None) };
        let Some(variable) = view.pattern.variable(name) else { return Ok(None) };
        if let Of::Along(_) = view.of {
            if scope.columns.iter().any(|column| column.name == name) {
                return Ok(None);
            }
            let message = format!("`{name}` inside map(), any() and all() is not built yet");
            return Err(unsupported(codes::UNSUPPORTED_FORM, span, message));
        }
        Ok(Some((view, variable)))
    }

    /// Refuses `a['name']`, whose type is not documented.
    pub(super) fn check_pattern_index(&self, scope: &RowScope, target: &Expr) -> Result<()> {
        let Some(name) = bare_name(target) else { return Ok(()) };
        match self.pattern_variable(scope, name, target.span)? {
            Some((_, Variable { element: Element::Node(_) | Element::Edge(_), .. })) => {
                let message = "an index on a node or an edge is not built yet";
                let mut error = unsupported(codes::UNSUPPORTED_FORM, target.span, message);
                error.hints.push(format!("write {name}.property"));
                Err(error)
            }
            _ => Ok(()),
        }
    }

    /// Refuses to ask an array of a pattern, which has positions alone, for a key: no value would ever come out.
    pub(super) fn check_pattern_key(&self, scope: &RowScope, target: &Expr) -> Result<()> {
        if scope.pattern.is_some() && is_map(target) {
            return Err(map_is_array(target.span));
        }
        match several_values(target) {
            Some((name, property)) => match self.pattern_variable(scope, name, target.span)? {
                Some((_, Variable { element: Element::Path(_), .. })) => {
                    Err(path_is_array(name, property, target.span))
                }
                _ => Ok(()),
            },
            None => Ok(()),
        }
    }

    /// Refuses to compare with a value, to reckon with or to convert what is an array or a bag: no row would ever come
    /// out.
    pub(super) fn check_pattern_operands(&self, scope: &RowScope, operands: &[&Expr]) -> Result<()> {
        if scope.pattern.is_none() {
            return Ok(());
        }
        for operand in operands {
            match &operand.kind {
                ExprKind::Paren(inner) => self.check_pattern_operands(scope, &[inner])?,
                ExprKind::Call(_) if is_map(operand) => return Err(map_is_array(operand.span)),
                ExprKind::Call(call) => self.check_pattern_operands(scope, &results(call))?,
                _ => {}
            }
            let Some((name, property)) = several_values(operand) else { continue };
            let Some((_, variable)) = self.pattern_variable(scope, name, operand.span)? else { continue };
            match (variable.element, property) {
                (Element::Path(_), property) => return Err(path_is_array(name, property, operand.span)),
                (Element::Node(_) | Element::Edge(_), None) => {
                    let what = format!("`{name}` is the bag of all its properties");
                    let mut error = semantic(codes::TYPES, operand.span, what);
                    error.hints.push(format!("write a property, as in {name}.property"));
                    return Err(error);
                }
                (Element::Node(_) | Element::Edge(_), Some(_)) => {}
            }
        }
        Ok(())
    }

    /// A function of patterns; `None` when the name is none.
    pub(super) fn pattern_call(
        &mut self,
        scope: &RowScope,
        call: &Call,
        span: Span,
    ) -> Result<Option<Bound>> {
        let Some(view) = scope.pattern else { return Ok(None) };
        let name = call.name.text.as_str();
        if OVER_COLUMNS.contains(&name) && view.hides_names() {
            let message = format!("{name}() over a match is not built yet");
            return Err(unsupported(codes::UNSUPPORTED_FORM, call.name.span, message));
        }
        if TO_ONE_VALUE.contains(&name) {
            self.check_pattern_operands(scope, &call.args.iter().collect::<Vec<_>>())?;
        }
        if !FUNCTIONS.contains(&name) {
            return Ok(None);
        }
        match (name, call.args.as_slice()) {
            ("map" | "any" | "all", [path, value]) => {
                self.along_path(scope.env, view, name, path, value).map(Some)
            }
            ("map" | "any" | "all", _) => {
                let message = format!("{name}() takes a path of the pattern and an expression");
                Err(semantic(codes::ARGUMENTS, span, message))
            }
            ("inner_nodes", _) => {
                let message = "inner_nodes() stands only first in map(), any() and all()";
                Err(semantic(codes::ARGUMENTS, span, message))
            }
            (_, args) => self.element_function(scope, view, name, args, span).map(Some),
        }
    }

    /// `map(path, value)`, `any(inner_nodes(path), condition)` …
    fn along_path(
        &mut self,
        env: &Env,
        view: PatternView<'_>,
        name: &str,
        path: &Expr,
        value: &Expr,
    ) -> Result<Bound> {
        let pattern = view.pattern;
        let found = path_argument(path).and_then(|(path, of)| Some((pattern.variable(path)?, of)));
        let (Some((Variable { name: path_name, element: Element::Path(step) }, of)), Of::Match) =
            (found, view.of)
        else {
            let message = format!(
                "{name}() takes an edge of variable length, as `p` in -[p*1..3]->, or its inner nodes"
            );
            return Err(semantic(codes::ARGUMENTS, path.span, message));
        };
        let bound = self.along(env, pattern, of, value)?;
        let prefix = match of {
            Along::Edges => path_name.clone(),
            Along::Inner => format!("inner_nodes_{path_name}"),
        };
        let label = match &bound.name {
            NameSource::Written(name) | NameSource::Suggested(name) => name.as_str(),
            NameSource::Positional => "Column",
        };
        let label = format!("{prefix}_{label}");
        let step = *step;
        let value = match name {
            "map" => dynamic(self, bound.value, value.span)?,
            _ => condition(bound.value, value.span)?,
        };
        let ty = value.ty;
        let value = match of {
            Along::Edges => pattern.edge_value(value.expr),
            Along::Inner => pattern.node_value(value.expr),
        };
        let output = match name {
            "map" => OutputValue::List { step, of, value },
            "any" => OutputValue::Any { step, of, value },
            _ => OutputValue::All { step, of, value },
        };
        Ok(Bound::suggested(pattern.output(output, ty), label))
    }

    /// An expression over the properties of what lies along a path.
    fn along(&mut self, env: &Env, pattern: &PatternScope<'_>, of: Along, value: &Expr) -> Result<Bound> {
        let (columns, open) = pattern.along(of);
        let view = PatternView { pattern, of: Of::Along(of) };
        let scope = RowScope { columns, open, pattern: Some(view), ..RowScope::constants(env) };
        self.expr(&scope, value)
    }

    /// The condition that `all(path, condition)` sets on each edge of a path, or on each node on it: the step, and the
    /// number of the condition among the values. `None` for any other expression.
    pub(crate) fn condition_along(
        &mut self,
        env: &Env,
        pattern: &PatternScope<'_>,
        expr: &Expr,
    ) -> Result<Option<(usize, Along, PlanExpr)>> {
        let ExprKind::Call(call) = &expr.kind else { return Ok(None) };
        let ("all", [path, value]) = (call.name.text.as_str(), call.args.as_slice()) else { return Ok(None) };
        let found = path_argument(path).and_then(|(path, of)| Some((pattern.variable(path)?, of)));
        let Some((Variable { element: Element::Path(step), .. }, of)) = found else { return Ok(None) };
        let bound = self.along(env, pattern, of, value)?;
        Ok(Some((*step, of, condition(bound.value, value.span)?.expr)))
    }

    /// `node_degree_in(n)`, `node_id()` …, of a variable or, without it, of what lies along a path.
    fn element_function(
        &mut self,
        scope: &RowScope,
        view: PatternView<'_>,
        name: &str,
        args: &[Expr],
        span: Span,
    ) -> Result<Bound> {
        let (subject, label) = match (view.of, args) {
            (Of::Along(of), []) => (Subject::Along(of), name.to_string()),
            (Of::Match | Of::Variable, [arg]) => {
                let found = match bare_name(arg) {
                    Some(text) => self.pattern_variable(scope, text, arg.span)?,
                    None => None,
                };
                let Some((_, variable)) = found else {
                    let message = format!("{name}() takes a node of the pattern");
                    return Err(semantic(codes::ARGUMENTS, arg.span, message));
                };
                (Subject::Variable(variable.element), format!("{name}_{}", variable.name))
            }
            (Of::Along(_), _) => {
                let message = format!("{name}() takes no argument inside map(), any() and all()");
                return Err(semantic(codes::ARGUMENTS, span, message));
            }
            (_, _) => {
                let message = format!("{name}() takes a variable of the pattern");
                return Err(semantic(codes::ARGUMENTS, span, message));
            }
        };
        let of_nodes = matches!(subject, Subject::Along(Along::Inner) | Subject::Variable(Element::Node(_)));
        let value = match name {
            "labels" => {
                if let Subject::Variable(Element::Path(_)) = subject {
                    let message = "labels() of a path is not built yet";
                    return Err(unsupported(codes::UNSUPPORTED_FORM, span, message));
                }
                // Only graphs that a cluster keeps have labels.
                let none = lit(ScalarValue::Utf8View(Some("[]".to_string())));
                return Ok(Bound::suggested(Typed::new(none, ScalarType::Dynamic), label));
            }
            _ if !of_nodes => {
                return Err(semantic(codes::ARGUMENTS, span, format!("{name}() takes a node")));
            }
            "node_degree_in" => Typed::new(column_expr(DEGREE_IN), ScalarType::Long),
            "node_degree_out" => Typed::new(column_expr(DEGREE_OUT), ScalarType::Long),
            _ => {
                let id = Typed::new(column_expr(ID), view.pattern.graph.id_type);
                resolve::convert(id, ScalarType::String).map_err(|error| self.call_error(error, span, &[]))?
            }
        };
        let value = match subject {
            Subject::Variable(element) => element_value(view, element, value),
            Subject::Along(_) => value,
        };
        Ok(Bound::suggested(value, label))
    }
}

/// A value of one element as the expression sees it: the value itself where nothing else is looked at, else the column
/// of the matches that holds it.
fn element_value(view: PatternView<'_>, element: Element, value: Typed) -> Typed {
    let pattern = view.pattern;
    match (view.of, element) {
        (Of::Match, Element::Node(slot)) => {
            let (ty, value) = (value.ty, pattern.node_value(value.expr));
            pattern.output(OutputValue::Node { slot, value }, ty)
        }
        (Of::Match, Element::Edge(step)) => {
            let (ty, value) = (value.ty, pattern.edge_value(value.expr));
            pattern.output(OutputValue::Edge { step, value }, ty)
        }
        (_, Element::Path(step)) => {
            let value = pattern.edge_value(value.expr);
            pattern.output(OutputValue::List { step, of: Along::Edges, value }, ScalarType::Dynamic)
        }
        (_, Element::Node(_) | Element::Edge(_)) => value,
    }
}

fn dynamic(binder: &Binder<'_>, value: Typed, span: Span) -> Result<Typed> {
    resolve::convert(value, ScalarType::Dynamic).map_err(|error| binder.call_error(error, span, &[]))
}

/// A condition must be a bool.
pub(crate) fn condition(value: Typed, span: Span) -> Result<Typed> {
    match value.ty {
        ScalarType::Bool => Ok(value),
        other => Err(semantic(codes::TYPES, span, format!("a bool is expected here, not {other}"))),
    }
}
