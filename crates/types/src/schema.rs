//! Columns with KQL types.

use std::sync::Arc;

use arrow::datatypes::{Schema as ArrowSchema, SchemaRef};

use crate::ScalarType;

/// A column: its case-sensitive name and its type.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Column {
    /// The name as written in the schema.
    pub name: String,
    /// The KQL type.
    pub ty: ScalarType,
}

impl Column {
    /// A column of this name and type.
    pub fn new(name: impl Into<String>, ty: ScalarType) -> Self {
        Column { name: name.into(), ty }
    }
}

/// The columns of a table in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Schema {
    /// The columns; no name repeats.
    pub columns: Vec<Column>,
}

impl Schema {
    /// A schema of these columns.
    pub fn new(columns: Vec<Column>) -> Self {
        Schema { columns }
    }

    /// The column of this exact name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The Arrow schema that holds it, every field tagged with its KQL type.
    pub fn arrow(&self) -> SchemaRef {
        Arc::new(ArrowSchema::new(
            self.columns.iter().map(|column| column.ty.field(&column.name)).collect::<Vec<_>>(),
        ))
    }
}
