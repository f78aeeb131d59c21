//! From expressions over a table to expressions over one of its files.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, FieldRef, Schema, SchemaRef};
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode, TreeNodeRecursion};
use datafusion::common::{Result, ScalarValue};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::expressions::{
    BinaryExpr, CastExpr, Column, InListExpr, IsNotNullExpr, IsNullExpr, Literal, in_list, lit,
};
use datafusion::physical_expr_adapter::{PhysicalExprAdapter, PhysicalExprAdapterFactory};
use kql_functions::typed::null_value;
use kql_types::{ScalarType, foreign};

use super::compare::{self, Clock};
use super::convert::Convert;

type Expr = Arc<dyn PhysicalExpr>;

/// Makes an adapter for each file.
#[derive(Debug, Clone)]
pub(super) struct AdapterFactory {
    /// Pairs of columns of which a file may hold only one, which then stands for both.
    pub twins: Arc<[(String, String)]>,
}

impl PhysicalExprAdapterFactory for AdapterFactory {
    fn create(&self, table: SchemaRef, file: SchemaRef) -> Result<Arc<dyn PhysicalExprAdapter>> {
        Ok(Arc::new(Adapter { table, file, twins: Arc::clone(&self.twins) }))
    }
}

#[derive(Debug)]
struct Adapter {
    table: SchemaRef,
    file: SchemaRef,
    twins: Arc<[(String, String)]>,
}

impl PhysicalExprAdapter for Adapter {
    fn rewrite(&self, expr: Expr) -> Result<Expr> {
        expr.transform_down(|expr| {
            Ok(match self.node(&expr)? {
                // What a node became is over the file's columns already.
                Some(adapted) => Transformed::new(adapted, true, TreeNodeRecursion::Jump),
                None => Transformed::no(expr),
            })
        })
        .data()
    }
}

/// Where a file has a column of the table.
enum Source {
    /// Nowhere; the value that stands in.
    Missing(ScalarValue),
    /// In a column that holds the very values.
    Same(Expr),
    /// In a column of a narrower number type.
    Narrow(Expr, FieldRef),
    /// In a column of texts, whose nulls are "".
    Text(Expr, FieldRef),
    /// In a column of instants.
    Instant(Expr, FieldRef, Clock),
    /// In a column of anything else.
    Other(Expr, FieldRef, ScalarType),
}

impl Source {
    /// The column as the table has it.
    fn value(self) -> Expr {
        match self {
            Source::Missing(value) => lit(value),
            Source::Same(column) => column,
            Source::Narrow(column, target) => Arc::new(CastExpr::new_with_target_field(column, target, None)),
            Source::Text(column, field) if !field.is_nullable() => column,
            Source::Text(column, field) => Arc::new(Convert::new(column, field, ScalarType::String)),
            Source::Instant(column, field, _) => Arc::new(Convert::new(column, field, ScalarType::DateTime)),
            Source::Other(column, field, ty) => Arc::new(Convert::new(column, field, ty)),
        }
    }
}

impl Adapter {
    /// The node over the file's columns, when it is a column or a test of one.
    fn node(&self, expr: &Expr) -> Result<Option<Expr>> {
        if let Some(column) = expr.downcast_ref::<Column>() {
            return Ok(Some(self.source(column)?.value()));
        }
        if let Some(test) = expr.downcast_ref::<BinaryExpr>() {
            return self.comparison(test);
        }
        if let Some(test) = expr.downcast_ref::<InListExpr>() {
            return self.membership(test);
        }
        if let Some(test) = expr.downcast_ref::<IsNullExpr>() {
            let column = self.null_as_it_is(test.arg())?;
            return Ok(column.map(|column| Arc::new(IsNullExpr::new(column)) as Expr));
        }
        if let Some(test) = expr.downcast_ref::<IsNotNullExpr>() {
            let column = self.null_as_it_is(test.arg())?;
            return Ok(column.map(|column| Arc::new(IsNotNullExpr::new(column)) as Expr));
        }
        Ok(None)
    }

    fn comparison(&self, test: &BinaryExpr) -> Result<Option<Expr>> {
        let (column, literal, op) = match (column_of(test.left()), column_of(test.right())) {
            (Some(column), None) => (column, value_of(test.right()), Some(*test.op())),
            (None, Some(column)) => (column, value_of(test.left()), test.op().swap()),
            _ => return Ok(None),
        };
        let (Some(literal), Some(op)) = (literal, op) else { return Ok(None) };
        Ok(match (self.source(column)?, literal) {
            (Source::Text(column, field), literal) => match literal.try_as_str() {
                Some(Some(text)) => compare::text(&column, field.is_nullable(), op, text),
                _ => None,
            },
            (Source::Instant(column, _, clock), ScalarValue::Int64(Some(ticks))) => {
                clock.compare(&column, op, *ticks)
            }
            _ => None,
        })
    }

