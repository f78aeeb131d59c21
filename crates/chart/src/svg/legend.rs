//! The names of series beside a plot.

use super::{FAINT, INK, Sheet, colour, elided, short, width_of};

/// The widest that a legend gets.
const WIDEST: f64 = 220.0;
const LINE: f64 = 19.0;

/// The room that the names take, with the gap before them.
pub(super) fn room(names: &[&str]) -> f64 {
    names.iter().map(|name| width_of(name)).fold(0.0, f64::max).min(WIDEST) + 40.0
}

/// Writes names with their colours below each other, as many as there is room for.
pub(super) fn draw(names: &[(usize, &str)], (x, y): (f64, f64), height: f64, sheet: &mut Sheet) {
    let most = ((height / LINE) as usize).max(1);
    let shown = if names.len() > most { most - 1 } else { names.len() };
    for (row, (number, name)) in names.iter().take(shown).enumerate() {
        let top = y + row as f64 * LINE;
        sheet.push(&format!(
            "<rect x=\"{}\" y=\"{}\" width=\"11\" height=\"11\" rx=\"2\" fill=\"{}\"/>",
            short(x),
            short(top + 2.0),
            colour(*number)
        ));
        sheet.label(x + 18.0, top + 12.0, &elided(name, WIDEST), &format!("fill=\"{INK}\""));
    }
    if shown < names.len() {
        let text = format!("and {} more", names.len() - shown);
        sheet.label(x + 18.0, y + shown as f64 * LINE + 12.0, &text, &format!("fill=\"{FAINT}\""));
    }
}
