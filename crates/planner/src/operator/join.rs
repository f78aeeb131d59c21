//! `join kind=… (right) on key, $left.a == $right.b`

use datafusion::common::{JoinType, NullEquality};
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{Expr as PlanExpr, LogicalPlanBuilder};
use kql_functions::{Typed, aggregate, resolve};
use kql_parser::ast::{BinaryOp, Expr, ExprKind, Join};
use kql_parser::span::Span;
use kql_types::{Column, ScalarType};

use crate::bind::Binder;
use crate::codes::{self, internal, semantic};
use crate::env::Env;
use crate::frame::{Frame, aggregation, aliased, column_expr, projection};
use crate::naming::unique;
use crate::params::{Params, Rule};
use crate::{Result, suggest};

/// The kinds of join.
pub const KINDS: &[&str] = &[
    "inner",
    "innerunique",
    "leftouter",
    "rightouter",
    "fullouter",
    "leftsemi",
    "rightsemi",
    "leftanti",
    "anti",
    "leftantisemi",
    "rightanti",
    "rightantisemi",
];

const PARAMS: &[(&str, Rule)] = &[
    ("kind", Rule::Acts),
    ("hint.remote", Rule::NoOp),
    ("hint.shufflekey", Rule::NoOp),
    ("hint.strategy", Rule::NoOp),
    ("hint.num_partitions", Rule::NoOp),
];

/// A pair of columns that must be equal, one of each side, brought to one type.
pub(crate) struct JoinKey {
    /// The left column.
    pub left: Column,
    /// The right column.
    pub right: Column,
    /// The type in which they are compared.
    pub ty: ScalarType,
}

