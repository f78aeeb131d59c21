//! Bars to the right with their names and values; a pie is shown as bars of its parts.

use super::columns::filling;
use super::{Room, elided, faint, legend, one_line, painted};
use crate::chart::{Plot, Slice};
use crate::points::Point;
use crate::scale::{Scale, Unit, number};

const EIGHTHS: [char; 9] = [' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];

/// The most of a line that names take.
const NAMES: usize = 3;

pub(super) fn draw(plot: &Plot, room: &Room, lines: &mut Vec<String>) {
    for panel in &plot.panels {
        let names: Vec<String> = places(plot).into_iter().map(|(_, name)| name).collect();
        let margin = width_of(&names, room).max(plot.x_title.chars().count().min(room.width / NAMES));
        if plot.panels.len() > 1 {
            let name = panel.series.first().map_or("", |(_, series)| series.name.as_str());
            lines.push(format!("{} {}", " ".repeat(margin), one_line(name)));
        } else if !plot.y_title.is_empty() || !plot.x_title.is_empty() {
            let title = right(&elided(&one_line(&plot.x_title), margin), margin);
            lines.push(faint(&format!("{title} {}", one_line(&plot.y_title)), room));
        }
        let values = panel.series.iter().flat_map(|(_, series)| &series.points);
        let value_width = values.map(|point| words(&panel.y, point).chars().count()).max().unwrap_or(0);
        let width = room.width.saturating_sub(margin + value_width + 4).max(8);
        for (x, name) in places(plot) {
            let name = elided(&name, margin);
            if plot.stacked {
                let (bar, total) = stacked(plot, panel, x, width, room);
                lines.push(format!("{} {bar} {total}", right(&name, margin)));
                continue;
            }
            let mut label = name;
            for (colour, series) in &panel.series {
                let Some(point) = series.points.iter().find(|point| point.x == x) else { continue };
                if !panel.y.shows(point.high) {
                    continue;
                }
                let (blank, bar) = from_zero(&panel.y, point, width);
                let bar = painted(&shade(&bar, *colour, plot, room), *colour, room);
                let blank = " ".repeat(blank);
                lines.push(format!("{} {blank}{bar} {}", right(&label, margin), words(&panel.y, point)));
                label.clear();
            }
            if !label.is_empty() {
                lines.push(right(&label, margin));
            }
        }
    }
    if plot.legend && plot.panels.len() == 1 {
        let all = plot.panels.iter().flat_map(|panel| &panel.series);
        let names: Vec<(usize, &str)> = all.map(|(number, series)| (*number, series.name.as_str())).collect();
        let signs: fn(usize) -> char = if room.colour { |_| '█' } else { filling };
        legend(&names, signs, room, lines);
    }
}

/// The x values with their names.
fn places(plot: &Plot) -> Vec<(f64, String)> {
    let Unit::Name(names) = &plot.x.unit else { return Vec::new() };
    names.iter().enumerate().map(|(place, name)| (place as f64, one_line(name))).collect()
}

fn width_of(names: &[String], room: &Room) -> usize {
    names.iter().map(|name| name.chars().count()).max().unwrap_or(0).min(room.width / NAMES)
}

fn right(text: &str, width: usize) -> String {
    format!("{text:>width$}")
}

fn words(scale: &Scale, point: &Point) -> String {
    match scale.unit {
        Unit::Span => scale.words(point.value),
        Unit::Percent => format!("{:.1} %", point.high - point.low),
        _ => number(point.value),
    }
}

/// The bar of a value with the blanks before it: to the right from where 0 is, or to the left where it is less.
fn from_zero(y: &Scale, point: &Point, width: usize) -> (usize, String) {
    let place = |value: f64| y.at(value).clamp(0.0, 1.0);
    // Both sides begin at a whole character.
    let zero = (place(0.0) * width as f64).round();
    if point.high >= 0.0 {
        let part = place(point.high) - place(0.0);
        let room = width - zero as usize;
        let scaled = if room == 0 { 0.0 } else { part * width as f64 / room as f64 };
        return (zero as usize, bar(scaled, point.value, room));
    }
    let halves = ((place(0.0) - place(point.high)) * (width * 2) as f64).round() as usize;
    let halves = halves.clamp(1, (zero as usize * 2).max(1));
    let half = if halves % 2 == 1 { "▐" } else { "" };
    ((zero as usize).saturating_sub(halves.div_ceil(2)), format!("{half}{}", "█".repeat(halves / 2)))
}

/// A bar in eighths of a character; what is not nothing can be seen.
fn bar(part: f64, value: f64, width: usize) -> String {
    let eighths = (part.clamp(0.0, 1.0) * (width * 8) as f64).round() as usize;
    let eighths = if eighths == 0 && value != 0.0 { 1 } else { eighths };
    let mut text = "█".repeat(eighths / 8);
    if eighths % 8 > 0 {
        text.push(EIGHTHS.get(eighths % 8).copied().unwrap_or('█'));
    }
    text
}

/// Fills that differ where there are no colours.
fn shade(bar: &str, number: usize, plot: &Plot, room: &Room) -> String {
    let many = plot.panels.iter().any(|panel| panel.series.len() > 1);
    if room.colour || !many {
        return bar.to_string();
    }
    bar.replace('█', &filling(number).to_string())
}

/// The parts of a place with what their values add up to.
fn stacked(plot: &Plot, panel: &crate::chart::Panel, x: f64, width: usize, room: &Room) -> (String, String) {
    let mut total = 0.0;
    let mut cells: Vec<Option<usize>> = vec![None; width];
    let place = |value: f64| (panel.y.at(value).clamp(0.0, 1.0) * width as f64).round() as usize;
    for (colour, series) in &panel.series {
        let Some(point) = series.points.iter().find(|point| point.x == x) else { continue };
        total += point.value;
        let (low, high) = (place(point.low.min(point.high)), place(point.low.max(point.high)));
        if let Some(part) = cells.get_mut(low..high) {
            part.fill(Some(*colour));
        }
    }
    let end = cells.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
    let mut text = String::new();
    for run in cells.get(..end).unwrap_or_default().chunk_by(|one, next| one == next) {
        match run.first().copied().flatten() {
            Some(colour) => {
                let piece = "█".repeat(run.len());
                text.push_str(&painted(&shade(&piece, colour, plot, room), colour, room));
            }
            None => text.push_str(&" ".repeat(run.len())),
        }
    }
    (text, number(total))
}

pub(super) fn pie(slices: &[Slice], room: &Room, lines: &mut Vec<String>) {
    let names: Vec<String> = slices.iter().map(|slice| one_line(&slice.name)).collect();
    let margin = width_of(&names, room);
    let values: Vec<String> = slices.iter().map(|slice| number(slice.value)).collect();
    let value_width = values.iter().map(|value| value.chars().count()).max().unwrap_or(0);
    let width = room.width.saturating_sub(margin + value_width + 12).max(8);
    let largest = slices.iter().map(|slice| slice.part).fold(0.0, f64::max);
    for (place, ((slice, name), value)) in slices.iter().zip(&names).zip(&values).enumerate() {
        let bar = bar(slice.part / largest, slice.value, width);
        let blank = " ".repeat(width.saturating_sub(bar.chars().count()));
        lines.push(format!(
            "{} {}{blank} {value:>value_width$} {:>6.1} %",
            right(&elided(name, margin), margin),
            painted(&bar, place, room),
            slice.part * 100.0
        ));
    }
}
