//! A DataFusion expression together with its KQL type, which Arrow alone cannot tell.

use datafusion::arrow::record_batch::{RecordBatch, RecordBatchOptions};
use datafusion::common::DFSchema;
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::logical_expr::execution_props::ExecutionProps;
use datafusion::logical_expr::physical_planning_context::PhysicalPlanningContext;
use datafusion::logical_expr::{ColumnarValue, Expr, Operator, binary_expr, lit};
use datafusion::physical_expr::create_physical_expr;
use datafusion::scalar::ScalarValue;
use kql_types::ScalarType;
use kql_types::scalar_type::DECIMAL_SCALE;

/// An expression and its KQL type.
#[derive(Debug, Clone, PartialEq)]
pub struct Typed {
    /// The expression, whose Arrow type is `ty.arrow()`.
    pub expr: Expr,
    /// The KQL type.
    pub ty: ScalarType,
}

impl Typed {
    /// Pairs an expression with its type.
    pub fn new(expr: Expr, ty: ScalarType) -> Self {
        Typed { expr, ty }
    }

    /// The null of a type; for `string` that is the empty text.
    pub fn null(ty: ScalarType) -> Self {
        Typed::new(lit(null_value(ty)), ty)
    }

    /// A string literal.
    pub fn string(text: impl Into<String>) -> Self {
        Typed::new(lit(ScalarValue::Utf8View(Some(text.into()))), ScalarType::String)
    }

    /// A long literal.
    pub fn long(value: i64) -> Self {
        Typed::new(lit(value), ScalarType::Long)
    }

    /// A bool literal.
    pub fn bool(value: bool) -> Self {
        Typed::new(lit(value), ScalarType::Bool)
    }

    /// A real literal.
    pub fn real(value: f64) -> Self {
        Typed::new(lit(value), ScalarType::Real)
    }

    /// The value, when the expression is a literal.
    pub fn literal(&self) -> Option<&ScalarValue> {
        match &self.expr {
            Expr::Literal(value, _) => Some(value),
            _ => None,
        }
    }

    /// The text, when the expression is a string literal.
    pub fn literal_str(&self) -> Option<&str> {
        self.literal().and_then(ScalarValue::try_as_str).flatten()
    }

    /// The integer, when the expression is a literal of an integer type, a datetime or a timespan.
    pub fn literal_i64(&self) -> Option<i64> {
        match self.literal()? {
            ScalarValue::Int64(value) => *value,
            ScalarValue::Int32(value) => value.map(i64::from),
            _ => None,
        }
    }

    /// Whether the expression is a literal null.
    pub fn is_null_literal(&self) -> bool {
        self.literal().is_some_and(ScalarValue::is_null)
    }
}

/// Whether a condition is true, never null.
///
/// The engine's own `IS TRUE` is planned as never null but made of a comparison that may be, which it then refuses.
pub fn is_true(condition: Expr) -> Expr {
    binary_expr(condition, Operator::IsNotDistinctFrom, lit(true))
}

/// The null of a type as a scalar; for `string` that is the empty text.
pub fn null_value(ty: ScalarType) -> ScalarValue {
    match ty {
        ScalarType::Bool => ScalarValue::Boolean(None),
        ScalarType::Int => ScalarValue::Int32(None),
        ScalarType::Long | ScalarType::DateTime | ScalarType::Timespan => ScalarValue::Int64(None),
        ScalarType::Real => ScalarValue::Float64(None),
        ScalarType::Decimal => ScalarValue::Decimal128(None, 38, DECIMAL_SCALE),
        ScalarType::String => ScalarValue::Utf8View(Some(String::new())),
        ScalarType::Dynamic => ScalarValue::Utf8View(None),
        ScalarType::Guid => ScalarValue::FixedSizeBinary(16, None),
    }
}

impl Typed {
    /// The literal that a constant expression amounts to; the expression itself when it is not constant, or when
    /// evaluating it fails, so that the failure is reported where it matters.
    pub fn folded(self) -> Self {
        if self.literal().is_some() || !children_are_literals(&self.expr) {
            return self;
        }
        match evaluate(&self.expr) {
            Some(value) => Typed::new(lit(value), self.ty),
            None => self,
        }
    }
}

/// Folding happens bottom-up, so an expression is constant exactly when its direct children are literals.
fn children_are_literals(expr: &Expr) -> bool {
    let mut constant =
        !matches!(expr, Expr::Column(_) | Expr::OuterReferenceColumn(..) | Expr::ScalarSubquery(_));
    let mut has_children = false;
    let walked = expr.apply_children(|child| {
        has_children = true;
        constant &= match child {
            Expr::Literal(..) => true,
            other => children_are_literals(other),
        };
        Ok(if constant { TreeNodeRecursion::Continue } else { TreeNodeRecursion::Stop })
    });
    let call_without_arguments = matches!(expr, Expr::ScalarFunction(_)) && !has_children;
    walked.is_ok() && constant && (has_children || call_without_arguments) && !expr.is_volatile()
}

/// The value of an expression without columns.
pub fn evaluate(expr: &Expr) -> Option<ScalarValue> {
    let schema = DFSchema::empty();
    let physical =
        create_physical_expr(expr, &schema, &ExecutionProps::new(), &PhysicalPlanningContext::default())
            .ok()?;
    let options = RecordBatchOptions::new().with_row_count(Some(1));
    let batch = RecordBatch::try_new_with_options(schema.inner().clone(), vec![], &options).ok()?;
    match physical.evaluate(&batch).ok()? {
        ColumnarValue::Scalar(value) => Some(value),
        ColumnarValue::Array(array) => ScalarValue::try_from_array(&array, 0).ok(),
    }
}
