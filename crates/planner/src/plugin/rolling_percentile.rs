//! `rolling_percentile(value, percent, index, bin, bins [, dimension, …])`: a percentile of the values in the window of
//! several bins that ends with each bin.

use std::collections::BTreeMap;

use kql_functions::Typed;
use kql_parser::ast::Expr;
use kql_types::{Cell, Column, OwnedCell, ScalarType};

use super::Call;
use super::output::{Groups, rows_of};
use crate::Result;
use crate::bind::Binder;
use crate::codes::{self, internal, semantic, unsupported};
use crate::env::Env;
use crate::frame::{Frame, column_expr};

/// The values of one combination of dimensions, by bin.
struct Group {
    dimensions: Vec<OwnedCell>,
    bins: BTreeMap<i64, Vec<f64>>,
}

pub(super) fn run(binder: &mut Binder<'_>, env: &Env, frame: Frame, call: &Call<'_>) -> Result<Frame> {
    let [value, percent, index, size, width, dimensions @ ..] = call.args else {
        let message =
            "rolling_percentile() takes values, a percentile, an index, the size of a bin and their number";
        return Err(semantic(codes::ARGUMENTS, call.span, message));
    };
    let value = binder.column_argument(&frame, value)?;
    if !matches!(value.ty, ScalarType::Int | ScalarType::Real) && value.ty != ScalarType::Long {
        let message = format!("rolling_percentile() over {} is not built yet", value.ty);
        return Err(unsupported(codes::UNSUPPORTED_FORM, call.span, message));
    }
    let index = binder.column_argument(&frame, index)?;
    let (percent, percent_text) = percentile(binder, env, percent)?;
    let size = bin_size(binder, env, size, &index)?;
    let bins = binder.long_argument(env, width, "the number of bins")?;
    if bins < 1 {
        return Err(semantic(codes::ARGUMENTS, width.span, "a window has one bin at least"));
    }
    let dimensions = binder.key_arguments(&frame, dimensions, call)?;
    let name = format!("rolling_{bins}_percentile_{}_{percent_text}", value.name);
    let mut columns = vec![index.clone()];
    columns.extend(dimensions.iter().cloned());
    columns.push(Column::new(name, value.ty));
    let mut output = rows_of(columns, call.span)?;
    if binder.execute {
        let groups = groups(binder, frame, &value, &index, &dimensions, size, call)?;
        let bounds = groups.iter().flat_map(|group| group.bins.keys()).copied();
        let (first, last) = (bounds.clone().min().unwrap_or(0), bounds.max().unwrap_or(-1));
        for group in &groups {
            for bin in first..=last {
                if !group.bins.contains_key(&bin) {
                    let message = "what rolling_percentile() gives for a bin without rows is not documented";
                    return Err(unsupported(codes::UNSUPPORTED_FORM, call.span, message));
                }
                let window = group.bins.range(bin.saturating_sub(bins - 1)..=bin);
                let mut values: Vec<f64> = window.flat_map(|(_, values)| values).copied().collect();
                values.sort_by(f64::total_cmp);
                // The value at the nearest rank.
                let rank = (percent / 100.0 * values.len() as f64).ceil() as usize;
                let found = values.get(rank.saturating_sub(1)).copied();
                let mut cells = vec![moment(bin * size, index.ty)];
                cells.extend(group.dimensions.iter().map(OwnedCell::as_cell));
                cells.push(found.map_or(Cell::Null, |found| match value.ty {
                    ScalarType::Int => Cell::Int(found as i32),
                    ScalarType::Long => Cell::Long(found as i64),
                    _ => Cell::Real(found),
                }));
                output.push(cells, call.span)?;
            }
        }
    }
    binder.frame_of(output.finish(call.span)?, call.span)
}

/// The percentile and how it stands in the column's name.
fn percentile(binder: &mut Binder<'_>, env: &Env, arg: &Expr) -> Result<(f64, String)> {
    let number = binder.long_argument(env, arg, "the percentile")?;
    match number {
        0..=100 => Ok((number as f64, number.to_string())),
        _ => Err(semantic(codes::ARGUMENTS, arg.span, "a percentile lies between 0 and 100")),
    }
}

fn bin_size(binder: &mut Binder<'_>, env: &Env, arg: &Expr, index: &Column) -> Result<i64> {
    let size = binder.constant(env, arg, "the size of a bin")?;
    let fits = match index.ty {
        ScalarType::DateTime | ScalarType::Timespan => size.ty == ScalarType::Timespan,
        ScalarType::Long => matches!(size.ty, ScalarType::Int | ScalarType::Long),
        other => {
            let message = format!("an index of type {other} is not built yet");
            return Err(unsupported(codes::UNSUPPORTED_FORM, arg.span, message));
        }
    };
    match size.literal_i64() {
        Some(size) if fits && size > 0 => Ok(size),
        _ => {
            let message =
                format!("the size of a bin is a length greater than 0 for an index of type {}", index.ty);
            Err(semantic(codes::TYPES, arg.span, message))
        }
    }
}

fn moment(at: i64, ty: ScalarType) -> Cell<'static> {
    match ty {
        ScalarType::DateTime => Cell::DateTime(at),
        ScalarType::Timespan => Cell::Timespan(at),
        _ => Cell::Long(at),
    }
}

fn groups(
    binder: &Binder<'_>,
    frame: Frame,
    value: &Column,
    index: &Column,
    dimensions: &[Column],
    size: i64,
    call: &Call<'_>,
) -> Result<Vec<Group>> {
    let columns = [value, index].into_iter().chain(dimensions).enumerate();
    let columns = columns
        .map(|(number, column)| (format!("$c{number}"), Typed::new(column_expr(&column.name), column.ty)));
    let frame = frame.project(columns.collect()).map_err(|error| internal(call.span, &error))?;
    let rows = binder.rows_now(&frame, call.span)?;
    let readers = rows.readers(call.span)?;
    let mut groups: Vec<Group> = Vec::new();
    let mut known = Groups::default();
    let [values, indexes, keys @ ..] = readers.as_slice() else { return Ok(groups) };
    for row in 0..rows.len() {
        let (Cell::DateTime(at) | Cell::Timespan(at) | Cell::Long(at)) = indexes.get(row) else {
            let message = "a null in the index of rolling_percentile() is not built yet";
            return Err(unsupported(codes::UNSUPPORTED_FORM, call.span, message));
        };
        let number = match values.get(row) {
            Cell::Int(number) => f64::from(number),
            // Larger numbers would lose digits.
            Cell::Long(number) if number.unsigned_abs() <= 1 << 53 => number as f64,
            Cell::Real(number) if !number.is_nan() => number,
            _ => {
                let message = "a null or a number beyond 2^53 in rolling_percentile() is not built yet";
                return Err(unsupported(codes::UNSUPPORTED_FORM, call.span, message));
            }
        };
        let (group, new) = known.number(keys, row);
        groups.extend(new.map(|dimensions| Group { dimensions, bins: BTreeMap::new() }));
        let bin = at.div_euclid(size);
        if bin.checked_mul(size).is_none() {
            let message = "a bin of rolling_percentile() begins before the least value of the index";
            return Err(semantic(codes::LIMIT, call.span, message));
        }
        groups[group].bins.entry(bin).or_default().push(number);
    }
    Ok(groups)
}
