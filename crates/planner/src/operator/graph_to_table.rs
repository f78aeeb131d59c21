//! `graph-to-table nodes|edges`: the nodes or the edges of a graph as rows.

use kql_functions::{Typed, resolve};
use kql_parser::ast::{Expr, ExprKind, GraphOutput, GraphToTable, OperatorKind};
use kql_parser::span::Span;
use kql_types::Column;

use crate::Result;
use crate::bind::Binder;
use crate::codes::{self, internal, semantic};
use crate::env::{Binding, Env};
use crate::frame::{Frame, column_expr};
use crate::graph::{Flow, Graph};
use crate::node::graph::{Find, ID, Output, OutputValue};
use crate::params::{Params, Rule};

const NODES: &[(&str, Rule)] = &[("with_node_id", Rule::Acts)];
const EDGES: &[(&str, Rule)] = &[("with_source_id", Rule::Acts), ("with_target_id", Rule::Acts)];

impl Binder<'_> {
    pub(crate) fn graph_to_table(&mut self, graph: Graph, table: &GraphToTable, span: Span) -> Result<Frame> {
        match table.outputs.as_slice() {
            [output] => self.graph_output(graph, output, span),
            outputs => {
                let mut error = semantic(
                    codes::SHAPE,
                    outputs.first().map_or(span, |output| output.what.span),
                    "two tables of a graph stand in a statement of their own, each with a name",
                );
                error.hints.push("… | graph-to-table nodes as N, edges as E; N | …".to_string());
                Err(error)
            }
        }
    }

    /// A statement that ends in `graph-to-table nodes as N, edges as E` gives names to tables instead of rows.
    pub(crate) fn named_graph_tables(&mut self, env: &Env, expr: &Expr) -> Result<Option<Env>> {
        let ExprKind::Pipeline(pipeline) = &expr.kind else { return Ok(None) };
        let Some((last, before)) = pipeline.operators.split_last() else { return Ok(None) };
        let OperatorKind::GraphToTable(table) = &last.kind else { return Ok(None) };
        let [_, _, ..] = table.outputs.as_slice() else { return Ok(None) };
        let source = match self.is_graph(env, &pipeline.source) {
            true => Flow::Graph(self.graph(env, &pipeline.source)?),
            false => Flow::Rows(self.unsettled_table(env, &pipeline.source)?),
        };
        let Flow::Graph(graph) = self.flow_through(env, source, before)? else {
            return Err(semantic(codes::SHAPE, last.keyword, "graph-to-table needs a graph before it"));
        };
        let mut named = env.clone();
        for output in &table.outputs {
            let Some(alias) = &output.alias else {
                let message = "each of two tables needs a name, as in `nodes as N, edges as E`";
                return Err(semantic(codes::SHAPE, output.what.span, message));
            };
            let mut frame = self.graph_output(graph.clone(), output, last.keyword)?;
            frame.source_name = Some(alias.text.clone());
            named = named.with(&alias.text, Binding::Tabular(frame));
        }
        Ok(Some(named))
    }

    fn graph_output(&mut self, graph: Graph, output: &GraphOutput, span: Span) -> Result<Frame> {
        let mut frame = match output.what.text.as_str() {
            "nodes" => self.graph_nodes(&graph, output, span)?,
            _ => self.graph_edges(graph, output, span)?,
        };
        frame.source_name = output.alias.as_ref().map(|alias| alias.text.clone());
        Ok(frame)
    }

    fn graph_edges(&mut self, graph: Graph, output: &GraphOutput, span: Span) -> Result<Frame> {
        let params = Params::check("graph-to-table edges", &output.params, EDGES)?;
        let mut columns = Vec::new();
        for (param, end) in [("with_source_id", &graph.source), ("with_target_id", &graph.target)] {
            if let Some((name, at)) = params.word(param)? {
                let id = Typed::new(column_expr(end), graph.id_type);
                columns
                    .push((new_column(name, &graph.edges.columns, &columns, at)?, self.node_hash(id, at)?));
            }
        }
        let edges = graph.edges;
        columns.extend(edges.columns.iter().map(|column| (column.name.clone(), edges.typed(column))));
        edges.project(columns).map_err(|error| internal(span, &error))
    }

    fn graph_nodes(&mut self, graph: &Graph, output: &GraphOutput, span: Span) -> Result<Frame> {
        let params = Params::check("graph-to-table nodes", &output.params, NODES)?;
        let properties = graph.node_columns();
        let mut columns: Vec<(String, Typed)> = Vec::new();
        if let Some((name, at)) = params.word("with_node_id")? {
            let id = Typed::new(column_expr(ID), graph.id_type);
            columns.push((new_column(name, &properties, &columns, at)?, self.node_hash(id, at)?));
        }
        for column in properties {
            columns.push((column.name.clone(), Typed::new(column_expr(&column.name), column.ty)));
        }
        let mut values = Vec::new();
        let mut outputs = Vec::new();
        let mut projected = Vec::new();
        for (number, (name, value)) in columns.into_iter().enumerate() {
            let inside = format!("$m{number}");
            projected.push((name, Typed::new(column_expr(&inside), value.ty)));
            let place = OutputValue::Node { slot: 0, value: number };
            outputs.push(Output { name: inside, ty: value.ty.arrow(), value: place });
            values.push(value.expr);
        }
        let plan = self.graph_plan(graph, Vec::new(), values, Find::Nodes, outputs, span)?;
        Frame::new(plan, Vec::new()).project(projected).map_err(|error| internal(span, &error))
    }

    /// What Kusto prints as the identity of a node: the hash of what names it.
    fn node_hash(&self, id: Typed, span: Span) -> Result<Typed> {
        resolve::call("hash", vec![id]).map_err(|error| self.call_error(error, span, &[]))
    }
}

fn new_column(name: &str, properties: &[Column], others: &[(String, Typed)], span: Span) -> Result<String> {
    let taken =
        properties.iter().any(|column| column.name == name) || others.iter().any(|(other, _)| other == name);
    match taken {
        true => Err(semantic(codes::DUPLICATE_COLUMN, span, format!("two columns are named `{name}`"))),
        false => Ok(name.to_string()),
    }
}
