//! A chart before it is drawn.

use kql_planner::{Rendering, ResultTable};
use kql_types::{Cell, ScalarType, text};

use crate::columns::{self, Fit, Roles};
use crate::look::{self, Look, Stack};
use crate::points::{self, Domain, Points, Series};
use crate::scale::{Scale, Unit};

/// At most so many panels, as Kusto has it.
const MOST_PANELS: usize = 5;

/// Numbers of a column chart stand on a scale where there are no more places than this; else each is a name.
const MOST_SLOTS: f64 = 100.0;

/// A chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// What stands above it.
    pub title: Option<String>,
    /// What is drawn.
    pub picture: Picture,
    /// What the reader should know besides: what is not drawn as asked.
    pub notes: Vec<String>,
}

/// What is drawn.
#[derive(Debug, Clone, PartialEq)]
pub enum Picture {
    /// Series over two axes.
    Plot(Plot),
    /// Parts of a whole; whether a legend names them.
    Pie(Vec<Slice>, bool),
    /// Values to be read as they are.
    Cards(Vec<Card>),
}

/// How a point is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Joined by lines.
    Line,
    /// Joined, and filled down to the axis or the series below.
    Area,
    /// An upright bar.
    Column,
    /// A bar to the right.
    Bar,
    /// A dot.
    Dot,
}

/// Series over two axes.
#[derive(Debug, Clone, PartialEq)]
pub struct Plot {
    /// How points are drawn.
    pub mark: Mark,
    /// The axis that the panels share.
    pub x: Scale,
    /// The first and the last place that has a point.
    pub x_ends: (f64, f64),
    /// What is written along it.
    pub x_title: String,
    /// What is written along the other.
    pub y_title: String,
    /// The width of a bar's place on the x-axis.
    pub slot: f64,
    /// Bars of one place stand on each other.
    pub stacked: bool,
    /// Whether a legend names the series.
    pub legend: bool,
    /// Pictures below each other.
    pub panels: Vec<Panel>,
}

/// One picture of a plot.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    /// Its y-axis.
    pub y: Scale,
    /// Its series with the numbers of their colours.
    pub series: Vec<(usize, Series)>,
}

/// A part of a pie.
#[derive(Debug, Clone, PartialEq)]
pub struct Slice {
    /// Its name.
    pub name: String,
    /// Its size.
    pub value: f64,
    /// Its part of the whole, from 0 to 1.
    pub part: f64,
}

/// A value with its name.
#[derive(Debug, Clone, PartialEq)]
pub struct Card {
    /// The name.
    pub name: String,
    /// The value.
    pub value: String,
}

impl Chart {
    /// The chart that `render` asks for: `None` where it asks for a table or for nothing, an error that says why it
    /// cannot be drawn.
    pub fn of(table: &ResultTable) -> Option<Result<Chart, String>> {
        let rendering = table.render.as_ref().filter(|rendering| rendering.chart != "table")?;
        Some(draw(table, rendering))
    }
}

fn draw(table: &ResultTable, rendering: &Rendering) -> Result<Chart, String> {
    let chart = rendering.chart.as_str();
    let mut look = Look::of(rendering);
    if look.map {
        return Err(format!("a {chart} on a map is not drawn"));
    }
    let mark = match chart {
        "timechart" | "linechart" | "anomalychart" => Mark::Line,
        "areachart" | "stackedareachart" => Mark::Area,
        "columnchart" => Mark::Column,
        "barchart" => Mark::Bar,
        "scatterchart" => Mark::Dot,
        "piechart" | "card" => Mark::Bar,
        other => return Err(format!("a {other} is not drawn")),
    };
    if table.row_count() == 0 {
        return Err(format!("there are no rows for a {chart}"));
    }
    if chart == "card" {
        let picture = Picture::Cards(cards(table));
        return Ok(Chart { title: look.title, picture, notes: look.notes });
    }
    let fits = columns::fits(table);
    let roles = columns::roles(chart, table, &fits, &look)?;
    let picture = match chart {
        "piechart" => Picture::Pie(slices(table, &fits, &roles, &mut look.notes)?, look.legend),
        _ => Picture::Plot(plot(mark, table, &fits, &roles, &mut look)?),
    };
    if chart == "anomalychart" && look.anomalies.is_empty() {
        look.notes.push("without `anomalycolumns` an anomalychart marks nothing".to_string());
    }
    Ok(Chart { title: look.title, picture, notes: look.notes })
}

