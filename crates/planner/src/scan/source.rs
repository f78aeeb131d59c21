//! Tables whose rows something outside the engine reads when a query asks for them.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::{DataFusionError, Result};
use datafusion::datasource::TableType;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::Expr;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::stream::RecordBatchReceiverStream;
use datafusion::physical_plan::streaming::{PartitionStream, StreamingTableExec};
use kql_types::{Column, Schema};

/// Batches that wait for the operators above before the source has to.
const WAITING: usize = 2;

/// What reads the rows of a table.
pub trait RowSource: Send + Sync + fmt::Debug {
    /// Hands out all rows in batches of these columns, until `each` says that it has enough.
    fn scan(
        &self,
        columns: &[Column],
        each: &mut dyn FnMut(RecordBatch) -> bool,
    ) -> std::result::Result<(), String>;
}

/// A table over such a source. Only the columns that a query needs are asked for, and no rows are kept.
#[derive(Debug)]
pub struct SourceTable {
    columns: Schema,
    schema: SchemaRef,
    source: Arc<dyn RowSource>,
}

impl SourceTable {
    /// A table of these columns.
    pub fn new(columns: Schema, source: Arc<dyn RowSource>) -> Self {
        SourceTable { schema: columns.arrow(), columns, source }
    }
}

#[async_trait]
impl TableProvider for SourceTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        _session: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let columns: Vec<Column> = match projection {
            Some(places) => places.iter().map(|place| self.columns.columns[*place].clone()).collect(),
            None => self.columns.columns.clone(),
        };
        // The fields of the table's own schema, so that what metadata they have stays.
        let schema = match projection {
            Some(places) => Arc::new(self.schema.project(places)?),
            None => self.schema(),
        };
        let rows = Rows { columns, schema: Arc::clone(&schema), source: Arc::clone(&self.source) };
        Ok(Arc::new(StreamingTableExec::try_new(schema, vec![Arc::new(rows)], None, None, false, limit)?))
    }
}

/// The rows of one scan.
#[derive(Debug)]
struct Rows {
    columns: Vec<Column>,
    schema: SchemaRef,
    source: Arc<dyn RowSource>,
}

impl PartitionStream for Rows {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, _context: Arc<TaskContext>) -> SendableRecordBatchStream {
        let mut stream = RecordBatchReceiverStream::builder(Arc::clone(&self.schema), WAITING);
        let send = stream.tx();
        let (source, columns, schema) =
            (Arc::clone(&self.source), self.columns.clone(), Arc::clone(&self.schema));
        stream.spawn_blocking(move || {
            let scanned = source.scan(&columns, &mut |batch| {
                let batch = batch.with_schema(Arc::clone(&schema)).map_err(DataFusionError::from);
                // Nobody listens any more once the query has what it needs, or was stopped.
                send.blocking_send(batch).is_ok()
            });
            scanned.map_err(DataFusionError::Execution)
        });
        stream.build()
    }
}
