//! Functions over the rows around: prev, next, row_number and their kin.

use kql_functions::Function;
use kql_parser::ast::Call;
use kql_parser::span::Span;

use super::{Bound, RowScope};
use crate::Result;
use crate::bind::Binder;
use crate::codes::{self, unsupported};

impl Binder<'_> {
    /// A call that only the planner can answer and that is not built yet.
    pub(crate) fn window_call(
        &mut self,
        _scope: &RowScope,
        function: &Function,
        call: &Call,
        _span: Span,
    ) -> Result<Bound> {
        let message = format!("the function {}() is not built yet", function.name);
        Err(unsupported(codes::UNSUPPORTED_FUNCTION, call.name.span, message))
    }
}
