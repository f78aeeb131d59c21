//! Lines, areas and dots over two axes.

use super::canvas::Canvas;
use super::{Room, elided, faint, legend, one_line, sign, x_caption};
use crate::chart::{Mark, Panel, Plot};
use crate::points::Point;
use crate::scale::{Scale, Tick, Unit};

/// Points of a series are drawn as whole characters up to this many, which are seen better than dots.
const MOST_SIGNS: usize = 500;

pub(super) fn draw(plot: &Plot, room: &Room, lines: &mut Vec<String>) {
    let margin = margin(plot);
    let width = room.width.saturating_sub(margin + 2).max(10);
    let many = plot.panels.iter().map(|panel| panel.series.len()).sum::<usize>() > 1;
    let count = plot.panels.len();
    let height = if count == 1 { room.height } else { (room.height * 2 / 3).max(5) };
    for (place, panel) in plot.panels.iter().enumerate() {
        if count > 1 {
            let name = panel.series.first().map_or("", |(_, series)| series.name.as_str());
            lines.push(format!("{}{}", " ".repeat(margin + 1), one_line(name)));
        } else if !plot.y_title.is_empty() {
            lines.push(faint(&one_line(&plot.y_title), room));
        }
        let mut canvas = Canvas::new(width, height, many && count == 1 && !room.colour);
        for (number, series) in &panel.series {
            marks(plot, panel, &series.points, *number, &mut canvas);
        }
        for (_, series) in &panel.series {
            for point in &series.anomalies {
                let (x, y) = place_of(plot, panel, point.x, point.high, &canvas);
                // The third colour is red.
                canvas.sign(x, y, '◉', 2);
            }
        }
        rows(&panel.y, canvas.lines(room), margin, room, lines);
        let is_last = place + 1 == count;
        x_axis(&plot.x, width, margin, is_last, room, lines);
    }
    let caption = x_caption(plot);
    if !plot.x_title.is_empty() {
        let indent = margin + 1 + width.saturating_sub(caption.chars().count()) / 2;
        lines.push(format!("{}{}", " ".repeat(indent), faint(&caption, room)));
    }
    if plot.legend && count == 1 {
        let all = plot.panels.iter().flat_map(|panel| &panel.series);
        let names: Vec<(usize, &str)> = all.map(|(number, series)| (*number, series.name.as_str())).collect();
        let signs: fn(usize) -> char = if room.colour { |_| '●' } else { sign };
        legend(&names, signs, room, lines);
    }
}

/// The width of the labels of the y-axis.
pub(super) fn margin(plot: &Plot) -> usize {
    let ticks = plot.panels.iter().flat_map(|panel| panel.y.ticks(5));
    ticks.map(|tick| tick.label.chars().count()).max().unwrap_or(0)
}

fn place_of(plot: &Plot, panel: &Panel, x: f64, y: f64, canvas: &Canvas) -> (i64, i64) {
    let (width, height) = canvas.size();
    // Far outside is as good as outside.
    let across = plot.x.at(x).clamp(-1.0, 2.0) * (width.saturating_sub(1)) as f64;
    let down = (1.0 - panel.y.at(y).clamp(-1.0, 2.0)) * (height.saturating_sub(1)) as f64;
    (across.round() as i64, down.round() as i64)
}

fn marks(plot: &Plot, panel: &Panel, points: &[Point], number: usize, canvas: &mut Canvas) {
    let mut before: Option<&Point> = None;
    let floor = |value: f64| if panel.y.log { value.max(panel.y.low) } else { value };
    for point in points {
        if !panel.y.shows(point.high) || !plot.x.shows(point.x) {
            before = None;
            continue;
        }
        let to = place_of(plot, panel, point.x, point.high, canvas);
        match (plot.mark, before) {
            (Mark::Dot, _) if points.len() <= MOST_SIGNS => {
                let shown = if canvas.signs { sign(number) } else { '•' };
                canvas.sign(to.0, to.1, shown, number);
            }
            (Mark::Dot, _) | (_, None) => canvas.dot(to.0, to.1, number),
            (mark, Some(last)) => {
                let from = place_of(plot, panel, last.x, last.high, canvas);
                if mark == Mark::Area {
                    let base = |point: &Point| floor(if plot.stacked { point.low } else { 0.0 });
                    let ends = (
                        place_of(plot, panel, last.x, base(last), canvas).1,
                        place_of(plot, panel, point.x, base(point), canvas).1,
                    );
                    fill((from, to), ends, number, canvas);
                }
                canvas.line(from, to, number);
            }
        }
        before = Some(point);
    }
}