/// The values of the first row.
fn cards(table: &ResultTable) -> Vec<Card> {
    let mut cards = Vec::new();
    points::each_row(table, |cells| {
        if cards.is_empty() {
            let card = |(cell, column): (&Cell<'_>, &kql_types::Column)| Card {
                name: column.name.clone(),
                value: text::to_text(*cell),
            };
            cards = cells.iter().zip(&table.columns).map(card).collect();
        }
    });
    cards
}

/// The values of each name, added up, in the order of their first appearance.
fn slices(
    table: &ResultTable,
    fits: &[Fit],
    roles: &Roles,
    notes: &mut Vec<String>,
) -> Result<Vec<Slice>, String> {
    let first = Roles { y: roles.y.iter().copied().take(1).collect(), ..roles.clone() };
    let roles = if roles.x.is_some() { &first } else { roles };
    let mut points = points::read(table, fits, roles, true);
    let Domain::Names(names) = &points.domain else { return Err("a pie needs names".to_string()) };
    let names = names.clone();
    notes.extend(points.notes());
    points.merge();
    let mut slices: Vec<Slice> = Vec::new();
    for series in &points.series {
        for point in &series.points {
            if point.value < 0.0 {
                return Err("a piechart has no room for values below 0".to_string());
            }
            let x = names.get(point.x as usize).cloned().unwrap_or_default();
            let name = if roles.series.is_empty() { x } else { format!("{x}, {}", series.name) };
            slices.push(Slice { name, value: point.value, part: 0.0 });
        }
    }
    let total: f64 = slices.iter().map(|slice| slice.value).sum();
    if total <= 0.0 || !total.is_finite() {
        return Err("a piechart of nothing has no parts".to_string());
    }
    for slice in &mut slices {
        slice.part = slice.value / total;
    }
    Ok(slices)
}

fn plot(
    mark: Mark,
    table: &ResultTable,
    fits: &[Fit],
    roles: &Roles,
    look: &mut Look,
) -> Result<Plot, String> {
    let mut points = points::read(table, fits, roles, mark == Mark::Bar);
    let is_bar = matches!(mark, Mark::Bar | Mark::Column);
    let mut slot = 1.0;
    if mark == Mark::Column && points.domain == Domain::Number {
        slot = narrowest(&points);
        let (low, high) = ends(&points);
        if (high - low) / slot > MOST_SLOTS {
            points = points::read(table, fits, roles, true);
            slot = 1.0;
        }
    } else if mark == Mark::Column && points.domain == Domain::Time {
        slot = narrowest(&points);
    }
    look.notes.extend(points.notes());
    if is_bar {
        points.merge();
    } else if mark != Mark::Dot {
        points.sort();
    }
    if look.accumulate {
        points.accumulate();
    }
    let stacked = look.stack != Stack::None && points.series.len() > 1;
    if stacked || look.stack == Stack::Stacked100 {
        points.stack(look.stack);
    }
    if points.series.iter().all(|series| series.points.iter().all(|point| !point.high.is_finite())) {
        return Err("there is no number to draw".to_string());
    }
    let x = x_scale(&points, (is_bar, mark == Mark::Dot), slot, look);
    let x_ends = ends(&points);
    let name = |place: &usize| table.columns.get(*place).map_or(String::new(), |column| column.name.clone());
    let x_title = look.x_title.clone().or_else(|| roles.x.as_ref().map(name)).unwrap_or_default();
    let y_title = look.y_title.clone().unwrap_or_else(|| match roles.y.as_slice() {
        [only] if roles.x.is_some() => name(only),
        _ => String::new(),
    });
    let is_span =
        |place: &usize| table.columns.get(*place).is_some_and(|column| column.ty == ScalarType::Timespan);
    let unit = match look.stack {
        Stack::Stacked100 => Unit::Percent,
        _ if roles.y.iter().all(is_span) => Unit::Span,
        _ => Unit::Number,
    };
    let many = points.series.len() > 1;
    let numbered: Vec<(usize, Series)> = points.series.into_iter().enumerate().collect();
    let split = look.panels && many;
    let groups: Vec<Vec<(usize, Series)>> = match split {
        true => numbered.into_iter().map(|one| vec![one]).collect(),
        false => vec![numbered],
    };
    if groups.len() > MOST_PANELS {
        let left = groups.len() - MOST_PANELS;
        look.notes.push(format!("there are at most {MOST_PANELS} panels: {left} series are not drawn"));
    }
    let mut hidden = 0;
    let panels = groups
        .into_iter()
        .take(MOST_PANELS)
        .map(|series| {
            let y = y_scale(&series, mark, unit.clone(), look);
            let all = series.iter().flat_map(|(_, series)| &series.points);
            hidden += all.filter(|point| point.high.is_finite() && !y.shows(point.high)).count();
            Panel { y, series }
        })
        .collect();
    if hidden > 0 {
        look.notes.push(format!("{hidden} values of 0 or less have no place on a logarithmic axis"));
    }
    Ok(Plot {
        mark,
        x,
        x_title,
        y_title,
        slot,
        stacked,
        legend: look.legend && many && !split,
        x_ends,
        panels,
    })
}

