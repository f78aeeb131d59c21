//! `lookup kind=… (right) on key`: a join that drops the right keys, and whose null keys match each other.

use datafusion::common::{JoinType, NullEquality};
use kql_parser::ast::Join;
use kql_parser::span::Span;

use crate::Result;
use crate::bind::Binder;
use crate::codes::internal;
use crate::env::Env;
use crate::frame::Frame;
use crate::params::{Params, Rule};

impl Binder<'_> {
    pub(crate) fn lookup(&mut self, env: &Env, left: Frame, join: &Join, span: Span) -> Result<Frame> {
        let params = Params::check("lookup", &join.params, &[("kind", Rule::Acts)])?;
        let kind = match params.one_of("kind", &["leftouter", "inner"])? {
            Some("inner") => JoinType::Inner,
            _ => JoinType::Left,
        };
        let right = self.table(env, &join.right)?;
        let (left, right) = self.opened(left, right, &join.on, span)?;
        let keys = self.join_keys(&left, &right, &join.on, span)?;
        let left_width = left.columns.len();
        let dropped: Vec<usize> = right
            .columns
            .iter()
            .enumerate()
            .filter(|(_, column)| keys.iter().any(|key| key.right.name == column.name))
            .map(|(position, _)| left_width + position)
            .collect();
        let joined = self
            .join_frames(left, right, &keys, kind, NullEquality::NullEqualsNull)
            .map_err(|error| internal(span, &error))?;
        let kept: Vec<usize> =
            (0..joined.columns.len()).filter(|position| !dropped.contains(position)).collect();
        let open = joined.open;
        let joined = joined.select(&kept).map_err(|error| internal(span, &error))?;
        Ok(Frame { open, ..joined })
    }
}