/// Fills what is between a line and the one below it, every other dot.
fn fill(
    (from, to): ((i64, i64), (i64, i64)),
    (base_from, base_to): (i64, i64),
    number: usize,
    canvas: &mut Canvas,
) {
    let length = (to.0 - from.0).max(1);
    for step in 0..=length {
        let part = step as f64 / length as f64;
        let top = from.1 as f64 + (to.1 - from.1) as f64 * part;
        let bottom = base_from as f64 + (base_to - base_from) as f64 * part;
        let (top, bottom) = (top.min(bottom).round() as i64, top.max(bottom).round() as i64);
        for y in top..bottom {
            if (from.0 + step + y) % 2 == 0 {
                canvas.dot(from.0 + step, y, number);
            }
        }
    }
}

/// Writes lines behind the y-axis with its labels.
pub(super) fn rows(y: &Scale, body: Vec<String>, margin: usize, room: &Room, lines: &mut Vec<String>) {
    let height = body.len();
    let mut labels = vec![String::new(); height];
    for tick in y.ticks((height / 3).clamp(2, 5)) {
        let row = (1.0 - y.at(tick.value)) * (height.saturating_sub(1)) as f64;
        if row > -0.5
            && let Some(label) = labels.get_mut(row.round() as usize)
        {
            *label = tick.label;
        }
    }
    for (label, line) in labels.into_iter().zip(body) {
        let mark = if label.is_empty() { '│' } else { '┤' };
        lines.push(format!("{}{line}", faint(&format!("{label:>margin$} {mark}"), room)));
    }
}

/// Writes the x-axis, and its labels below the last panel.
pub(super) fn x_axis(
    x: &Scale,
    width: usize,
    margin: usize,
    labelled: bool,
    room: &Room,
    lines: &mut Vec<String>,
) {
    let ticks = match &x.unit {
        Unit::Name(_) => named_ticks(x, width),
        _ => x.ticks((width / 14).clamp(2, 10)),
    };
    let mut axis: Vec<char> = vec!['─'; width];
    let mut text: Vec<char> = vec![' '; width + 8];
    let mut free = 0;
    for tick in ticks {
        let at = (x.at(tick.value) * width.saturating_sub(1) as f64).round() as usize;
        let label: Vec<char> = tick.label.chars().collect();
        let begin = at.saturating_sub(label.len() / 2).max(free);
        if begin + label.len() > text.len() || begin > at {
            continue;
        }
        if let Some(place) = axis.get_mut(at) {
            *place = '┬';
        }
        for (place, character) in text.iter_mut().skip(begin).zip(&label) {
            *place = *character;
        }
        free = begin + label.len() + 2;
    }
    let line: String = axis.into_iter().collect();
    lines.push(faint(&format!("{} └{line}", " ".repeat(margin)), room));
    if labelled {
        let text: String = text.into_iter().collect();
        lines.push(faint(&format!("{}  {}", " ".repeat(margin), text.trim_end()), room));
    }
}

/// Names, cut to the room that each has.
fn named_ticks(x: &Scale, width: usize) -> Vec<Tick> {
    let ticks = x.ticks(0);
    let room = (width / ticks.len().max(1)).saturating_sub(1).max(6);
    ticks.into_iter().map(|tick| Tick { label: elided(&one_line(&tick.label), room), ..tick }).collect()
}
