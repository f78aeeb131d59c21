//! Values in boxes.

use super::{Room, elided, faint, one_line};
use crate::chart::Card;

pub(super) fn draw(cards: &[Card], room: &Room, lines: &mut Vec<String>) {
    let inner = |card: &Card| {
        let widest = one_line(&card.value).chars().count().max(one_line(&card.name).chars().count());
        (widest + 4).clamp(12, room.width.saturating_sub(2).max(12))
    };
    let mut row: Vec<(&Card, usize)> = Vec::new();
    let mut width = 0;
    for card in cards {
        let wide = inner(card);
        if !row.is_empty() && width + wide + 3 > room.width {
            boxes(&row, room, lines);
            row.clear();
            width = 0;
        }
        row.push((card, wide));
        width += wide + 3;
    }
    boxes(&row, room, lines);
}

fn boxes(row: &[(&Card, usize)], room: &Room, lines: &mut Vec<String>) {
    let join = |part: &dyn Fn(&Card, usize) -> String| {
        row.iter().map(|(card, width)| part(card, *width)).collect::<Vec<_>>().join(" ")
    };
    let bold = |text: String| if room.colour { format!("\x1b[1m{text}\x1b[0m") } else { text };
    lines.push(join(&|_, width| format!("╭{}╮", "─".repeat(width))));
    lines.push(join(&|card, width| {
        format!("│{}│", bold(format!("{:^width$}", elided(&one_line(&card.value), width))))
    }));
    lines.push(join(&|card, width| {
        format!("│{}│", faint(&format!("{:^width$}", elided(&one_line(&card.name), width)), room))
    }));
    lines.push(join(&|_, width| format!("╰{}╯", "─".repeat(width))));
}
