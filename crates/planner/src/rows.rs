//! Rows in memory, for what needs to see all of them before it can say even which columns there are.

use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::compute::concat_batches;
use datafusion::arrow::record_batch::{RecordBatch, RecordBatchOptions};
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::logical_expr::LogicalPlan;
use kql_parser::span::Span;
use kql_types::{Cell, CellReader, Column, ColumnBuilder, Schema};

use crate::Result;
use crate::bind::Binder;
use crate::catalog::Table;
use crate::codes::{self, internal};
use crate::frame::Frame;

/// The rows of a frame.
#[derive(Debug, Clone)]
pub(crate) struct Rows {
    /// The columns.
    pub columns: Vec<Column>,
    /// The values, in the storage types of the columns.
    pub batch: RecordBatch,
}

impl Rows {
    /// The rows of batches that have these columns.
    pub(crate) fn new(columns: Vec<Column>, batches: &[RecordBatch], span: Span) -> Result<Self> {
        let arrow = Schema::new(columns.clone()).arrow();
        // The engine's output has the same columns without the tags.
        let tagged = batches
            .iter()
            .map(|batch| {
                let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
                RecordBatch::try_new_with_options(arrow.clone(), batch.columns().to_vec(), &options)
            })
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| internal(span, &error.into()))?;
        let batch = concat_batches(&arrow, &tagged).map_err(|error| internal(span, &error.into()))?;
        Ok(Rows { columns, batch })
    }

    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        self.batch.num_rows()
    }

    /// A reader of each column.
    pub(crate) fn readers(&self, span: Span) -> Result<Vec<CellReader<'_>>> {
        self.columns
            .iter()
            .zip(self.batch.columns())
            .map(|(column, array)| {
                CellReader::new(array.as_ref(), column.ty)
                    .map_err(|error| codes::defect(span, error.to_string()))
            })
            .collect()
    }
}

/// Builds rows cell by cell.
pub(crate) struct RowsBuilder {
    columns: Vec<Column>,
    builders: Vec<ColumnBuilder>,
    rows: usize,
}

impl RowsBuilder {
    /// No rows of these columns.
    pub(crate) fn new(columns: Vec<Column>) -> Self {
        let builders = columns.iter().map(|column| ColumnBuilder::new(column.ty, 0)).collect();
        RowsBuilder { columns, builders, rows: 0 }
    }

    /// Adds a row; cells that are not given are null.
    pub(crate) fn push<'a>(&mut self, cells: impl IntoIterator<Item = Cell<'a>>, span: Span) -> Result<()> {
        let mut cells = cells.into_iter();
        for builder in &mut self.builders {
            builder
                .append(cells.next().unwrap_or(Cell::Null))
                .map_err(|error| codes::defect(span, error.to_string()))?;
        }
        self.rows += 1;
        Ok(())
    }

    /// The rows.
    pub(crate) fn finish(mut self, span: Span) -> Result<Rows> {
        let arrays: Vec<ArrayRef> = self.builders.iter_mut().map(ColumnBuilder::finish).collect();
        let arrow = Schema::new(self.columns.clone()).arrow();
        let options = RecordBatchOptions::new().with_row_count(Some(self.rows));
        let batch = RecordBatch::try_new_with_options(arrow, arrays, &options)
            .map_err(|error| internal(span, &error.into()))?;
        Ok(Rows { columns: self.columns, batch })
    }
}

impl Binder<'_> {
    /// Runs a frame and keeps its rows, in the order of its sources where nothing shuffles them; no rows when only
    /// checking.
    pub(crate) fn rows_now(&self, frame: &Frame, span: Span) -> Result<Rows> {
        if !self.execute {
            return Rows::new(frame.columns.clone(), &[], span);
        }
        let batches = self
            .engine
            .collect_in_order(&frame.plan, self.options)
            .map_err(|error| codes::runtime(span, &error))?;
        Rows::new(frame.columns.clone(), &batches, span)
    }

    /// A frame over rows in memory.
    pub(crate) fn frame_of(&self, rows: Rows, span: Span) -> Result<Frame> {
        let schema = Schema::new(rows.columns);
        let table =
            Table::from_batches(schema, vec![vec![rows.batch]]).map_err(|error| internal(span, &error))?;
        let mut frame = self.scan("rows", table, span)?;
        frame.source_name = None;
        Ok(frame)
    }

    /// The frame itself when running it twice gives the same rows twice, else its rows in memory.
    pub(crate) fn repeatable(&self, frame: Frame, span: Span) -> Result<Frame> {
        if !self.execute || is_repeatable(&frame.plan) {
            return Ok(frame);
        }
        let rows = self.rows_now(&frame, span)?;
        let held = self.frame_of(rows, span)?;
        Ok(frame.with_plan(held.plan))
    }
}

/// Whether a plan has nothing that may choose other rows the next time.
fn is_repeatable(plan: &LogicalPlan) -> bool {
    let mut repeatable = true;
    let walked = plan.apply(|node| {
        repeatable &= match node {
            LogicalPlan::TableScan(_)
            | LogicalPlan::Projection(_)
            | LogicalPlan::Filter(_)
            | LogicalPlan::SubqueryAlias(_)
            | LogicalPlan::Union(_)
            | LogicalPlan::EmptyRelation(_)
            | LogicalPlan::Values(_) => !node.expressions().iter().any(|expr| expr.is_volatile()),
            LogicalPlan::Sort(sort) => sort.fetch.is_none(),
            _ => false,
        };
        Ok(if repeatable { TreeNodeRecursion::Continue } else { TreeNodeRecursion::Stop })
    });
    walked.is_ok() && repeatable
}
