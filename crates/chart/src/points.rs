//! The points of a chart: read from the rows, added up, stacked.

use std::collections::HashMap;

use kql_planner::ResultTable;
use kql_types::{Cell, CellReader, datetime, decimal, text};
use serde_json::Value;

use crate::columns::{Fit, Roles};
use crate::look::Stack;

/// A measurement: what is drawn reaches from `low` to `high`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Its place on the x-axis.
    pub x: f64,
    /// Where it begins.
    pub low: f64,
    /// Its value, or the top of its part of a stack; not a number where there is a gap.
    pub high: f64,
    /// Its value as it came.
    pub value: f64,
}

/// The points of one name.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// What the legend calls it.
    pub name: String,
    /// In the order in which they are joined.
    pub points: Vec<Point>,
    /// Those that are marked.
    pub anomalies: Vec<Point>,
}

/// What the x-axis measures.
#[derive(Debug, Clone, PartialEq)]
pub enum Domain {
    /// Numbers.
    Number,
    /// Seconds since 1970.
    Time,
    /// Names, at 0, 1 and so on.
    Names(Vec<String>),
}

/// Series over one x-axis.
#[derive(Debug)]
pub(crate) struct Points {
    pub domain: Domain,
    pub series: Vec<Series>,
    /// Rows, or elements of arrays, that have no place on the x-axis.
    pub placeless: usize,
    /// Values that are no finite number.
    pub valueless: usize,
}

/// The seconds since 1970 of a datetime.
pub(crate) fn seconds(ticks: i64) -> f64 {
    (ticks - datetime::UNIX_EPOCH_TICKS) as f64 / datetime::TICKS_PER_SECOND as f64
}

/// The datetime of seconds since 1970.
pub(crate) fn ticks(seconds: f64) -> i64 {
    (seconds * datetime::TICKS_PER_SECOND as f64).round() as i64 + datetime::UNIX_EPOCH_TICKS
}

/// A value on the x-axis before it is known whether all are named.
enum X {
    At(f64),
    Name(String),
}

/// Collects points by the names of their series, in the order of their first appearance.
#[derive(Default)]
struct Collector {
    names: HashMap<String, f64>,
    listed: Vec<String>,
    places: HashMap<String, usize>,
    series: Vec<Series>,
    placeless: usize,
    valueless: usize,
}

impl Collector {
    fn x(&mut self, x: X) -> f64 {
        match x {
            X::At(at) => at,
            X::Name(name) => {
                let next = self.listed.len() as f64;
                let at = *self.names.entry(name.clone()).or_insert(next);
                if at == next {
                    self.listed.push(name);
                }
                at
            }
        }
    }

    fn series(&mut self, name: String) -> &mut Series {
        let next = self.series.len();
        let place = *self.places.entry(name.clone()).or_insert(next);
        if place == next {
            self.series.push(Series { name, points: Vec::new(), anomalies: Vec::new() });
        }
        // The place was made two lines above.
        &mut self.series[place]
    }
}

/// Reads the points of a table; `named` has every x taken as a name.
pub(crate) fn read(table: &ResultTable, fits: &[Fit], roles: &Roles, named: bool) -> Points {
    let mut found = Collector::default();
    let column_name = |place: usize| table.columns.get(place).map_or("", |column| column.name.as_str());
    let x_fit = roles.x.and_then(|x| fits.get(x)).copied();
    each_row(table, |cells| {
        let cell = |place: usize| cells.get(place).copied().unwrap_or(Cell::Null);
        let key = roles.series.iter().map(|place| text::to_text(cell(*place))).collect::<Vec<_>>().join(", ");
        for (number, y) in roles.y.iter().enumerate() {
            let name = match (roles.series.is_empty(), roles.y.len()) {
                (true, _) => column_name(*y).to_string(),
                (false, 1) if key.is_empty() => "(empty)".to_string(),
                (false, 1) => key.clone(),
                (false, _) => format!("{key}: {}", column_name(*y)),
            };
            let flags: Vec<f64> =
                roles.anomalies.get(number).map_or(Vec::new(), |place| numbers(cell(*place)));
            let (xs, values) = match (roles.x, x_fit.is_some_and(Fit::is_array)) {
                (None, _) => (vec![X::Name(column_name(*y).to_string())], vec![number_of(cell(*y))]),
                (Some(x), false) => (vec![x_of(cell(x), named)], vec![number_of(cell(*y))]),
                (Some(x), true) => (array_xs(cell(x), named), numbers(cell(*y))),
            };
            // The columns of the only row are one series.
            let name = if roles.x.is_none() { String::new() } else { name };
            found.valueless += xs.len().saturating_sub(values.len());
            if number == 0 {
                found.placeless += values.len().saturating_sub(xs.len());
            }
            for (at, (x, value)) in xs.into_iter().zip(values).enumerate() {
                let x = found.x(x);
                if !x.is_finite() {
                    found.placeless += usize::from(number == 0);
                    continue;
                }
                found.valueless += usize::from(!value.is_finite());
                let point = Point { x, low: 0.0, high: value, value };
                let is_marked = flags.get(at).is_some_and(|flag| *flag != 0.0 && !flag.is_nan());
                let series = found.series(name.clone());
                series.points.push(point);
                if is_marked {
                    series.anomalies.push(point);
                }
            }
        }
    });
    let domain = match x_fit {
        Some(Fit::Time | Fit::Times) if !named => Domain::Time,
        Some(Fit::Number | Fit::Numbers | Fit::Span) if !named => Domain::Number,
        _ => Domain::Names(std::mem::take(&mut found.listed)),
    };
    let Collector { series, placeless, valueless, .. } = found;
    Points { domain, series, placeless, valueless }
}

