//! The rows of the group at hand as a table.

use std::any::Any;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::record_batch::{RecordBatch, RecordBatchOptions};
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::error::{DataFusionError, Result as PlanResult};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::{Expr, TableType};
use datafusion::physical_expr::{EquivalenceProperties, PhysicalExpr};
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType, ReplaceChildrenOptions};
use datafusion::physical_plan::memory::MemoryStream;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, Partitioning, PlanProperties};

/// The table that a sub-pipeline begins with. Outside of the node that runs the sub-pipeline it has no rows to give,
/// and says so.
#[derive(Debug)]
pub(crate) struct GroupTable {
    number: usize,
    schema: SchemaRef,
}

impl GroupTable {
    /// A table that no other of the query has the number of.
    pub(crate) fn new(number: usize, schema: SchemaRef) -> Self {
        GroupTable { number, schema }
    }

    pub(super) fn number(&self) -> usize {
        self.number
    }
}

/// The group's table behind a provider.
pub(super) fn as_group(provider: &dyn TableProvider) -> Option<&GroupTable> {
    let any: &dyn Any = provider;
    any.downcast_ref()
}

#[async_trait]
impl TableProvider for GroupTable {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn table_type(&self) -> TableType {
        TableType::Temporary
    }

    async fn scan(
        &self,
        _state: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        _limit: Option<usize>,
    ) -> PlanResult<Arc<dyn ExecutionPlan>> {
        let schema = match projection {
            Some(columns) => Arc::new(self.schema.project(columns)?),
            None => self.schema.clone(),
        };
        Ok(Arc::new(GroupScan::new(self.number, schema, None)))
    }
}

/// Where one stream puts the rows of the group that it has come to.
#[derive(Debug, Default)]
pub(super) struct Slot(Mutex<Option<RecordBatch>>);

impl Slot {
    pub(super) fn set(&self, rows: RecordBatch) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(rows);
    }

    fn get(&self) -> Option<RecordBatch> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Reads the rows of a slot.
#[derive(Debug)]
pub(super) struct GroupScan {
    number: usize,
    slot: Option<Arc<Slot>>,
    properties: Arc<PlanProperties>,
}

impl GroupScan {
    fn new(number: usize, schema: SchemaRef, slot: Option<Arc<Slot>>) -> Self {
        let properties = PlanProperties::new(
            EquivalenceProperties::new(schema),
            Partitioning::UnknownPartitioning(1),
            EmissionType::Incremental,
            Boundedness::Bounded,
        );
        GroupScan { number, slot, properties: Arc::new(properties) }
    }

    /// The same scan of a slot, if it is the scan of this table.
    pub(super) fn over(&self, number: usize, slot: &Arc<Slot>) -> Option<Self> {
        (self.number == number).then(|| Self::new(number, self.schema(), Some(slot.clone())))
    }
}

impl DisplayAs for GroupScan {
    fn fmt_as(&self, _form: DisplayFormatType, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("GroupScan")
    }
}

impl ExecutionPlan for GroupScan {
    fn name(&self) -> &str {
        "GroupScan"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        Vec::new()
    }

    fn apply_expressions(
        &self,
        _visit: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> PlanResult<TreeNodeRecursion>,
    ) -> PlanResult<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn replace_children(
        self: Arc<Self>,
        _children: Vec<Arc<dyn ExecutionPlan>>,
        _options: ReplaceChildrenOptions,
    ) -> PlanResult<Arc<dyn ExecutionPlan>> {
        Ok(self)
    }

    /// Deprecated upstream in favour of `replace_children`, and still required.
    fn with_new_children(
        self: Arc<Self>,
        _children: Vec<Arc<dyn ExecutionPlan>>,
    ) -> PlanResult<Arc<dyn ExecutionPlan>> {
        Ok(self)
    }

    fn execute(
        &self,
        _partition: usize,
        _context: Arc<TaskContext>,
    ) -> PlanResult<SendableRecordBatchStream> {
        let Some(rows) = self.slot.as_ref().and_then(|slot| slot.get()) else {
            return Err(DataFusionError::NotImplemented(
                "a sub-query over the rows of one group is not built yet".to_string(),
            ));
        };
        let schema = self.schema();
        let columns = schema
            .fields()
            .iter()
            .map(|field| {
                rows.column_by_name(field.name()).cloned().ok_or_else(|| {
                    DataFusionError::Internal(format!("the group has no column {}", field.name()))
                })
            })
            .collect::<PlanResult<Vec<_>>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(rows.num_rows()));
        let batch = RecordBatch::try_new_with_options(schema.clone(), columns, &options)?;
        Ok(Box::pin(MemoryStream::try_new(vec![batch], schema, None)?))
    }
}
