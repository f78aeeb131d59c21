//! A plan that is run for one group of rows after the other: the sub-pipelines of `mv-apply` and `partition`.
//!
//! The rows of a group follow each other in the input. The sub-plan is made once; its leaf ([`source::GroupTable`])
//! reads whatever group is at hand. Whatever an operator does to a table it therefore does to each group, and a group
//! that a filter has emptied still gives a row where an aggregate follows.

mod cut;
mod physical;
mod source;

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use datafusion::arrow::datatypes::{Field, Schema, SchemaRef};
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{DFSchema, DFSchemaRef};
use datafusion::datasource::source_as_provider;
use datafusion::error::{DataFusionError, Result as PlanResult};
use datafusion::logical_expr::{Expr, Extension, LogicalPlan, UserDefinedLogicalNodeCore};

pub(super) use physical::plan;
pub(crate) use source::GroupTable;

/// How the rows of a stream are told apart into groups.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd)]
pub(crate) enum Cut {
    /// A group begins where this long column is 0.
    AtZero(String),
    /// A group begins where this column changes; null is a value like any other.
    AtChange(String),
}

impl Cut {
    fn column(&self) -> &str {
        match self {
            Cut::AtZero(column) | Cut::AtChange(column) => column,
        }
    }
}

/// What is done with the groups of the input.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd)]
pub(crate) struct Groups {
    /// Where they begin.
    pub cut: Cut,
    /// The number of the table by which the sub-plan reads a group; its columns are named as those of the input.
    pub table: usize,
    /// Columns of the input that have one value in a group, which every row of its result repeats.
    pub kept: Vec<String>,
    /// More groups in one stream are an error.
    pub most: Option<usize>,
}

/// The name of a column of the sub-plan's result behind the groups.
pub(crate) fn result_column(position: usize) -> String {
    format!("$result{position}")
}

/// The output has the kept columns, then those of the sub-plan as [`result_column`] names them.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct GroupNode {
    input: LogicalPlan,
    body: LogicalPlan,
    groups: Groups,
    /// The columns of the input that the sub-plan reads.
    read: Vec<String>,
    schema: DFSchemaRef,
}

/// Runs a sub-plan, optimized already, over each group of the input.
pub(crate) fn grouped(input: LogicalPlan, body: LogicalPlan, groups: Groups) -> PlanResult<LogicalPlan> {
    let read = columns_read(&body, groups.table)?;
    let node = Arc::new(GroupNode::try_new(input, body, groups, read)?);
    Ok(LogicalPlan::Extension(Extension { node }))
}

/// The columns of the group's table that a plan reads.
fn columns_read(body: &LogicalPlan, table: usize) -> PlanResult<Vec<String>> {
    let mut read: Vec<String> = Vec::new();
    body.apply_with_subqueries(|node| {
        if let LogicalPlan::TableScan(scan) = node
            && let Ok(provider) = source_as_provider(&scan.source)
            && let Some(group) = source::as_group(provider.as_ref())
            && group.number() == table
        {
            let fields = scan.projected_schema.fields();
            let new = fields.iter().map(|field| field.name()).filter(|name| !read.contains(name));
            let new: Vec<String> = new.cloned().collect();
            read.extend(new);
        }
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(read)
}

impl GroupNode {
    fn try_new(input: LogicalPlan, body: LogicalPlan, groups: Groups, read: Vec<String>) -> PlanResult<Self> {
        let fields = input.schema().fields();
        let kept = groups.kept.iter().filter_map(|name| fields.iter().find(|field| field.name() == name));
        let mut output: Vec<Arc<Field>> = kept.cloned().collect();
        for (position, field) in body.schema().fields().iter().enumerate() {
            output.push(Arc::new(Field::new(result_column(position), field.data_type().clone(), true)));
        }
        let output = output.into_iter().map(|field| (None, field)).collect();
        let schema = Arc::new(DFSchema::new_with_metadata(output, Default::default())?);
        Ok(GroupNode { input, body, groups, read, schema })
    }

    fn arrow(&self) -> SchemaRef {
        Arc::new(Schema::new(self.schema.fields().clone()))
    }
}

impl fmt::Debug for GroupNode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.groups.fmt(f)
    }
}

impl PartialOrd for GroupNode {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        let order = self.groups.partial_cmp(&other.groups)?;
        let order = order.then(self.input.partial_cmp(&other.input)?);
        Some(order.then(self.body.partial_cmp(&other.body)?))
    }
}

impl UserDefinedLogicalNodeCore for GroupNode {
    fn name(&self) -> &str {
        "Groups"
    }

    fn inputs(&self) -> Vec<&LogicalPlan> {
        vec![&self.input]
    }

    fn schema(&self) -> &DFSchemaRef {
        &self.schema
    }

    fn expressions(&self) -> Vec<Expr> {
        Vec::new()
    }

    /// What is kept has one value in a group, so a filter of it keeps or drops whole groups.
    fn prevent_predicate_push_down_columns(&self) -> HashSet<String> {
        let names = self.schema.fields().iter().map(|field| field.name());
        match self.groups.most {
            None => names.filter(|name| !self.groups.kept.contains(name)).cloned().collect(),
            Some(_) => names.cloned().collect(),
        }
    }

    fn fmt_for_explain(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{:?}: {}", self.groups, self.body.display_one_line())
    }

    fn with_exprs_and_inputs(&self, _exprs: Vec<Expr>, inputs: Vec<LogicalPlan>) -> PlanResult<Self> {
        let input = inputs
            .into_iter()
            .next()
            .ok_or_else(|| DataFusionError::Internal("Groups was given no input".to_string()))?;
        GroupNode::try_new(input, self.body.clone(), self.groups.clone(), self.read.clone())
    }

    fn necessary_children_exprs(&self, output_columns: &[usize]) -> Option<Vec<Vec<usize>>> {
        let wanted = output_columns.iter().filter_map(|&column| self.schema.fields().get(column));
        let mut needed: Vec<usize> = wanted
            .map(|field| field.name().as_str())
            .filter(|name| self.groups.kept.iter().any(|kept| kept == name))
            .chain(self.read.iter().map(String::as_str))
            .chain([self.groups.cut.column()])
            .filter_map(|name| self.input.schema().index_of_column_by_name(None, name))
            .collect();
        needed.sort_unstable();
        needed.dedup();
        Some(vec![needed])
    }
}

/// One line for a plan within a plan.
trait OneLine {
    fn display_one_line(&self) -> String;
}

impl OneLine for LogicalPlan {
    fn display_one_line(&self) -> String {
        let lines: Vec<String> =
            self.display_indent().to_string().lines().map(|line| line.trim().to_string()).collect();
        lines.join(" <- ")
    }
}