    fn membership(&self, test: &InListExpr) -> Result<Option<Expr>> {
        let Some(column) = column_of(test.expr()) else { return Ok(None) };
        let Source::Text(column, field) = self.source(column)? else { return Ok(None) };
        let mut has_empty = false;
        for item in test.list() {
            match value_of(item).and_then(ScalarValue::try_as_str) {
                Some(Some(text)) => has_empty |= text.is_empty(),
                _ => return Ok(None),
            }
        }
        let found = in_list(Arc::clone(&column), test.list().to_vec(), &test.negated(), &self.file)?;
        let empty = has_empty != test.negated();
        Ok(Some(if field.is_nullable() { compare::null_as_empty(found, &column, empty) } else { found }))
    }

    /// The file's column, when it is null exactly where the table's is.
    fn null_as_it_is(&self, expr: &Expr) -> Result<Option<Expr>> {
        let Some(column) = column_of(expr) else { return Ok(None) };
        Ok(match self.source(column)? {
            Source::Same(column) | Source::Narrow(column, _) | Source::Instant(column, _, _) => Some(column),
            Source::Missing(_) | Source::Text(..) | Source::Other(..) => None,
        })
    }

    fn source(&self, column: &Column) -> Result<Source> {
        let wanted = self.table.field_with_name(column.name())?;
        let ty = foreign::type_of(wanted);
        let Some((index, field)) = self.position(column.name()) else {
            return Ok(Source::Missing(null_value(ty)));
        };
        let column: Expr = Arc::new(Column::new(field.name(), index));
        let tagged = ScalarType::of_field(&field) == Some(ty);
        let data_type = field.data_type().clone();
        Ok(match ty {
            ScalarType::String if data_type == DataType::Utf8View => Source::Text(column, field),
            ScalarType::DateTime if let Some(clock) = Clock::of(&data_type) => {
                Source::Instant(column, field, clock)
            }
            ScalarType::DateTime | ScalarType::Timespan | ScalarType::Dynamic
                if tagged && data_type == ty.arrow() =>
            {
                Source::Same(column)
            }
            ScalarType::Bool
            | ScalarType::Int
            | ScalarType::Long
            | ScalarType::Real
            | ScalarType::Decimal
            | ScalarType::Guid
                if data_type == ty.arrow() =>
            {
                Source::Same(column)
            }
            ScalarType::Int | ScalarType::Long | ScalarType::Real if widens(&data_type, ty) => {
                Source::Narrow(column, Arc::new(wanted.clone()))
            }
            _ => Source::Other(column, field, ty),
        })
    }

    /// Where the file has a column, or failing that its twin.
    fn position(&self, name: &str) -> Option<(usize, FieldRef)> {
        position(&self.file, name).or_else(|| {
            let twin = self.twins.iter().find_map(|(one, other)| match name {
                _ if name == one => Some(other),
                _ if name == other => Some(one),
                _ => None,
            })?;
            position(&self.file, twin)
        })
    }
}

fn position(schema: &Schema, name: &str) -> Option<(usize, FieldRef)> {
    let index = schema.index_of(name).ok()?;
    Some((index, Arc::clone(&schema.fields()[index])))
}

fn column_of(expr: &Expr) -> Option<&Column> {
    expr.downcast_ref::<Column>()
}

fn value_of(expr: &Expr) -> Option<&ScalarValue> {
    expr.downcast_ref::<Literal>().map(Literal::value)
}

/// Whether every value of an Arrow type is one of the KQL type, so that a cast neither fails nor rounds.
fn widens(from: &DataType, to: ScalarType) -> bool {
    use DataType::{Float16, Float32, Int8, Int16, Int32, UInt8, UInt16, UInt32};
    match to {
        ScalarType::Int => matches!(from, Int8 | Int16 | UInt8 | UInt16),
        ScalarType::Long => matches!(from, Int8 | Int16 | Int32 | UInt8 | UInt16 | UInt32),
        ScalarType::Real => matches!(from, Float16 | Float32),
        _ => false,
    }
}
