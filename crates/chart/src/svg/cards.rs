//! Values in large letters.

use super::{FAINT, GRID, INK, MARGIN, Sheet, WIDTH, elided, short};
use crate::chart::Card;

const GAP: f64 = 16.0;
const HEIGHT: f64 = 110.0;
const IN_A_ROW: usize = 4;

pub(super) fn draw(cards: &[Card], sheet: &mut Sheet) {
    for row in cards.chunks(IN_A_ROW) {
        let count = row.len() as f64;
        let width = (WIDTH - 2.0 * MARGIN - GAP * (count - 1.0)) / count;
        for (place, card) in row.iter().enumerate() {
            let left = MARGIN + place as f64 * (width + GAP);
            let top = sheet.top;
            sheet.push(&format!(
                "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{HEIGHT}\" rx=\"8\" fill=\"#ffffff\" stroke=\"{GRID}\"/>",
                short(left),
                short(top),
                short(width)
            ));
            let middle = left + width / 2.0;
            let large =
                40.0_f64.min((width - 24.0) * 1.6 / card.value.chars().count().max(1) as f64).max(12.0);
            let value = elided(&card.value, width * 6.6 / (large * 0.6));
            sheet.label(
                middle,
                top + 60.0,
                &value,
                &format!(
                    "text-anchor=\"middle\" font-size=\"{}\" font-weight=\"600\" fill=\"{INK}\"",
                    short(large)
                ),
            );
            sheet.label(
                middle,
                top + 92.0,
                &elided(&card.name, width),
                &format!("text-anchor=\"middle\" fill=\"{FAINT}\""),
            );
        }
        sheet.top += HEIGHT + GAP;
    }
}
