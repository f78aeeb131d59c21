//! `top-nested n of value [with others = name] by aggregate, top-nested …`: the top values of each of the top values.

use datafusion::common::{JoinType, NullEquality};
use datafusion::functions_aggregate::expr_fn::count as count_rows;
use datafusion::functions_window::expr_fn::row_number;
use datafusion::logical_expr::{ExprFunctionExt, LogicalPlanBuilder, lit};
use kql_functions::Typed;
use kql_parser::ast::TopNestedClause;
use kql_parser::span::Span;
use kql_types::{Column, ScalarType};

use crate::Result;
use crate::bind::Binder;
use crate::codes::{self, internal, semantic, unsupported};
use crate::env::Env;
use crate::expr::RowScope;
use crate::frame::{Frame, column_expr};
use crate::naming::{NameSource, Namer, unique};
use crate::operator::join::JoinKey;
use crate::operator::summarize::AggregateColumns;
use crate::operator::union;

const RANK: &str = "$rank";
const ROWS: &str = "$rows";

/// A clause, bound.
struct Level<'a> {
    clause: &'a TopNestedClause,
    /// How many values; all when absent.
    count: Option<usize>,
    value: Column,
    weight: Column,
    others: Option<Typed>,
}

/// The end keeps it apart from the name that a join gives a second column of this name.
fn value_name(level: usize) -> String {
    format!("$value{level}_")
}

fn weight_name(level: usize) -> String {
    format!("$weight{level}_")
}