impl Binder<'_> {
    pub(crate) fn join(&mut self, env: &Env, left: Frame, join: &Join, span: Span) -> Result<Frame> {
        let params = Params::check("join", &join.params, PARAMS)?;
        params.check_hinted_columns(&left)?;
        let kind = params.one_of("kind", KINDS)?.unwrap_or("innerunique");
        let right = self.table(env, &join.right)?;
        let (left, right) = self.opened(left, right, &join.on, span)?;
        let keys = self.join_keys(&left, &right, &join.on, span)?;
        let joined = match kind {
            "leftsemi" => {
                self.join_frames(left, right, &keys, JoinType::LeftSemi, NullEquality::NullEqualsNothing)
            }
            "leftanti" | "anti" | "leftantisemi" => {
                self.join_frames(left, right, &keys, JoinType::LeftAnti, NullEquality::NullEqualsNothing)
            }
            "rightsemi" => {
                self.join_frames(left, right, &keys, JoinType::RightSemi, NullEquality::NullEqualsNothing)
            }
            "rightanti" | "rightantisemi" => {
                self.join_frames(left, right, &keys, JoinType::RightAnti, NullEquality::NullEqualsNothing)
            }
            "innerunique" => {
                let left = first_of_each_key(left, &keys).map_err(|error| internal(span, &error))?;
                self.join_frames(left, right, &keys, JoinType::Inner, NullEquality::NullEqualsNothing)
            }
            "leftouter" => {
                self.join_frames(left, right, &keys, JoinType::Left, NullEquality::NullEqualsNothing)
            }
            "rightouter" => {
                self.join_frames(left, right, &keys, JoinType::Right, NullEquality::NullEqualsNothing)
            }
            "fullouter" => {
                self.join_frames(left, right, &keys, JoinType::Full, NullEquality::NullEqualsNothing)
            }
            _ => self.join_frames(left, right, &keys, JoinType::Inner, NullEquality::NullEqualsNothing),
        };
        joined.map_err(|error| internal(span, &error))
    }

    /// Joins two frames; columns of the right side that are named as one of the left get a number.
    pub(crate) fn join_frames(
        &mut self,
        left: Frame,
        right: Frame,
        keys: &[JoinKey],
        kind: JoinType,
        nulls: NullEquality,
    ) -> datafusion::error::Result<Frame> {
        let left_names: Vec<String> = left.columns.iter().map(|column| column.name.clone()).collect();
        let mut names = left_names.clone();
        let only_right = matches!(kind, JoinType::RightSemi | JoinType::RightAnti);
        let mut renamed = Vec::new();
        for column in &right.columns {
            // A number that makes the name that of another column of the right side is passed over.
            let own = |name: &str| name != column.name && right.column(name).is_some();
            let name =
                unique(column.name.clone(), |name| own(name) || names.iter().any(|taken| taken == name));
            names.push(name.clone());
            renamed.push(name);
        }
        // Inside the join the two sides have names of their own, so that no name is ambiguous.
        let side = |frame: &Frame, prefix: &str, keys: Vec<(&Column, ScalarType)>| {
            let mut exprs: Vec<PlanExpr> = frame
                .columns
                .iter()
                .enumerate()
                .map(|(index, column)| column_expr(&column.name).alias(format!("${prefix}{index}")))
                .collect();
            for (index, (column, ty)) in keys.into_iter().enumerate() {
                exprs.push(join_key(frame.typed(column), ty)?.alias(format!("${prefix}k{index}")));
            }
            projection(exprs, frame.plan.clone())
        };
        let left_plan = side(&left, "l", keys.iter().map(|key| (&key.left, key.ty)).collect())?;
        let right_plan = side(&right, "r", keys.iter().map(|key| (&key.right, key.ty)).collect())?;
        let on = |prefix: &str| -> Vec<datafusion::common::Column> {
            (0..keys.len())
                .map(|index| datafusion::common::Column::from_name(format!("${prefix}k{index}")))
                .collect()
        };
        let plan = LogicalPlanBuilder::from(left_plan)
            .join_detailed(right_plan, kind, (on("l"), on("r")), None, nulls)?
            .build()?;
        let mut columns = Vec::new();
        if !only_right {
            let outer = matches!(kind, JoinType::Right | JoinType::Full);
            for (index, column) in left.columns.iter().enumerate() {
                columns.push((column.name.clone(), side_value(&format!("$l{index}"), column.ty, outer)));
            }
        }
        if only_right {
            for (index, column) in right.columns.iter().enumerate() {
                columns.push((column.name.clone(), side_value(&format!("$r{index}"), column.ty, false)));
            }
        } else if !matches!(kind, JoinType::LeftSemi | JoinType::LeftAnti) {
            let outer = matches!(kind, JoinType::Left | JoinType::Full);
            for (index, (column, name)) in right.columns.iter().zip(renamed).enumerate() {
                columns.push((name, side_value(&format!("$r{index}"), column.ty, outer)));
            }
        }
        let (hidden, open) = (left.hidden, left.open || right.open);
        let mut frame = Frame::new(plan, Vec::new()).project(columns)?;
        frame.open = open;
        frame.hidden = hidden.into_iter().filter(|column| frame.column(&column.name).is_none()).collect();
        Ok(frame)
    }

    /// Columns that only the data knows, added where a condition names them, in the type of their counterpart.
    pub(crate) fn opened(
        &self,
        mut left: Frame,
        mut right: Frame,
        on: &[Expr],
        span: Span,
    ) -> Result<(Frame, Frame)> {
        if !left.open && !right.open {
            return Ok((left, right));
        }
        let mut pairs = Vec::new();
        on.iter().for_each(|condition| named_pairs(condition, &mut pairs));
        for (a, b) in pairs {
            let ty = left.column(a).or(right.column(b)).map_or(ScalarType::String, |column| column.ty);
            if left.open && left.column(a).is_none() {
                left = self.with_columns(left, vec![(a.to_string(), Typed::null(ty))], span)?;
            }
            if right.open && right.column(b).is_none() {
                right = self.with_columns(right, vec![(b.to_string(), Typed::null(ty))], span)?;
            }
        }
        Ok((left, right))
    }

    /// The conditions after `on`.
    pub(crate) fn join_keys(
        &mut self,
        left: &Frame,
        right: &Frame,
        on: &[Expr],
        span: Span,
    ) -> Result<Vec<JoinKey>> {
        let mut keys = Vec::new();
        for condition in on {
            self.join_condition(left, right, condition, &mut keys)?;
        }
        if keys.is_empty() {
            return Err(semantic(codes::JOIN_CONDITION, span, "the join has no condition"));
        }
        Ok(keys)
    }

    fn join_condition(
        &mut self,
        left: &Frame,
        right: &Frame,
        condition: &Expr,
        keys: &mut Vec<JoinKey>,
    ) -> Result<()> {
        match &condition.kind {
            ExprKind::Paren(inner) => self.join_condition(left, right, inner, keys),
            ExprKind::Name(name) => {
                let sides = side_column(left, name, "left", condition.span)
                    .and_then(|one| Ok((one, side_column(right, name, "right", condition.span)?)));
                let (one, other) = sides.map_err(|mut error| {
                    // A column of one side may have another name on the other.
                    if left.column(name).is_some() {
                        error
                            .hints
                            .push(format!("columns of two names are compared as `$left.{name} == $right.…`"));
                    } else if right.column(name).is_some() {
                        error
                            .hints
                            .push(format!("columns of two names are compared as `$left.… == $right.{name}`"));
                    }
                    error
                })?;
                let key = join_pair(one, other, condition.span)?;
                keys.push(key);
                Ok(())
            }
            ExprKind::Binary { op: BinaryOp::And, left: first, right: second, .. } => {
                self.join_condition(left, right, first, keys)?;
                self.join_condition(left, right, second, keys)
            }
            ExprKind::Binary { op: BinaryOp::Equal, left: first, right: second, .. } => {
                let (a, b) = match (qualified(first), qualified(second)) {
                    (Some(("$left", a)), Some(("$right", b))) | (Some(("$right", b)), Some(("$left", a))) => {
                        (a, b)
                    }
                    _ => return Err(unqualified(condition.span, first, second)),
                };
                let key = join_pair(
                    side_column(left, a, "left", condition.span)?,
                    side_column(right, b, "right", condition.span)?,
                    condition.span,
                )?;
                keys.push(key);
                Ok(())
            }
            _ => Err(bad_condition(condition.span)),
        }
    }
}