/// The smallest distance between two places.
fn narrowest(points: &Points) -> f64 {
    let mut xs: Vec<f64> =
        points.series.iter().flat_map(|series| &series.points).map(|point| point.x).collect();
    xs.sort_by(f64::total_cmp);
    xs.dedup();
    let gaps = xs.iter().zip(xs.iter().skip(1)).map(|(one, next)| next - one);
    let gap = gaps.fold(f64::INFINITY, f64::min);
    if gap.is_finite() { gap } else { 1.0 }
}

fn ends(points: &Points) -> (f64, f64) {
    let all = points.series.iter().flat_map(|series| &series.points).map(|point| point.x);
    all.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)))
}

fn x_scale(points: &Points, (is_bar, is_dots): (bool, bool), slot: f64, look: &Look) -> Scale {
    let (low, high) = match &points.domain {
        Domain::Names(names) => (0.0, names.len().max(1) as f64 - 1.0),
        _ => ends(points),
    };
    let named = matches!(points.domain, Domain::Names(_));
    let half = if is_bar || named { slot / 2.0 } else { 0.0 };
    let unit = match &points.domain {
        Domain::Number => Unit::Number,
        Domain::Time => Unit::Time,
        Domain::Names(names) => Unit::Name(names.clone()),
    };
    let is_time = unit == Unit::Time;
    let limit =
        |text: &Option<String>| text.as_ref().and_then(|text| look::limit(text, is_time)).filter(|_| !named);
    let (wanted_low, wanted_high) = (limit(&look.x_min), limit(&look.x_max));
    let log = look.x_log && !is_time && !named;
    let scale = Scale::new(wanted_low.unwrap_or(low - half), wanted_high.unwrap_or(high + half), log, unit);
    match &points.domain {
        Domain::Number if is_dots => scale.rounded(8, wanted_low.is_some(), wanted_high.is_some()),
        _ => scale,
    }
}

fn y_scale(series: &[(usize, Series)], mark: Mark, unit: Unit, look: &Look) -> Scale {
    let log = look.y_log;
    let all = series.iter().flat_map(|(_, series)| &series.points);
    let values =
        all.flat_map(
            |point| if log { [point.high, point.high] } else { [point.low.min(point.high), point.high] },
        );
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for value in values.filter(|value| value.is_finite() && (!log || *value > 0.0)) {
        low = low.min(value);
        high = high.max(value);
    }
    // Lengths are compared from 0; lines too, unless all of them are far from it.
    let from_zero = matches!(mark, Mark::Bar | Mark::Column | Mark::Area);
    if !log && !from_zero {
        // The base of a line is not drawn.
        low = series
            .iter()
            .flat_map(|(_, series)| &series.points)
            .map(|point| point.high)
            .fold(f64::INFINITY, f64::min);
    }
    if !log && (from_zero || low >= 0.0 && low <= high * 0.6) {
        low = low.min(0.0);
        high = high.max(0.0);
    }
    if unit == Unit::Percent && low >= 0.0 {
        high = 100.0;
    }
    if log && from_zero && low.is_finite() {
        // The smallest bar has a length too.
        low /= 2.0;
    }
    let (wanted_low, wanted_high) = (look.y_min, look.y_max);
    let scale = Scale::new(wanted_low.unwrap_or(low), wanted_high.unwrap_or(high), log, unit);
    scale.rounded(5, wanted_low.is_some(), wanted_high.is_some())
}
