//! `bin_auto(value)`, whose bins options of the query set.

use kql_functions::{Typed, resolve};
use kql_parser::ast::Expr;
use kql_parser::span::Span;

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
