//! `mv-apply name = array to typeof(type), … limit n on (operators)`: the elements of each row as a table of their own.

use kql_functions::Typed;
use kql_parser::ast::{ExprKind, MvApply, MvColumn, Operator, OperatorKind};
use kql_parser::span::Span;
use kql_types::{Column, ScalarType};

use crate::Result;
use crate::bind::Binder;
use crate::codes::{self, defect, internal, semantic, unsupported};
use crate::env::Env;
use crate::frame::{Frame, column_expr};
use crate::node::group::Cut;
use crate::operator::mv_expand::Expanded;
use crate::params::{Params, Rule};

impl Binder<'_> {
    pub(crate) fn mv_apply(&mut self, env: &Env, frame: Frame, apply: &MvApply, span: Span) -> Result<Frame> {
        let params = Params::check("mv-apply", &apply.params, &[("with_itemindex", Rule::Acts)])?;
        if let Some(id) = &apply.id {
            let message = "the clause `id` of mv-apply is not built yet";
            return Err(unsupported(codes::UNSUPPORTED_FORM, id.span, message));
        }
        let limit = self.expansion_limit(env, apply.limit.as_ref())?;
        let expanded = self.expanded_columns(env, &frame, &apply.columns)?;
        let index = match params.word("with_itemindex")? {
            // The sub-pipeline would read the column instead of the index.
            Some((name, place))
                if frame.column(name).is_some() || expanded.iter().any(|column| column.name == name) =>
            {
                let message = format!("two columns are named `{name}`");
                return Err(semantic(codes::DUPLICATE_COLUMN, place, message));
            }
            index => index.map(|(name, _)| name),
        };
        let tables = Tables::new(self, &frame, apply, &expanded, index);

        // Every row inside knows the row outside that it is of.
        let mut kept: Vec<(String, Typed)> =
            tables.outside.iter().map(|(column, carried)| (carried.clone(), frame.typed(column))).collect();
        let of_outside = |column: &&Column| expanded.iter().all(|expanded| expanded.name != column.name);
        let inside = tables.inside.iter().filter(of_outside).filter_map(|column| frame.column(&column.name));
        kept.extend(inside.map(|column| (column.name.clone(), frame.typed(column))));
        let (hidden, open) = (frame.hidden.clone(), frame.open);
        let carried_before = frame.carried.clone();
        let number = tables.number.clone();
        let mut rows = self.expanded(frame, kept, expanded, Some(number.clone()), limit, false, span)?;

        if apply.body.iter().all(makes_rows_of_single_rows) {
            rows.carried.extend(tables.outside.iter().map(|(_, carried)| carried.clone()));
            let inside = tables.inside.iter();
            let inside = inside.map(|column| (column.name.clone(), named(&column.name, column.ty)));
            let mut rows = rows.project(inside.collect()).map_err(|error| internal(span, &error))?;
            rows.hidden = hidden;
            rows.open = open;
            let result = self.operators(env, rows, &apply.body)?;
            return tables.joined(result, carried_before, span);
        }
        let (table, mut leaf) = self.group_table(tables.inside.clone(), span)?;
        leaf.hidden = hidden;
        leaf.open = open;
        let body = self.sub_pipeline(env, leaf, &apply.body, span)?;
        let outside = tables.outside.iter().map(|(_, carried)| carried.clone());
        let kept = outside.chain(carried_before.iter().cloned()).collect();
        let result = self.over_groups(rows.plan, table, &body, Cut::AtZero(number), kept, None, span)?;
        tables.joined(result, carried_before, span)
    }
}

/// A column of a plan under its name.
fn named(name: &str, ty: ScalarType) -> Typed {
    Typed::new(column_expr(name), ty)
}

/// The columns inside and outside of the sub-pipeline.
struct Tables {
    /// What the sub-pipeline sees.
    inside: Vec<Column>,
    /// The columns of the row outside that the result has, with their names while they are carried.
    outside: Vec<(Column, String)>,
    /// The column that counts the elements of a row.
    number: String,
}

impl Tables {
    fn new(
        binder: &mut Binder,
        frame: &Frame,
        apply: &MvApply,
        expanded: &[Expanded],
        index: Option<&str>,
    ) -> Self {
        // A column that is expanded under its own name, without being given one, is not there any more.
        let bare = |column: &Column| apply.columns.iter().any(|source| is_bare(source, &column.name));
        let outside: Vec<Column> = frame.columns.iter().filter(|column| !bare(column)).cloned().collect();
        let mut inside = outside.clone();
        for column in expanded {
            match inside.iter_mut().find(|known| known.name == column.name) {
                Some(known) => known.ty = column.ty,
                None => inside.push(Column::new(column.name.clone(), column.ty)),
            }
        }
        let number = match index {
            Some(name) => {
                inside.push(Column::new(name, ScalarType::Long));
                name.to_string()
            }
            None => binder.fresh_name("number"),
        };
        let outside = outside.into_iter().map(|column| (column, binder.fresh_name("outside"))).collect();
        Tables { inside, outside, number }
    }

    /// The columns of the row outside and those of the sub-pipeline's result, of which one of the same name takes the
    /// place of the former.
    fn joined(&self, mut result: Frame, carried: Vec<String>, span: Span) -> Result<Frame> {
        if result.results.is_some() {
            let message = "several result tables stand where one is asked for";
            return Err(semantic(codes::SHAPE, span, message));
        }
        let schema = result.plan.schema();
        let needed = self.outside.iter().map(|(_, name)| name).chain(&carried);
        for name in needed {
            if schema.index_of_column_by_name(None, name).is_none() {
                return Err(defect(span, format!("the row outside has lost its column {name}")));
            }
        }
        let mut columns: Vec<(String, Typed)> = self
            .outside
            .iter()
            .map(|(column, carried)| match result.column(&column.name) {
                Some(inner) => (inner.name.clone(), result.typed(inner)),
                None => (column.name.clone(), named(carried, column.ty)),
            })
            .collect();
        for column in &result.columns {
            if columns.iter().all(|(name, _)| *name != column.name) {
                columns.push((column.name.clone(), result.typed(column)));
            }
        }
        result.carried = carried;
        let open = result.open;
        let mut frame = result.project(columns).map_err(|error| internal(span, &error))?;
        frame.open = open;
        frame.serialized = false;
        frame.rendering = None;
        Ok(frame)
    }
}

fn is_bare(source: &MvColumn, column: &str) -> bool {
    source.column.names.is_empty()
        && matches!(&source.column.expr.kind, ExprKind::Name(name) if name == column)
}

/// Whether an operator makes of each row some rows, whatever the others are: then it need not know where one group ends.
/// A window function in it is refused, since nothing has put the rows in order.
fn makes_rows_of_single_rows(operator: &Operator) -> bool {
    matches!(
        operator.kind,
        OperatorKind::Where { .. }
            | OperatorKind::Extend { .. }
            | OperatorKind::Project { .. }
            | OperatorKind::ProjectAway { .. }
            | OperatorKind::ProjectKeep { .. }
            | OperatorKind::ProjectRename { .. }
            | OperatorKind::ProjectReorder { .. }
            | OperatorKind::MvApply(_)
            | OperatorKind::MvExpand(_)
            | OperatorKind::Parse(_)
            | OperatorKind::ParseKv(_)
            | OperatorKind::ParseWhere(_)
    )
}