/// Calls back with the cells of each row.
pub(crate) fn each_row(table: &ResultTable, mut row: impl FnMut(&[Cell<'_>])) {
    for batch in &table.batches {
        let readers = table.columns.iter().zip(batch.columns());
        let readers = readers.map(|(column, array)| CellReader::new(array.as_ref(), column.ty));
        let Ok(readers) = readers.collect::<Result<Vec<_>, _>>() else { continue };
        for at in 0..batch.num_rows() {
            let cells: Vec<Cell<'_>> = readers.iter().map(|reader| reader.get(at)).collect();
            row(&cells);
        }
    }
}

fn number_of(cell: Cell<'_>) -> f64 {
    match cell {
        Cell::Int(value) => f64::from(value),
        Cell::Long(value) => value as f64,
        Cell::Real(value) => value,
        Cell::Decimal(value) => decimal::to_real(value),
        Cell::Timespan(ticks) => ticks as f64 / datetime::TICKS_PER_SECOND as f64,
        _ => f64::NAN,
    }
}

fn x_of(cell: Cell<'_>, named: bool) -> X {
    match cell {
        Cell::DateTime(ticks) if !named => X::At(seconds(ticks)),
        Cell::DateTime(ticks) => X::Name(short_time(ticks)),
        Cell::Int(_) | Cell::Long(_) | Cell::Real(_) | Cell::Decimal(_) | Cell::Timespan(_) if !named => {
            X::At(number_of(cell))
        }
        Cell::Null if !named => X::At(f64::NAN),
        Cell::Null => X::Name("(null)".to_string()),
        Cell::String("") => X::Name("(empty)".to_string()),
        _ => X::Name(text::to_text(cell)),
    }
}

/// A datetime without the zeros at its end.
pub(crate) fn short_time(ticks: i64) -> String {
    let civil = datetime::civil(ticks);
    let mut text = format!("{:04}-{:02}-{:02}", civil.year, civil.month, civil.day);
    if (civil.hour, civil.minute, civil.second, civil.fraction) == (0, 0, 0, 0) {
        return text;
    }
    text.push_str(&format!(" {:02}:{:02}", civil.hour, civil.minute));
    if (civil.second, civil.fraction) != (0, 0) {
        text.push_str(&format!(":{:02}", civil.second));
    }
    if civil.fraction != 0 {
        text.push_str(format!(".{:07}", civil.fraction).trim_end_matches('0'));
    }
    text
}

/// The numbers of an array; what is none is a gap.
fn numbers(cell: Cell<'_>) -> Vec<f64> {
    match cell {
        Cell::Dynamic(json) => match serde_json::from_str::<Value>(json) {
            Ok(Value::Array(values)) => {
                values.iter().map(|value| value.as_f64().unwrap_or(f64::NAN)).collect()
            }
            _ => Vec::new(),
        },
        other => vec![number_of(other)],
    }
}

fn array_xs(cell: Cell<'_>, named: bool) -> Vec<X> {
    let Cell::Dynamic(json) = cell else { return Vec::new() };
    let Ok(Value::Array(values)) = serde_json::from_str::<Value>(json) else { return Vec::new() };
    let x = |value: &Value| match value {
        Value::String(text) => match datetime::parse(text) {
            Some(ticks) if !named => X::At(seconds(ticks)),
            Some(ticks) => X::Name(short_time(ticks)),
            None => X::Name(text.clone()),
        },
        Value::Number(number) if !named => X::At(number.as_f64().unwrap_or(f64::NAN)),
        other if named => X::Name(other.to_string()),
        _ => X::At(f64::NAN),
    };
    values.iter().map(x).collect()
}

impl Points {
    /// What is not drawn.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let rows = |count: usize| if count == 1 { "1 row".to_string() } else { format!("{count} rows") };
        if self.placeless > 0 {
            let what = if self.domain == Domain::Time { "time" } else { "number" };
            let is = if self.placeless == 1 { "is" } else { "are" };
            notes.push(format!("{} without a {what} for the x-axis {is} not drawn", rows(self.placeless)));
        }
        match self.valueless {
            0 => {}
            1 => notes.push("1 value that is no number is not drawn".to_string()),
            count => notes.push(format!("{count} values that are no numbers are not drawn")),
        }
        notes
    }

    /// Joins points from left to right.
    pub fn sort(&mut self) {
        for series in &mut self.series {
            series.points.sort_by(|one, other| one.x.total_cmp(&other.x));
        }
    }

    /// One point for each x of a series: the sum of its values, since bars cannot stand in one place.
    pub fn merge(&mut self) {
        for series in &mut self.series {
            let mut merged: Vec<Point> = Vec::with_capacity(series.points.len());
            let mut places: HashMap<u64, usize> = HashMap::new();
            for point in series.points.drain(..).filter(|point| !point.value.is_nan()) {
                match places.get(&point.x.to_bits()).and_then(|place| merged.get_mut(*place)) {
                    Some(known) => {
                        known.value += point.value;
                        known.high = known.value;
                    }
                    None => {
                        places.insert(point.x.to_bits(), merged.len());
                        merged.push(point);
                    }
                }
            }
            series.points = merged;
        }
    }

    /// Each value and all before it.
    pub fn accumulate(&mut self) {
        for series in &mut self.series {
            let mut sum = 0.0;
            for point in &mut series.points {
                if !point.value.is_nan() {
                    sum += point.value;
                }
                point.value = sum;
                point.high = sum;
            }
        }
    }

    /// Puts each series on those before it; what has no point at an x counts as 0 there. Negative values go down.
    pub fn stack(&mut self, how: Stack) {
        if how == Stack::None {
            return;
        }
        let mut xs: Vec<f64> =
            self.series.iter().flat_map(|series| series.points.iter().map(|point| point.x)).collect();
        xs.sort_by(f64::total_cmp);
        xs.dedup();
        let place: HashMap<u64, usize> = xs.iter().enumerate().map(|(at, x)| (x.to_bits(), at)).collect();
        let mut values = vec![vec![0.0_f64; xs.len()]; self.series.len()];
        for (series, values) in self.series.iter().zip(&mut values) {
            for point in series.points.iter().filter(|point| !point.value.is_nan()) {
                if let Some(value) = place.get(&point.x.to_bits()).and_then(|at| values.get_mut(*at)) {
                    *value += point.value;
                }
            }
        }
        let totals: Vec<f64> = (0..xs.len())
            .map(|at| values.iter().filter_map(|values| values.get(at)).map(|value| value.abs()).sum())
            .collect();
        let (mut up, mut down) = (vec![0.0_f64; xs.len()], vec![0.0_f64; xs.len()]);
        for (series, values) in self.series.iter_mut().zip(values) {
            let mut points = Vec::with_capacity(xs.len());
            for (at, (x, value)) in xs.iter().zip(values).enumerate() {
                let total = totals.get(at).copied().unwrap_or(0.0);
                let height = match how {
                    Stack::Stacked100 if total > 0.0 => value / total * 100.0,
                    Stack::Stacked100 => 0.0,
                    _ => value,
                };
                let side = if height < 0.0 { &mut down } else { &mut up };
                let Some(base) = side.get_mut(at) else { continue };
                points.push(Point { x: *x, low: *base, high: *base + height, value });
                *base += height;
            }
            series.points = points;
        }
    }
}
