//! `make-graph source --> target [with nodes on key, …]`: rows become the edges of a graph.

use kql_functions::resolve;
use kql_parser::ast::{Call, Expr, ExprKind, MakeGraph, Operator, OperatorKind, Pipeline};
use kql_parser::span::Span;
use kql_types::{Column, ScalarType};

use crate::Result;
use crate::bind::Binder;
use crate::codes::{self, internal, semantic, unsupported};
use crate::env::{Binding, Env};
use crate::frame::Frame;
use crate::graph::{Flow, Graph, GraphNodes, NodeProperty};
use crate::params::Params;

impl Binder<'_> {
    /// Plans `make-graph`, with the operator for each part when the graph is divided.
    pub(crate) fn make_graph(
        &mut self,
        env: &Env,
        edges: Frame,
        make: &MakeGraph,
        span: Span,
    ) -> Result<Flow> {
        Params::check("make-graph", &make.params, &[])?;
        let edges = edges.settled().map_err(|error| internal(span, &error))?;
        let source = end(&edges, &make.source)?;
        let target = end(&edges, &make.target)?;
        if source.ty != target.ty {
            let message =
                format!("the two ends are {} and {}, and must be of one type", source.ty, target.ty);
            return Err(semantic(codes::KEY_TYPE, make.source.span.to(make.target.span), message));
        }
        let id_type = source.ty;
        let mut nodes = Vec::new();
        for with in &make.nodes {
            if nodes.len() == 2 {
                return Err(semantic(codes::SHAPE, with.table.span, "make-graph takes two tables of nodes"));
            }
            let frame = self.table(env, &with.table)?;
            let key = column(&frame, &with.key.text, with.key.span)?;
            if key.ty != id_type {
                let message = format!("the nodes' key is {} and the edges' ends are {id_type}", key.ty);
                return Err(semantic(codes::KEY_TYPE, with.key.span, message));
            }
            nodes.push(GraphNodes { frame, key: key.name });
        }
        let mut properties = Vec::new();
        if let Some(name) = &make.node_id {
            properties.push(NodeProperty { column: Column::new(name.text.clone(), id_type), is_key: true });
        }
        for table in &nodes {
            for column in &table.frame.columns {
                let is_key = nodes.iter().any(|nodes| nodes.key == column.name);
                let known = properties
                    .iter_mut()
                    .find(|property: &&mut NodeProperty| property.column.name == column.name);
                match known {
                    // Two tables that give a property two types make a dynamic of it.
                    Some(known) if known.column.ty != column.ty => known.column.ty = ScalarType::Dynamic,
                    Some(_) => {}
                    None => properties.push(NodeProperty { column: column.clone(), is_key }),
                }
            }
        }
        let mixed = |property: &&NodeProperty| property.is_key && property.column.ty != id_type;
        if let Some(property) = properties.iter().find(mixed) {
            let message = format!(
                "`{}` is the key of one table and of another type in the other",
                property.column.name
            );
            return Err(semantic(codes::KEY_TYPE, span, message));
        }
        let partition = match &make.partitioned_by {
            Some((by, _)) => Some(partition(&edges, &nodes, by)?),
            None => None,
        };
        let (source, target) = (source.name, target.name);
        let graph = Graph { edges, source, target, id_type, nodes, properties, marks: Vec::new(), partition };
        match &make.partitioned_by {
            None => Ok(Flow::Graph(graph)),
            Some((_, body)) => self.partitions(env, graph, body, span).map(Flow::Rows),
        }
    }

    /// `partitioned-by column (operator)`: paths do not lead from one part into another, so the parts are searched as
    /// one graph whose nodes are told apart by the part as well.
    fn partitions(&mut self, env: &Env, graph: Graph, body: &[Operator], span: Span) -> Result<Frame> {
        let [operator] = body else {
            let at = body.get(1).map_or(span, |operator| operator.keyword);
            let message = "more than one operator for each part of a graph is not built yet";
            return Err(unsupported(codes::UNSUPPORTED_FORM, at, message));
        };
        match &operator.kind {
            OperatorKind::GraphMatch(_)
            | OperatorKind::GraphShortestPaths(_)
            | OperatorKind::GraphToTable(_) => match self.graph_operator(env, graph, operator)? {
                Flow::Rows(frame) => Ok(frame),
                Flow::Graph(_) => Err(no_table(operator.keyword)),
            },
            _ => {
                let message = format!("{} does not stand in partitioned-by", super::name(operator));
                Err(semantic(codes::SHAPE, operator.keyword, message))
            }
        }
    }

    /// Plans an operator over a graph.
    pub(crate) fn graph_operator(&mut self, env: &Env, graph: Graph, operator: &Operator) -> Result<Flow> {
        let span = operator.keyword;
        match &operator.kind {
            OperatorKind::GraphMatch(found) => self.graph_match(env, &graph, found, span).map(Flow::Rows),
            OperatorKind::GraphShortestPaths(found) => {
                self.graph_shortest_paths(env, &graph, found, span).map(Flow::Rows)
            }
            OperatorKind::GraphToTable(table) => self.graph_to_table(graph, table, span).map(Flow::Rows),
            OperatorKind::GraphMarkComponents { params } => {
                self.graph_mark_components(graph, params, span).map(Flow::Graph)
            }
            OperatorKind::GraphWhereEdges { .. } | OperatorKind::GraphWhereNodes { .. } => {
                let message =
                    format!("{} is not built: what it keeps is documented nowhere", super::name(operator));
                let mut error = unsupported(codes::UNSUPPORTED_OPERATOR, span, message);
                error.hints.push("filter the tables before make-graph, or the matches".to_string());
                Err(error)
            }
            _ => {
                let message =
                    format!("{} works on rows, and a graph stands before it", super::name(operator));
                let mut error = semantic(codes::SHAPE, span, message);
                error.hints.push("graph-match and graph-to-table make rows of a graph".to_string());
                Err(error)
            }
        }
    }

    /// Whether an expression gives a graph.
    pub(crate) fn is_graph(&self, env: &Env, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Paren(inner) => self.is_graph(env, inner),
            ExprKind::Name(name) => match env.get(name) {
                Some(Binding::Graph(_)) => true,
                Some(Binding::Function(function)) => self.is_graph_function(function),
                Some(_) => false,
                None => self.function(env, name).is_some_and(|function| self.is_graph_function(&function)),
            },
            ExprKind::Pipeline(pipeline) => {
                pipeline.operators.last().is_some_and(|operator| match &operator.kind {
                    OperatorKind::MakeGraph(make) => make.partitioned_by.is_none(),
                    OperatorKind::GraphMarkComponents { .. }
                    | OperatorKind::GraphWhereEdges { .. }
                    | OperatorKind::GraphWhereNodes { .. } => true,
                    _ => false,
                })
            }
            ExprKind::Call(call) => match (self.function(env, &call.name.text), call.args.as_slice()) {
                (Some(function), _) => self.is_graph_function(&function),
                (None, [graph]) if call.name.text == "materialize" => self.is_graph(env, graph),
                (None, _) => call.name.text == "graph",
            },
            _ => false,
        }
    }

    /// Binds an expression that gives a graph.
    pub(crate) fn graph(&mut self, env: &Env, expr: &Expr) -> Result<Graph> {
        match &expr.kind {
            ExprKind::Paren(inner) => self.graph(env, inner),
            ExprKind::Name(name) => match (env.get(name), self.function(env, name)) {
                (Some(Binding::Graph(graph)), _) => Ok((**graph).clone()),
                (_, Some(function)) => self.graph_function(env, &function, &[], expr.span),
                _ => Err(semantic(codes::SHAPE, expr.span, format!("`{name}` is no graph"))),
            },
            ExprKind::Pipeline(pipeline) => match self.flow(env, pipeline)? {
                Flow::Graph(graph) => Ok(graph),
                Flow::Rows(_) => {
                    Err(semantic(codes::SHAPE, expr.span, "a table stands where a graph is asked for"))
                }
            },
            ExprKind::Call(call) => self.graph_call(env, call, expr.span),
            _ => Err(semantic(codes::SHAPE, expr.span, "a graph is expected here")),
        }
    }

    fn graph_call(&mut self, env: &Env, call: &Call, span: Span) -> Result<Graph> {
        if let Some(function) = self.function(env, &call.name.text) {
            return self.graph_function(env, &function, &call.args, span);
        }
        match (call.name.text.as_str(), call.args.as_slice()) {
            ("materialize", [graph]) => {
                let mut graph = self.graph(env, graph)?;
                graph.edges = self.held(graph.edges, span)?;
                for nodes in &mut graph.nodes {
                    nodes.frame = self.held(nodes.frame.clone(), span)?;
                }
                Ok(graph)
            }
            ("graph", _) => {
                let message = "graph() reads a graph that a cluster keeps, and there is none here";
                let mut error = unsupported(codes::UNSUPPORTED_FUNCTION, call.name.span, message);
                error.hints.push("make one of tables, with make-graph".to_string());
                Err(error)
            }
            _ => Err(semantic(codes::SHAPE, span, "a graph is expected here")),
        }
    }

    /// Plans a pipeline from its source, which may be a graph.
    pub(crate) fn flow(&mut self, env: &Env, pipeline: &Pipeline) -> Result<Flow> {
        let source = match self.is_graph(env, &pipeline.source) {
            true => Flow::Graph(self.graph(env, &pipeline.source)?),
            false => Flow::Rows(self.unsettled_table(env, &pipeline.source)?),
        };
        self.flow_through(env, source, &pipeline.operators)
    }
}

