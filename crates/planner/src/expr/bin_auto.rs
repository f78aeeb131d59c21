//! `bin_auto(value)`, whose bins options of the query set.

use datafusion::scalar::ScalarValue;
use kql_functions::{Typed, resolve};
use kql_parser::ast::Expr;
use kql_parser::span::Span;
use kql_types::ScalarType;

use super::{Bound, RowScope};
use crate::Result;
use crate::bind::Binder;
use crate::codes::{self, semantic};

/// What `set query_bin_auto_size` and `set query_bin_auto_at` say.
#[derive(Debug, Clone, Default)]
pub(crate) struct AutomaticBins {
    /// The size of a bin.
    pub size: Option<Typed>,
    /// Where one begins; 0 if it does not matter.
    pub at: Option<Typed>,
}

impl AutomaticBins {
    /// Takes the value of an option, unless no bins come of it.
    pub(crate) fn set(&mut self, option: &str, value: Typed, span: Span) -> Result<()> {
        use ScalarType::{DateTime, Decimal, Int, Long, Real, Timespan};
        let wrong = |what: &str| Err(semantic(codes::TYPES, span, format!("{option} takes {what}")));
        let is_number = matches!(value.ty, Int | Long | Real | Decimal | Timespan) && is_finite(&value);
        if option == "query_bin_auto_size" {
            if !is_number || !is_positive(&value) {
                return wrong("a number or a timespan above 0");
            }
            self.size = Some(value);
        } else {
            if !is_number && (value.ty != DateTime || value.is_null_literal()) {
                return wrong("a number, a timespan or a datetime");
            }
            self.at = Some(value);
        }
        Ok(())
    }
}

fn is_finite(value: &Typed) -> bool {
    match value.literal() {
        Some(ScalarValue::Float64(real)) => real.is_some_and(f64::is_finite),
        literal => literal.is_some_and(|literal| !literal.is_null()),
    }
}

fn is_positive(value: &Typed) -> bool {
    match value.literal() {
        Some(ScalarValue::Float64(Some(real))) => *real > 0.0,
        Some(ScalarValue::Decimal128(Some(decimal), _, _)) => *decimal > 0,
        _ => value.literal_i64().is_some_and(|number| number > 0),
    }
}

impl Binder<'_> {
    pub(super) fn bin_auto(&mut self, scope: &RowScope, value: &Expr, span: Span) -> Result<Bound> {
        let bound = self.expr(&scope.exact(), value)?;
        let AutomaticBins { size, at } = self.automatic_bins.clone();
        let Some(size) = size else {
            let mut error = semantic(codes::ARGUMENTS, span, "bin_auto() does not know the size of a bin");
            error.hints.push("write `set query_bin_auto_size = 1h;` before the query".to_string());
            return Err(error);
        };
        let (name, args) = match at {
            Some(at) => ("bin_at", vec![bound.value, size, at]),
            None => ("bin", vec![bound.value, size]),
        };
        let value = resolve::call(name, args).map_err(|error| self.call_error(error, span, &[]))?;
        let name = match bound.name {
            crate::naming::NameSource::Written(name) => crate::naming::NameSource::Suggested(name),
            name => name,
        };
        Ok(Bound { value, name, columns: None })
    }
}