/// The names that a condition pairs, left and right.
fn named_pairs<'e>(condition: &'e Expr, pairs: &mut Vec<(&'e str, &'e str)>) {
    match &condition.kind {
        ExprKind::Paren(inner) => named_pairs(inner, pairs),
        ExprKind::Name(name) => pairs.push((name, name)),
        ExprKind::Binary { op: BinaryOp::And, left, right, .. } => {
            named_pairs(left, pairs);
            named_pairs(right, pairs);
        }
        ExprKind::Binary { op: BinaryOp::Equal, left, right, .. } => {
            match (qualified(left), qualified(right)) {
                (Some(("$left", a)), Some(("$right", b))) | (Some(("$right", b)), Some(("$left", a))) => {
                    pairs.push((a, b));
                }
                _ => {}
            }
        }
        _ => {}
    }
}

fn bad_condition(span: Span) -> Box<kql_parser::diagnostic::Diagnostic> {
    let message = "a condition of join is a column of both sides, or `$left.a == $right.b`";
    semantic(codes::JOIN_CONDITION, span, message)
}

/// The same for two columns that do not say of which side they are.
fn unqualified(span: Span, first: &Expr, second: &Expr) -> Box<kql_parser::diagnostic::Diagnostic> {
    let mut error = bad_condition(span);
    if let (ExprKind::Name(first), ExprKind::Name(second)) = (&first.kind, &second.kind) {
        error.hints.push(format!("write `$left.{first} == $right.{second}`"));
    }
    error
}