/// The error for a graph where rows are asked for.
pub(crate) fn no_table(span: Span) -> Box<kql_parser::diagnostic::Diagnostic> {
    let mut error = semantic(codes::SHAPE, span, "a graph stands where a table is asked for");
    error.hints.push("graph-match and graph-to-table make rows of a graph".to_string());
    error
}

/// A column that names a node.
fn end(edges: &Frame, name: &Expr) -> Result<Column> {
    let ExprKind::Name(text) = &name.kind else {
        return Err(semantic(codes::SHAPE, name.span, "a column is expected here"));
    };
    column(edges, text, name.span)
}

fn column(frame: &Frame, name: &str, span: Span) -> Result<Column> {
    let found = frame.known_column(name, span)?.clone();
    if found.ty == ScalarType::Dynamic {
        let mut error = semantic(codes::KEY_TYPE, span, "what names a node cannot be dynamic");
        error.hints.push("convert it before, as with tostring()".to_string());
        return Err(error);
    }
    Ok(found)
}

/// The column of the parts, which the edges and every table of nodes must have.
fn partition(edges: &Frame, nodes: &[GraphNodes], by: &Expr) -> Result<String> {
    let ExprKind::Name(name) = &by.kind else {
        return Err(semantic(codes::SHAPE, by.span, "a column is expected here"));
    };
    let known = column(edges, name, by.span)?;
    for table in nodes {
        match table.frame.column(name) {
            Some(found) if found.ty == known.ty => {}
            Some(found) => {
                let message = format!("`{name}` is {} in the edges and {} in the nodes", known.ty, found.ty);
                return Err(semantic(codes::KEY_TYPE, by.span, message));
            }
            None => {
                let message = format!("every table of nodes must have the column `{name}` too");
                return Err(semantic(codes::UNKNOWN_NAME, by.span, message));
            }
        }
    }
    Ok(name.clone())
}

/// A value as the type that a property has.
pub(crate) fn converted(
    binder: &Binder<'_>,
    value: kql_functions::Typed,
    ty: ScalarType,
    span: Span,
) -> Result<kql_functions::Typed> {
    match value.ty == ty {
        true => Ok(value),
        false => resolve::convert(value, ty).map_err(|error| binder.call_error(error, span, &[])),
    }
}
