//! Parts of a circle.

use std::f64::consts::TAU;

use super::{FAINT, INK, Sheet, WIDTH, colour, elided, escaped, short};
use crate::chart::Slice;
use crate::scale::number;

const RADIUS: f64 = 150.0;
const LINE: f64 = 21.0;

/// How many names the legend has.
const MOST_NAMES: usize = 18;

pub(super) fn draw(slices: &[Slice], legend: bool, sheet: &mut Sheet) {
    let (x, y) = (if legend { 250.0 } else { WIDTH / 2.0 }, sheet.top + RADIUS + 14.0);
    let mut begin = 0.0;
    for (place, slice) in slices.iter().enumerate() {
        let end = begin + slice.part;
        let title =
            escaped(&format!("{}\n{} ({:.1} %)", slice.name, number(slice.value), slice.part * 100.0));
        let fill = format!("fill=\"{}\" stroke=\"#ffffff\" stroke-width=\"1.5\"", colour(place));
        if slice.part > 0.9999 {
            sheet.push(&format!(
                "<circle cx=\"{x}\" cy=\"{y}\" r=\"{RADIUS}\" {fill}><title>{title}</title></circle>"
            ));
        } else if slice.part > 0.0 {
            let at = |turn: f64, radius: f64| {
                let angle = (turn - 0.25) * TAU;
                (x + radius * angle.cos(), y + radius * angle.sin())
            };
            let (from, to) = (at(begin, RADIUS), at(end, RADIUS));
            sheet.push(&format!(
                "<path d=\"M{x},{y} L{},{} A{RADIUS},{RADIUS} 0 {} 1 {},{} Z\" {fill}><title>{title}</title></path>",
                short(from.0),
                short(from.1),
                u8::from(slice.part > 0.5),
                short(to.0),
                short(to.1)
            ));
            if slice.part >= 0.05 {
                let (text_x, text_y) = at((begin + end) / 2.0, RADIUS * 0.68);
                let text = format!("{:.0} %", slice.part * 100.0);
                sheet.label(
                    text_x,
                    text_y + 4.0,
                    &text,
                    "text-anchor=\"middle\" fill=\"#ffffff\" font-weight=\"600\"",
                );
            }
        }
        begin = end;
    }
    if legend {
        let shown = if slices.len() > MOST_NAMES { MOST_NAMES - 1 } else { slices.len() };
        let left = x + RADIUS + 50.0;
        let top = (y - shown.min(MOST_NAMES) as f64 * LINE / 2.0).max(sheet.top);
        for (place, slice) in slices.iter().take(shown).enumerate() {
            let line = top + place as f64 * LINE;
            let (square, text) = (short(line + 2.0), line + 12.0);
            sheet.push(&format!(
                "<rect x=\"{left}\" y=\"{square}\" width=\"11\" height=\"11\" rx=\"2\" fill=\"{}\"/>",
                colour(place)
            ));
            sheet.label(left + 18.0, text, &elided(&slice.name, 300.0), &format!("fill=\"{INK}\""));
            let share = format!("{} ({:.1} %)", number(slice.value), slice.part * 100.0);
            sheet.label(WIDTH - 40.0, text, &share, &format!("text-anchor=\"end\" fill=\"{FAINT}\""));
        }
        if shown < slices.len() {
            let text = format!("and {} more", slices.len() - shown);
            sheet.label(left + 18.0, top + shown as f64 * LINE + 12.0, &text, &format!("fill=\"{FAINT}\""));
        }
        sheet.top = sheet.top.max(top + shown as f64 * LINE);
    }
    sheet.top = sheet.top.max(y + RADIUS);
}