impl Binder<'_> {
    pub(crate) fn top_nested(
        &mut self,
        env: &Env,
        frame: Frame,
        clauses: &[TopNestedClause],
        span: Span,
    ) -> Result<Frame> {
        // Each level looks at the rows again.
        let frame = self.repeatable(frame, span)?;
        let (levels, rows) = self.nested_levels(env, frame, clauses, span)?;
        let others = levels.iter().any(|level| level.others.is_some());
        let at_ends = [levels.first(), levels.last()];
        if others && at_ends.into_iter().flatten().any(|level| level.others.is_none()) {
            let message =
                "top-nested with others on some levels, but not on the first and the last, is not built yet";
            return Err(unsupported(codes::UNSUPPORTED_FORM, span, message));
        }

        let mut results = Vec::new();
        // The values of the levels so far with their weights, and the rows that are below them.
        let mut above: Option<Frame> = None;
        let mut below = rows;
        for number in 0..levels.len() {
            let top = self.nested_top(env, below.clone(), &levels, number, span)?;
            let keys = values_up_to(&levels, number + 1);
            if others {
                let rest = self.joined(below.clone(), top.clone(), &keys, JoinType::LeftAnti, span)?;
                let rest = self.nested_others(env, rest, above.as_ref(), &levels, number, span)?;
                results.push(rest);
            }
            below = self.joined(below, top.clone(), &keys, JoinType::LeftSemi, span)?;
            above = Some(match above {
                None => top,
                Some(above) => self.with_weights(top, above, &values_up_to(&levels, number), span)?,
            });
        }
        let Some(inner) = above else {
            return Err(semantic(codes::ARGUMENTS, span, "top-nested needs a level"));
        };
        results.insert(0, inner);
        let columns: Vec<(String, String, ScalarType)> = levels
            .iter()
            .enumerate()
            .flat_map(|(number, level)| {
                [
                    (level.value.name.clone(), value_name(number), level.value.ty),
                    (level.weight.name.clone(), weight_name(number), level.weight.ty),
                ]
            })
            .collect();
        let results = results
            .into_iter()
            .map(|frame| {
                let columns = columns.iter();
                let columns =
                    columns.map(|(name, own, ty)| (name.clone(), Typed::new(column_expr(own), *ty)));
                frame.project(columns.collect()).map_err(|error| internal(span, &error))
            })
            .collect::<Result<Vec<_>>>()?;
        if results.len() == 1 {
            return results.into_iter().next().ok_or_else(|| semantic(codes::ARGUMENTS, span, "no level"));
        }
        union::frames(results, None, false, span)
    }

    /// The levels, and the rows with the value of each level.
    fn nested_levels<'a>(
        &mut self,
        env: &Env,
        frame: Frame,
        clauses: &'a [TopNestedClause],
        span: Span,
    ) -> Result<(Vec<Level<'a>>, Frame)> {
        let mut levels: Vec<Level> = Vec::new();
        let mut values = Vec::new();
        for clause in clauses {
            let count = match &clause.count {
                Some(count) => Some(self.count_of(env, count, "the number of values")?),
                None => None,
            };
            let mut bound = self.expr(&RowScope::of(env, &frame), &clause.of.expr)?;
            // A column that only the data knows may be of any type.
            if frame.open && bound.value.is_null_literal() {
                bound.value = Typed::null(ScalarType::String);
            }
            let name = match (clause.of.names.first(), bound.name) {
                (Some(name), _) => name.text.clone(),
                (None, NameSource::Written(name) | NameSource::Suggested(name)) => name,
                (None, NameSource::Positional) => {
                    let message = "a value without a name is not built yet";
                    let mut error = unsupported(codes::UNSUPPORTED_FORM, clause.of.expr.span, message);
                    error.hints.push("write `of name = value`".to_string());
                    return Err(error);
                }
            };
            if bound.value.ty == ScalarType::Dynamic {
                let message = "top-nested of a dynamic is not built yet";
                let mut error = unsupported(codes::UNSUPPORTED_FORM, clause.of.expr.span, message);
                error.hints.push("convert it, as with tostring()".to_string());
                return Err(error);
            }
            let taken =
                |name: &str| levels.iter().any(|level| level.value.name == name || level.weight.name == name);
            let value = Column::new(unique(name, taken), bound.value.ty);
            let weight = match clause.by.names.first() {
                Some(name) => name.text.clone(),
                None => format!("aggregated_{}", value.name),
            };
            let weight = unique(weight, |name| taken(name) || name == value.name);
            let others = match &clause.others {
                Some(others) => {
                    let given = self.constant(env, others, "the name of the others")?;
                    let numbers = given.ty.is_numeric() && value.ty.is_numeric();
                    if given.ty != value.ty && !numbers {
                        let message = format!(
                            "others of type {} beside values of type {} is not built yet",
                            given.ty, value.ty
                        );
                        return Err(unsupported(codes::UNSUPPORTED_FORM, others.span, message));
                    }
                    Some(self.held_as(given, value.ty, others.span)?)
                }
                None => None,
            };
            values.push((value_name(levels.len()), bound.value));
            let weight = Column::new(weight, ScalarType::Long);
            levels.push(Level { clause, count, value, weight, others });
        }
        // The type of a weight is that of its aggregate.
        for level in &mut levels {
            let (_, weight) = self.nested_weight(env, &frame, level.clause)?;
            level.weight.ty = weight.ty;
        }
        let mut columns: Vec<(String, Typed)> =
            frame.columns.iter().map(|column| (column.name.clone(), frame.typed(column))).collect();
        columns.extend(values);
        let rows = frame.project(columns).map_err(|error| internal(span, &error))?;
        Ok((levels, rows))
    }

    /// The aggregates of a clause, and the weight over their results.
    fn nested_weight(
        &mut self,
        env: &Env,
        frame: &Frame,
        clause: &TopNestedClause,
    ) -> Result<(Vec<datafusion::logical_expr::Expr>, Typed)> {
        let mut namer = Namer::new([]);
        let by = std::slice::from_ref(&clause.by);
        let aggregates = self.aggregates_of("top-nested", env, frame, by, &[], &mut namer)?;
        match <[_; 1]>::try_from(aggregates.columns) {
            Ok([(_, weight)]) if weight.ty != ScalarType::Dynamic => Ok((aggregates.calls, weight)),
            Ok(_) => {
                let message = "top-nested by a dynamic is not built yet";
                Err(unsupported(codes::UNSUPPORTED_FORM, clause.by.expr.span, message))
            }
            Err(_) => {
                let message = "top-nested takes an aggregate that gives one column";
                Err(semantic(codes::SHAPE, clause.by.expr.span, message))
            }
        }
    }

    /// The top values of a level below each combination of the values above, with their weights.
    fn nested_top(
        &mut self,
        env: &Env,
        rows: Frame,
        levels: &[Level],
        number: usize,
        span: Span,
    ) -> Result<Frame> {
        let Some(level) = levels.get(number) else {
            return Err(codes::defect(span, "top-nested misses a level"));
        };
        let (calls, weight) = self.nested_weight(env, &rows, level.clause)?;
        let keys = values_up_to(levels, number + 1);
        let keys: Vec<(String, Typed)> = keys.iter().map(|key| (key.name.clone(), rows.typed(key))).collect();
        let aggregates = AggregateColumns { columns: vec![(weight_name(number), weight)], calls };
        let grouped = self.aggregate(rows, keys, aggregates, span)?;
        let Some(count) = level.count else { return Ok(grouped) };
        let ascending = level.clause.ascending.unwrap_or(false);
        let above: Vec<_> = (0..number).map(|above| column_expr(&value_name(above))).collect();
        let by = column_expr(&weight_name(number)).sort(ascending, ascending);
        let rank = row_number().partition_by(above).order_by(vec![by]).build();
        let kept: Vec<_> = grouped.columns.iter().map(|column| column_expr(&column.name)).collect();
        let plan = rank
            .and_then(|rank| LogicalPlanBuilder::from(grouped.plan.clone()).window(vec![rank.alias(RANK)]))
            .and_then(|builder| builder.filter(column_expr(RANK).lt_eq(lit(count as u64))))
            .and_then(|builder| builder.project(kept))
            .and_then(LogicalPlanBuilder::build)
            .map_err(|error| internal(span, &error))?;
        Ok(grouped.with_plan(plan))
    }

    /// One row for the rows of each combination of the values above that are not of a top value of this level.
    fn nested_others(
        &mut self,
        env: &Env,
        rows: Frame,
        above: Option<&Frame>,
        levels: &[Level],
        number: usize,
        span: Span,
    ) -> Result<Frame> {
        let mut calls = vec![count_rows(lit(1i64)).alias(ROWS)];
        let mut columns = vec![(ROWS.to_string(), Typed::new(column_expr(ROWS), ScalarType::Long))];
        for (below, level) in levels.iter().enumerate().skip(number) {
            let Some(others) = &level.others else {
                columns.push((value_name(below), Typed::null(level.value.ty)));
                columns.push((weight_name(below), Typed::null(level.weight.ty)));
                continue;
            };
            columns.push((value_name(below), others.clone()));
            let (own, weight) = self.nested_weight(env, &rows, level.clause)?;
            // Each clause numbers its aggregates anew.
            let prefix = format!("$level{below}");
            let weight = prefixed(weight, &own, &prefix).map_err(|error| internal(span, &error))?;
            calls.extend(own.into_iter().map(|call| {
                let name = format!("{prefix}{}", call.schema_name());
                call.unalias().alias(name)
            }));
            columns.push((weight_name(below), weight));
        }
        let keys = values_up_to(levels, number);
        let grouping: Vec<(String, Typed)> =
            keys.iter().map(|key| (key.name.clone(), rows.typed(key))).collect();
        let aggregates = AggregateColumns { columns, calls };
        let grouped = self.aggregate(rows, grouping, aggregates, span)?;
        let grouped =
            grouped.filter(column_expr(ROWS).gt(lit(0i64))).map_err(|error| internal(span, &error))?;
        match above {
            None => Ok(grouped),
            Some(above) => self.with_weights(grouped, above.clone(), &keys, span),
        }
    }

    /// A frame with the weights of the levels above, which another has.
    fn with_weights(&mut self, frame: Frame, above: Frame, keys: &[Column], span: Span) -> Result<Frame> {
        self.joined(frame, above, keys, JoinType::Inner, span)
    }

    fn joined(
        &mut self,
        left: Frame,
        right: Frame,
        keys: &[Column],
        kind: JoinType,
        span: Span,
    ) -> Result<Frame> {
        let keys: Vec<JoinKey> =
            keys.iter().map(|key| JoinKey { left: key.clone(), right: key.clone(), ty: key.ty }).collect();
        self.join_frames(left, right, &keys, kind, NullEquality::NullEqualsNull)
            .map_err(|error| internal(span, &error))
    }
}

/// The columns of the values of the first levels.
fn values_up_to(levels: &[Level], count: usize) -> Vec<Column> {
    let values = levels.iter().take(count).enumerate();
    values.map(|(number, level)| Column::new(value_name(number), level.value.ty)).collect()
}

/// The weight over aggregates whose names in the plan begin with a prefix.
fn prefixed(
    weight: Typed,
    calls: &[datafusion::logical_expr::Expr],
    prefix: &str,
) -> datafusion::error::Result<Typed> {
    use datafusion::common::tree_node::{Transformed, TreeNode};
    use datafusion::logical_expr::Expr;
    let names: Vec<String> = calls.iter().map(|call| call.schema_name().to_string()).collect();
    let expr = weight.expr.transform(|expr| {
        Ok(match expr {
            Expr::Column(column) if names.contains(&column.name) => {
                Transformed::yes(column_expr(&format!("{prefix}{}", column.name)))
            }
            other => Transformed::no(other),
        })
    })?;
    Ok(Typed::new(expr.data, weight.ty))
}
