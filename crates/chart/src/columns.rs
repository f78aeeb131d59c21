//! Which columns are x, series and y: what `render` names, else the first column that works for the kind of chart is x,
//! all numbers besides it are y, and what texts are left name the series.

use kql_planner::ResultTable;
use kql_types::{Cell, CellReader, ScalarType, datetime};
use serde_json::Value;

use crate::look::Look;

/// What a column can be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fit {
    Time,
    Number,
    Span,
    Text,
    /// Arrays of these, as `make-series` gives them.
    Times,
    Numbers,
    Texts,
    Nothing,
}

impl Fit {
    pub fn is_array(self) -> bool {
        matches!(self, Fit::Times | Fit::Numbers | Fit::Texts)
    }
}

/// The parts that columns play, by their places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Roles {
    /// `None` where the columns of the only row are the categories.
    pub x: Option<usize>,
    pub y: Vec<usize>,
    pub series: Vec<usize>,
    pub anomalies: Vec<usize>,
}

/// What each column can be used for.
pub(crate) fn fits(table: &ResultTable) -> Vec<Fit> {
    let fit = |(place, column): (usize, &kql_types::Column)| match column.ty {
        ScalarType::DateTime => Fit::Time,
        ScalarType::Timespan => Fit::Span,
        ScalarType::String | ScalarType::Guid | ScalarType::Bool => Fit::Text,
        ScalarType::Dynamic => array_fit(table, place),
        _ => Fit::Number,
    };
    table.columns.iter().enumerate().map(fit).collect()
}

/// Looks at the first array of a dynamic column.
fn array_fit(table: &ResultTable, place: usize) -> Fit {
    for batch in &table.batches {
        let Some(array) = batch.columns().get(place) else { continue };
        let Ok(reader) = CellReader::new(array.as_ref(), ScalarType::Dynamic) else { continue };
        for row in 0..batch.num_rows() {
            let Cell::Dynamic(json) = reader.get(row) else { continue };
            let Ok(Value::Array(values)) = serde_json::from_str::<Value>(json) else { return Fit::Nothing };
            return match values.iter().find(|value| !value.is_null()) {
                Some(Value::Number(_)) | None => Fit::Numbers,
                Some(Value::String(text)) if datetime::parse(text).is_some() => Fit::Times,
                Some(Value::String(_)) => Fit::Texts,
                Some(_) => Fit::Nothing,
            };
        }
    }
    Fit::Nothing
}

/// The parts of the columns, or why the chart cannot be drawn.
pub(crate) fn roles(chart: &str, table: &ResultTable, fits: &[Fit], look: &Look) -> Result<Roles, String> {
    let place = |name: &String| table.columns.iter().position(|column| column.name == *name);
    let places = |names: &[String]| names.iter().filter_map(place).collect::<Vec<_>>();
    let anomalies = places(&look.anomalies);
    let wanted_y = places(&look.y_columns);
    let wanted_series = places(&look.series);
    let named: Vec<usize> = wanted_y.iter().chain(&wanted_series).chain(&anomalies).copied().collect();
    let fit = |place: usize| fits.get(place).copied().unwrap_or(Fit::Nothing);
    let free: Vec<usize> = (0..table.columns.len()).filter(|place| !named.contains(place)).collect();
    let wanted_x = look.x_column.as_ref().and_then(place);
    let is_category = matches!(chart, "barchart" | "columnchart" | "piechart");
    let x = match wanted_x {
        Some(x) => Some(x),
        None if matches!(chart, "timechart" | "anomalychart") => {
            let x = free.iter().copied().find(|place| matches!(fit(*place), Fit::Time | Fit::Times));
            Some(x.ok_or_else(|| format!("a {chart} needs a column of times"))?)
        }
        None if is_category => {
            let usable = free.iter().copied().filter(|place| fit(*place) != Fit::Nothing);
            let all_numbers = usable.clone().all(|place| fit(place) == Fit::Number);
            // One row of numbers, as `summarize a = countif(…), b = countif(…)` gives it.
            if all_numbers && wanted_y.is_empty() && table.row_count() == 1 { None } else { usable.min() }
        }
        None => first_that_works(&free, fits, !wanted_y.is_empty()),
    };
    let array = x.is_some_and(|x| fit(x).is_array());
    let mut y = wanted_y;
    if y.is_empty() {
        let kinds = if array { [Fit::Numbers, Fit::Numbers] } else { [Fit::Number, Fit::Span] };
        for kind in kinds {
            if y.is_empty() {
                y = free.iter().copied().filter(|place| Some(*place) != x && fit(*place) == kind).collect();
            }
        }
    }
    if y.is_empty() {
        return Err(format!("a {chart} needs a column of numbers besides the one of its x-axis"));
    }
    if let Some(wrong) = y.iter().find(|place| {
        !matches!((fit(**place), array), (Fit::Numbers, true) | (Fit::Number | Fit::Span, false))
    }) {
        let name = table.columns.get(*wrong).map_or("", |column| column.name.as_str());
        let name = crate::text::one_line(name);
        return Err(format!("the column `{name}` holds no numbers for the y-axis"));
    }
    let mut series = wanted_series;
    if series.is_empty() && chart != "piechart" {
        series = free.into_iter().filter(|place| Some(*place) != x && fit(*place) == Fit::Text).collect();
    }
    Ok(Roles { x, y, series, anomalies })
}

/// The first column of times or numbers that leaves another for y; else the first text.
fn first_that_works(free: &[usize], fits: &[Fit], has_y: bool) -> Option<usize> {
    let fit = |place: usize| fits.get(place).copied().unwrap_or(Fit::Nothing);
    let leaves_y = |x: usize| {
        let wanted = if fit(x).is_array() { Fit::Numbers } else { Fit::Number };
        has_y
            || free.iter().any(|place| {
                *place != x && matches!(fit(*place), found if found == wanted || found == Fit::Span)
            })
    };
    let ordered = |place: &usize| matches!(fit(*place), Fit::Time | Fit::Number | Fit::Times | Fit::Numbers);
    let works = free.iter().copied().find(|place| ordered(place) && leaves_y(*place));
    works.or_else(|| free.iter().copied().find(|place| matches!(fit(*place), Fit::Text | Fit::Texts)))
}
