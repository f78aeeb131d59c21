//! Charts as text: lines in dots of Braille characters, bars in eighths of a block.

mod bars;
mod canvas;
mod cards;
mod columns;
mod plot;

use crate::chart::{Chart, Mark, Picture, Plot};
use crate::scale::Unit;

/// The room for a chart.
#[derive(Debug, Clone, Copy)]
pub struct Room {
    /// Characters in a line.
    pub width: usize,
    /// Lines of the rectangle within the axes, of one panel.
    pub height: usize,
    /// Whether series are told apart by colours; else by signs.
    pub colour: bool,
}

/// Colours of the terminal for series: those of the theme, so that they can be read on any background.
const COLOURS: [&str; 10] = ["34", "33", "31", "36", "32", "35", "94", "93", "91", "96"];

/// What tells series apart without colours.
const SIGNS: [char; 10] = ['●', '▲', '■', '◆', '○', '△', '□', '◇', '✚', '✖'];

/// What fills bars without colours.
const FILLS: [char; 4] = ['█', '▒', '░', '▓'];

/// How many lines a legend may take.
const LEGEND_LINES: usize = 3;

fn sign(number: usize) -> char {
    SIGNS.get(number % SIGNS.len()).copied().unwrap_or('●')
}

fn painted(text: &str, number: usize, room: &Room) -> String {
    let code = COLOURS.get(number % COLOURS.len()).copied().unwrap_or("0");
    if room.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_string() }
}

fn faint(text: &str, room: &Room) -> String {
    if room.colour && !text.is_empty() { format!("\x1b[2m{text}\x1b[0m") } else { text.to_string() }
}

/// The lines of a chart.
pub fn text(chart: &Chart, room: &Room) -> String {
    let mut lines = Vec::new();
    if let Some(title) = &chart.title {
        let title = elided(&one_line(title), room.width);
        let indent = room.width.saturating_sub(title.chars().count()) / 2;
        let bold = if room.colour { format!("\x1b[1m{title}\x1b[0m") } else { title };
        lines.push(format!("{}{bold}", " ".repeat(indent)));
    }
    match &chart.picture {
        Picture::Pie(slices, _) => bars::pie(slices, room, &mut lines),
        Picture::Cards(list) => cards::draw(list, room, &mut lines),
        Picture::Plot(plot) if plot.mark == Mark::Bar => bars::draw(plot, room, &mut lines),
        Picture::Plot(plot) if plot.mark == Mark::Column && !columns::fits(plot, room) => {
            bars::draw(plot, room, &mut lines);
        }
        Picture::Plot(plot) if plot.mark == Mark::Column => columns::draw(plot, room, &mut lines),
        Picture::Plot(plot) => plot::draw(plot, room, &mut lines),
    }
    let mut text = String::new();
    for line in lines {
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// What is written below the x-axis: its name, and for times from when to when.
pub(crate) fn x_caption(plot: &Plot) -> String {
    one_line(&match plot.x.unit {
        Unit::Time => {
            let (low, high) = (plot.x.words(plot.x_ends.0), plot.x.words(plot.x_ends.1));
            let second =
                |text: &str| text.split_once('.').map_or(text.to_string(), |(head, _)| head.to_string());
            format!("{}, {} to {}", plot.x_title, second(&low), second(&high))
        }
        _ => plot.x_title.clone(),
    })
}

/// The names of series with their colours or signs, over as few lines as they need.
fn legend(names: &[(usize, &str)], signs: fn(usize) -> char, room: &Room, lines: &mut Vec<String>) {
    let mut line = String::new();
    let mut width = 0;
    let mut begun = 0;
    for (place, (number, name)) in names.iter().enumerate() {
        let name = elided(&one_line(name), 32);
        let length = name.chars().count() + 4;
        if width > 0 && width + length > room.width {
            lines.push(std::mem::take(&mut line));
            width = 0;
            begun += 1;
            if begun == LEGEND_LINES {
                lines.push(faint(&format!("  and {} more", names.len() - place), room));
                return;
            }
        }
        line.push_str(&format!("  {} {name}", painted(&signs(*number).to_string(), *number, room)));
        width += length;
    }
    lines.push(line);
}

/// A text without what would steer a terminal.
pub(crate) fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// A text of so many characters at most, cut in its middle.
pub(crate) fn elided(text: &str, most: usize) -> String {
    let length = text.chars().count();
    if length <= most {
        return text.to_string();
    }
    let head = most.saturating_sub(1).div_ceil(2);
    let tail = most.saturating_sub(1) - head;
    let begin: String = text.chars().take(head).collect();
    let end: String = text.chars().skip(length - tail).collect();
    format!("{begin}…{end}")
}
