//! `fork name=(operators) (operators) …`: several sub-pipelines over the same rows, each with a result table.

use kql_parser::ast::{ForkBranch, Operator, OperatorKind};
use kql_parser::span::Span;

use crate::Result;
use crate::bind::Binder;
use crate::codes::{self, semantic};
use crate::env::Env;
use crate::frame::Frame;
use crate::operator::facet::several;
use crate::operator::name;

/// What a result table is called that has no name.
const UNNAMED: &str = "GenericResult";

impl Binder<'_> {
    pub(crate) fn fork(
        &mut self,
        env: &Env,
        frame: Frame,
        branches: &[ForkBranch],
        span: Span,
    ) -> Result<Frame> {
        let frame = self.repeatable(frame, span)?;
        let mut results = Vec::new();
        for branch in branches {
            branch.operators.iter().try_for_each(stands_in_fork)?;
            let mut result = self.sub_pipeline(env, frame.clone(), &branch.operators, span)?;
            let named = match (&branch.name, branch.operators.last().map(|operator| &operator.kind)) {
                (Some(name), _) | (None, Some(OperatorKind::As { name, .. })) => Some(name.text.clone()),
                _ => None,
            };
            result.result_name = Some(named.unwrap_or_else(|| UNNAMED.to_string()));
            results.push(result);
        }
        several(results, span)
    }
}

/// Kusto does not take every operator in a branch.
fn stands_in_fork(operator: &Operator) -> Result<()> {
    let refused = matches!(
        operator.kind,
        OperatorKind::Consume { .. }
            | OperatorKind::Evaluate(_)
            | OperatorKind::Facet { .. }
            | OperatorKind::Find(_)
            | OperatorKind::Fork { .. }
            | OperatorKind::GetSchema { .. }
            | OperatorKind::Join(_)
            | OperatorKind::Lookup(_)
            | OperatorKind::MakeSeries(_)
            | OperatorKind::MvApply(_)
            | OperatorKind::Partition(_)
            | OperatorKind::Render(_)
            | OperatorKind::Scan(_)
            | OperatorKind::Search(_)
            | OperatorKind::Serialize { .. }
            | OperatorKind::Union(_)
    );
    if !refused {
        return Ok(());
    }
    let message = format!("{} does not stand in fork", name(operator));
    Err(semantic(codes::SHAPE, operator.keyword, message))
}