/// `$left.name` and `$right.name`.
fn qualified(expr: &Expr) -> Option<(&str, &str)> {
    match &expr.kind {
        ExprKind::Member { target, name } => match &target.kind {
            ExprKind::Name(side) => Some((side, &name.text)),
            _ => None,
        },
        ExprKind::Index { target, index } => match &target.kind {
            ExprKind::Name(side) => crate::tabular::literal_text(index).map(|name| (side.as_str(), name)),
            _ => None,
        },
        ExprKind::Paren(inner) => qualified(inner),
        _ => None,
    }
}

fn side_column<'f>(frame: &'f Frame, name: &str, side: &str, span: Span) -> Result<&'f Column> {
    frame.column(name).ok_or_else(|| {
        let message = format!("the {side} side of the join has no column `{name}`");
        let mut error = semantic(codes::UNKNOWN_NAME, span, message);
        error.hints.extend(suggest::hint(name, frame.columns.iter().map(|column| column.name.as_str())));
        error
    })
}

fn join_pair(left: &Column, right: &Column, span: Span) -> Result<JoinKey> {
    let ty = if left.ty == ScalarType::Dynamic || right.ty == ScalarType::Dynamic {
        let mut error = semantic(codes::KEY_TYPE, span, "a key of join cannot be dynamic");
        error.hints.push("convert it before the join, as with tostring()".to_string());
        return Err(error);
    } else {
        resolve::common_type(left.ty, right.ty)
    };
    match ty {
        Some(ty) => Ok(JoinKey { left: left.clone(), right: right.clone(), ty }),
        None => {
            let message = format!("the keys have the types {} and {}", left.ty, right.ty);
            Err(semantic(codes::TYPES, span, message))
        }
    }
}

fn join_key(value: Typed, ty: ScalarType) -> datafusion::error::Result<PlanExpr> {
    resolve::convert(value, ty).map(|value| value.expr).map_err(|error| DataFusionError::Plan(error.message))
}

/// A column of one side after the join; on the side that may have no row, a missing string is "".
fn side_value(name: &str, ty: ScalarType, outer: bool) -> Typed {
    let column = Typed::new(column_expr(name), ty);
    if outer && ty == ScalarType::String { kql_functions::fill::empty_for_null(column) } else { column }
}

/// One whole row of each key: which one is open, as in Kusto.
fn first_of_each_key(frame: Frame, keys: &[JoinKey]) -> datafusion::error::Result<Frame> {
    let key_of = |column: &Column| keys.iter().position(|key| key.left.name == column.name);
    let group: Vec<PlanExpr> = keys
        .iter()
        .enumerate()
        .map(|(index, key)| column_expr(&key.left.name).alias(format!("$key{index}")))
        .collect();
    let others: Vec<&Column> = frame.columns.iter().filter(|column| key_of(column).is_none()).collect();
    let (plan, values) = if others.is_empty() {
        (LogicalPlanBuilder::from(projection(group, frame.plan.clone())?).distinct()?.build()?, Vec::new())
    } else {
        // One aggregate for all columns, so that they come from one row.
        let args = others.iter().map(|column| aggregate::Argument::new(frame.typed(column), None)).collect();
        let call = aggregate::find("take_any")
            .ok_or_else(|| DataFusionError::Internal("take_any() is not in the library".into()))
            .and_then(|row| {
                aggregate::resolve(row, args).map_err(|error| DataFusionError::Plan(error.message))
            })?;
        let plan = aggregation(group, vec![call.expr.alias("$row")], frame.plan.clone())?;
        let values: Vec<PlanExpr> =
            call.outputs.iter().map(|output| output.value(column_expr("$row"))).collect();
        (plan, values)
    };
    let mut values = values.into_iter();
    let mut exprs = Vec::with_capacity(frame.columns.len());
    for column in &frame.columns {
        let value = match key_of(column) {
            Some(index) => Some(column_expr(&format!("$key{index}"))),
            None => values.next(),
        };
        exprs.push(aliased(
            value.ok_or_else(|| DataFusionError::Internal("take_any() gave too few columns".into()))?,
            &column.name,
        ));
    }
    let plan = projection(exprs, plan)?;
    Ok(frame.with_plan(plan))
}
