//! A column of a file as a KQL column, as an expression that the scan evaluates.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, FieldRef, Schema};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::common::Result;
use datafusion::logical_expr::ColumnarValue;
use datafusion::physical_expr::PhysicalExpr;
use kql_types::{ScalarType, foreign};

/// Converts a column by [`foreign::column`].
#[derive(Debug, Clone)]
pub(super) struct Convert {
    column: Arc<dyn PhysicalExpr>,
    /// The field of the file, whose metadata may say more than its type.
    field: FieldRef,
    ty: ScalarType,
}

impl Convert {
    pub(super) fn new(column: Arc<dyn PhysicalExpr>, field: FieldRef, ty: ScalarType) -> Self {
        Convert { column, field, ty }
    }
}

impl PartialEq for Convert {
    fn eq(&self, other: &Self) -> bool {
        self.column.eq(&other.column) && self.field == other.field && self.ty == other.ty
    }
}

impl Eq for Convert {}

impl Hash for Convert {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.column.hash(state);
        self.field.hash(state);
        self.ty.hash(state);
    }
}

impl fmt::Display for Convert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({})", self.ty, self.column)
    }
}

impl PhysicalExpr for Convert {
    fn data_type(&self, _schema: &Schema) -> Result<DataType> {
        Ok(self.ty.arrow())
    }

    fn nullable(&self, _schema: &Schema) -> Result<bool> {
        Ok(self.ty != ScalarType::String)
    }

    fn evaluate(&self, batch: &RecordBatch) -> Result<ColumnarValue> {
        let array = self.column.evaluate(batch)?.into_array(batch.num_rows())?;
        Ok(ColumnarValue::Array(foreign::column(&array, &self.field, self.ty)))
    }

    fn children(&self) -> Vec<&Arc<dyn PhysicalExpr>> {
        vec![&self.column]
    }

    fn with_new_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn PhysicalExpr>>,
    ) -> Result<Arc<dyn PhysicalExpr>> {
        let column = children.into_iter().next().unwrap_or_else(|| Arc::clone(&self.column));
        Ok(Arc::new(Convert { column, field: Arc::clone(&self.field), ty: self.ty }))
    }

    fn fmt_sql(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}(", self.ty)?;
        self.column.fmt_sql(f)?;
        f.write_str(")")
    }
}
