//! `mv-expand name = array to typeof(type), … limit n`: a row for each element.

use kql_functions::Typed;
use kql_parser::ast::{Expr, MvColumn, MvExpand};
use kql_parser::span::Span;
use kql_types::ScalarType;

use crate::Result;
use crate::bind::Binder;
use crate::codes::{self, internal, semantic};
use crate::env::Env;
use crate::expr::RowScope;
use crate::frame::{Frame, column_expr};
use crate::naming::{NameSource, Namer, unique};
use crate::node::expand::{Expand, ExpandColumn};
use crate::params::{Params, Rule};

const PARAMS: &[(&str, Rule)] =
    &[("kind", Rule::Acts), ("bagexpansion", Rule::Acts), ("with_itemindex", Rule::Acts)];

/// The old spelling, which has a limit of its own where none is written.
const OLD_SPELLING: &str = "mvexpand";
const OLD_LIMIT: usize = 128;

impl Binder<'_> {
    pub(crate) fn mv_expand(
        &mut self,
        env: &Env,
        frame: Frame,
        expand: &MvExpand,
        span: Span,
    ) -> Result<Frame> {
        let params = Params::check("mv-expand", &expand.params, PARAMS)?;
        let kinds =
            [params.one_of("kind", &["bag", "array"])?, params.one_of("bagexpansion", &["bag", "array"])?];
        let pairs = kinds.contains(&Some("array"));
        let old = span.end - span.start == OLD_SPELLING.len() as u32;
        let limit = match &expand.limit {
            None => old.then_some(OLD_LIMIT),
            limit => self.expansion_limit(env, limit.as_ref())?,
        };
        let index = params.word("with_itemindex")?.map(|(name, _)| name);
        let columns = self.expanded_columns(env, &frame, &expand.columns)?;
        let serialized = frame.serialized;
        let hidden = frame.hidden.clone();

        // In place of a column of the same name, else behind the others.
        let mut names: Vec<(String, ScalarType)> =
            frame.columns.iter().map(|column| (column.name.clone(), column.ty)).collect();
        for column in &columns {
            match names.iter_mut().find(|(name, _)| *name == column.name) {
                Some(known) => known.1 = column.ty,
                None => names.push((column.name.clone(), column.ty)),
            }
        }
        let index = index.map(|name| unique(name.to_string(), |name| names.iter().any(|(n, _)| n == name)));
        names.extend(index.iter().map(|name| (name.clone(), ScalarType::Long)));
        let kept = frame
            .columns
            .iter()
            .filter(|column| columns.iter().all(|expanded| expanded.name != column.name))
            .map(|column| (column.name.clone(), frame.typed(column)))
            .collect();
        let expanded = self.expanded(frame, kept, columns, index, limit, pairs, span)?;
        let columns = names.into_iter().map(|(name, ty)| (name.clone(), Typed::new(column_expr(&name), ty)));
        let mut frame = expanded.project(columns.collect()).map_err(|error| internal(span, &error))?;
        frame.serialized = serialized;
        frame.hidden = hidden.into_iter().filter(|column| frame.column(&column.name).is_none()).collect();
        Ok(frame)
    }

    /// `limit n`.
    pub(crate) fn expansion_limit(&mut self, env: &Env, limit: Option<&Expr>) -> Result<Option<usize>> {
        limit.map(|limit| self.count_of(env, limit, "the limit")).transpose()
    }

    /// The columns to expand, named and checked.
    pub(crate) fn expanded_columns(
        &mut self,
        env: &Env,
        frame: &Frame,
        columns: &[MvColumn],
    ) -> Result<Vec<Expanded>> {
        let mut namer = Namer::new(frame.columns.iter().map(|column| column.name.clone())).strict();
        let scope = RowScope::of(env, frame);
        let mut expanded = Vec::new();
        for column in columns {
            let source = &column.column;
            let bound = self.expr(&scope, &source.expr)?;
            let value = bound.value;
            if value.ty != ScalarType::Dynamic {
                let message = format!("an array or a bag is expanded, and this is {}", value.ty);
                let mut error = semantic(codes::TYPES, source.expr.span, message);
                if value.ty == ScalarType::String {
                    error.hints.push("read it as JSON first, with parse_json()".to_string());
                }
                return Err(error);
            }
            let name = match source.names.as_slice() {
                [] => bound.name,
                [name] => NameSource::Written(name.text.clone()),
                [_, extra, ..] => {
                    let message = "an array gives one column, and there are more names";
                    return Err(semantic(codes::SHAPE, extra.span, message));
                }
            };
            let ty = match &column.to_type {
                Some(name) => self.declared_type(name)?,
                None => ScalarType::Dynamic,
            };
            expanded.push(Expanded { name: namer.name(name, source.span())?, value, ty });
        }
        Ok(expanded)
    }

    /// The kept columns, then the expanded ones, then the index.
    #[allow(clippy::too_many_arguments)]
    pub(crate) fn expanded(
        &mut self,
        frame: Frame,
        kept: Vec<(String, Typed)>,
        columns: Vec<Expanded>,
        index: Option<String>,
        limit: Option<usize>,
        pairs: bool,
        span: Span,
    ) -> Result<Frame> {
        let mut projected = kept;
        let mut outputs: Vec<_> = projected.iter().map(|(name, value)| (name.clone(), value.ty)).collect();
        let mut nodes = Vec::new();
        for (number, column) in columns.into_iter().enumerate() {
            let source = format!("$expand{number}");
            projected.push((source.clone(), column.value));
            outputs.push((column.name.clone(), column.ty));
            nodes.push(ExpandColumn { source, output: column.name, ty: column.ty });
        }
        outputs.extend(index.iter().map(|name| (name.clone(), ScalarType::Long)));
        let frame = frame.project(projected).map_err(|error| internal(span, &error))?;
        let node = Expand { columns: nodes, index, limit, pairs };
        let plan = crate::node::apply(frame.plan, node).map_err(|error| internal(span, &error))?;
        let columns = outputs.into_iter().map(|(name, ty)| kql_types::Column::new(name, ty)).collect();
        Ok(Frame { carried: frame.carried, ..Frame::new(plan, columns) })
    }
}

/// A column of `mv-expand` or `mv-apply`.
pub(crate) struct Expanded {
    /// The name of the elements' column.
    pub name: String,
    /// The dynamic to expand.
    pub value: Typed,
    /// What the elements are converted to.
    pub ty: ScalarType,
}
