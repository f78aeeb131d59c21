//! `graph-mark-components [kind=weak|strong] [with_component_id=name]`: a property with the number of the component.

use kql_parser::ast::Parameter;
use kql_parser::span::Span;

use crate::Result;
use crate::bind::Binder;
use crate::codes::{self, semantic};
use crate::graph::Graph;
use crate::node::graph::Mark;
use crate::params::{Params, Rule};

const PARAMS: &[(&str, Rule)] = &[("kind", Rule::Acts), ("with_component_id", Rule::Acts)];

impl Binder<'_> {
    pub(crate) fn graph_mark_components(
        &mut self,
        mut graph: Graph,
        params: &[Parameter],
        span: Span,
    ) -> Result<Graph> {
        let params = Params::check("graph-mark-components", params, PARAMS)?;
        let strong = params.one_of("kind", &["weak", "strong"])? == Some("strong");
        let (name, at) = params.word("with_component_id")?.unwrap_or(("ComponentId", span));
        if graph.node_columns().iter().any(|column| column.name == name) {
            let message = format!("nodes have a property `{name}` already");
            return Err(semantic(codes::DUPLICATE_COLUMN, at, message));
        }
        graph.marks.push(Mark { name: name.to_string(), strong });
        Ok(graph)
    }
}
