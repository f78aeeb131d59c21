//! Upright bars in eighths of a character.

use super::plot::{margin, rows, x_axis};
use super::{COLOURS, FILLS, Room, faint, legend, one_line, painted, x_caption};
use crate::chart::{Panel, Plot};
use crate::scale::Unit;

const EIGHTHS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Whether columns can be told from each other here, and the names below them be read; else they are drawn as bars.
pub(super) fn fits(plot: &Plot, room: &Room) -> bool {
    let Unit::Name(names) = &plot.x.unit else { return true };
    let width = room.width.saturating_sub(margin(plot) + 2);
    let slot = width / names.len().max(1);
    let longest = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    longest < slot.max(2)
}

pub(super) fn draw(plot: &Plot, room: &Room, lines: &mut Vec<String>) {
    let margin = margin(plot);
    let width = room.width.saturating_sub(margin + 2).max(10);
    let count = plot.panels.len();
    let height = if count == 1 { room.height } else { (room.height / 2).max(5) };
    for (place, panel) in plot.panels.iter().enumerate() {
        if count > 1 {
            let name = panel.series.first().map_or("", |(_, series)| series.name.as_str());
            lines.push(format!("{}{}", " ".repeat(margin + 1), one_line(name)));
        } else if !plot.y_title.is_empty() {
            lines.push(faint(&one_line(&plot.y_title), room));
        }
        rows(&panel.y, columns(plot, panel, width, height, room), margin, room, lines);
        x_axis(&plot.x, width, margin, place + 1 == count, room, lines);
    }
    if !plot.x_title.is_empty() {
        let caption = x_caption(plot);
        let indent = margin + 1 + width.saturating_sub(caption.chars().count()) / 2;
        lines.push(format!("{}{}", " ".repeat(indent), faint(&caption, room)));
    }
    if plot.legend && count == 1 {
        let all = plot.panels.iter().flat_map(|panel| &panel.series);
        let names: Vec<(usize, &str)> = all.map(|(number, series)| (*number, series.name.as_str())).collect();
        let signs: fn(usize) -> char = if room.colour { |_| '█' } else { filling };
        legend(&names, signs, room, lines);
    }
}

pub(super) fn filling(number: usize) -> char {
    FILLS.get(number % FILLS.len()).copied().unwrap_or('█')
}

/// A piece of a bar in eighths of a line from the bottom.
#[derive(Clone, Copy)]
struct Piece {
    from: usize,
    to: usize,
    series: usize,
}

fn columns(plot: &Plot, panel: &Panel, width: usize, height: usize, room: &Room) -> Vec<String> {
    let mut fields: Vec<Vec<Piece>> = vec![Vec::new(); width];
    let slot = plot.slot / (plot.x.high - plot.x.low) * width as f64;
    let count = if plot.stacked { 1 } else { panel.series.len() };
    // A gap between slots, where there is room for one.
    let gap = if slot >= 3.0 { 1.0 } else { 0.0 };
    let bar = ((slot - gap) / count as f64).max(1.0).floor();
    let eighth = |value: f64| (panel.y.at(value).clamp(0.0, 1.0) * (height * 8) as f64).round() as usize;
    let base = |value: f64| if panel.y.log { value.max(panel.y.low) } else { value };
    for (place, (number, series)) in panel.series.iter().enumerate() {
        for point in series.points.iter().filter(|point| panel.y.shows(point.high)) {
            let begin = (plot.x.at(point.x) * width as f64 - slot / 2.0).round();
            let shift = if plot.stacked { 0.0 } else { bar * place as f64 };
            let low = if plot.stacked { base(point.low) } else { base(0.0) };
            let (from, mut to) = (eighth(low.min(point.high)), eighth(low.max(point.high)));
            // What is not nothing can be seen.
            if to == from && point.value != 0.0 {
                to += 1;
            }
            for x in 0..bar as usize {
                let at = begin + shift + x as f64;
                if at >= 0.0
                    && let Some(field) = fields.get_mut(at as usize)
                {
                    field.push(Piece { from, to, series: *number });
                }
            }
        }
    }
    (0..height).rev().map(|row| line(&fields, row * 8, plot.stacked, room)).collect()
}

/// One line of characters, whose bottom is at a number of eighths.
fn line(fields: &[Vec<Piece>], bottom: usize, stacked: bool, room: &Room) -> String {
    let mut text = String::new();
    for pieces in fields {
        // The piece that reaches highest within this character, and what it stands on.
        let within: Vec<(usize, usize, usize)> = pieces
            .iter()
            .map(|piece| {
                let from = piece.from.saturating_sub(bottom).min(8);
                (from, piece.to.saturating_sub(bottom).min(8), piece.series)
            })
            .filter(|(from, to, _)| to > from)
            .collect();
        match within.as_slice() {
            [] => text.push(' '),
            [(0, to, series)] if room.colour || *to < 8 || !stacked => {
                let full = if room.colour { '█' } else { filling(*series) };
                let shown = if *to == 8 { full } else { EIGHTHS.get(*to).copied().unwrap_or('█') };
                text.push_str(&painted(&shown.to_string(), *series, room));
            }
            [(0, split, low), (_, 8, high), ..] if room.colour => {
                let (low, high) = (code(*low), background(*high));
                let shown = EIGHTHS.get(*split).copied().unwrap_or('█');
                text.push_str(&format!("\x1b[{low};{high}m{shown}\x1b[0m"));
            }
            all => {
                let largest = all.iter().max_by_key(|(from, to, _)| to - from);
                let (_, _, series) = largest.copied().unwrap_or((0, 0, 0));
                let shown = if room.colour { '█' } else { filling(series) };
                text.push_str(&painted(&shown.to_string(), series, room));
            }
        }
    }
    text
}

fn code(number: usize) -> &'static str {
    COLOURS.get(number % COLOURS.len()).copied().unwrap_or("0")
}

/// The same colour behind a character.
fn background(number: usize) -> String {
    code(number).parse::<u32>().map_or(String::new(), |code| (code + 10).to_string())
}
