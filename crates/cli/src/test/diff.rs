//! Differences between expected and actual rows, for reading.

use std::fmt::Write;

use kql_types::OwnedCell;

use super::compare::{Actual, Pair, Wanted};
use super::matcher::shown;

/// Rows of a difference that are shown.
const SHOWN: usize = 20;
/// Characters of a cell that are shown.
const WIDTH: usize = 60;

/// A number of rows in words.
pub fn rows(count: usize) -> String {
    if count == 1 { "1 row".to_string() } else { format!("{count} rows") }
}

/// A line of a table with a mark in front: `-` for what was expected, `+` for what came, `~` for what differs.
struct Line {
    mark: char,
    cells: Vec<String>,
    /// The cells that differ.
    marked: Vec<usize>,
}

/// The rows in which both sides differ.
pub fn table(pairs: &[Pair], wanted: &[Wanted<'_>], actual: &Actual) -> String {
    let whole = pairs.iter().any(|pair| matches!(pair, Pair::Missing(_) | Pair::Extra(_)));
    let named: Vec<usize> = (0..actual.columns.len())
        .filter(|place| {
            wanted.is_empty() || wanted.iter().any(|row| row.cells.iter().any(|(named, _, _)| named == place))
        })
        .collect();
    // Where every row has its partner, the columns that differ tell enough, with the first one to know the row by.
    let differs = |place: &usize| {
        pairs.iter().any(|pair| matches!(pair, Pair::Differs(_, _, places) if places.contains(place)))
    };
    let columns: Vec<usize> = match named.first() {
        Some(first) if !whole => {
            named.iter().copied().filter(|place| place == first || differs(place)).collect()
        }
        _ => named,
    };
    let mut lines = Vec::new();
    for pair in pairs {
        match pair {
            Pair::Same(..) => {}
            Pair::Missing(left) => lines.push(Line {
                mark: '-',
                cells: columns.iter().map(|place| expected(&wanted[*left], *place)).collect(),
                marked: Vec::new(),
            }),
            Pair::Extra(right) => lines.push(Line {
                mark: '+',
                cells: columns.iter().map(|place| got(&actual.rows[*right], *place)).collect(),
                marked: Vec::new(),
            }),
            Pair::Differs(left, right, places) => {
                let cell = |place: &usize| {
                    let got = got(&actual.rows[*right], *place);
                    if places.contains(place) {
                        format!("{} → {got}", expected(&wanted[*left], *place))
                    } else {
                        got
                    }
                };
                lines.push(Line {
                    mark: '~',
                    cells: columns.iter().map(cell).collect(),
                    marked: (0..columns.len()).filter(|at| places.contains(&columns[*at])).collect(),
                });
            }
        }
    }
    let mut header: Vec<String> = columns.iter().map(|place| actual.columns[*place].name.clone()).collect();
    leave_out_empty(&mut header, &mut lines);
    print(header, &lines)
}

/// Drops the columns in which no line that is shown has a value, but one.
fn leave_out_empty(header: &mut Vec<String>, lines: &mut Vec<Line>) {
    let shown = &lines[..lines.len().min(SHOWN)];
    let filled = |at: &usize| shown.iter().any(|line| !matches!(line.cells[*at].as_str(), "" | "(null)"));
    let kept: Vec<usize> = (0..header.len()).filter(filled).collect();
    if kept.is_empty() || kept.len() == header.len() {
        return;
    }
    *header = kept.iter().map(|at| header[*at].clone()).collect();
    for line in lines {
        line.cells = kept.iter().map(|at| line.cells[*at].clone()).collect();
        line.marked = (0..kept.len()).filter(|at| line.marked.contains(&kept[*at])).collect();
    }
}

fn expected(row: &Wanted<'_>, place: usize) -> String {
    let cell = row.cells.iter().find(|(named, _, _)| *named == place);
    cut(cell.map_or_else(String::new, |(_, node, _)| node.scalar().map_or_else(|| node.json(), String::from)))
}

fn got(row: &[OwnedCell], place: usize) -> String {
    cut(row.get(place).map_or_else(String::new, |cell| shown(cell.as_cell())))
}

fn cut(text: String) -> String {
    if text.chars().count() <= WIDTH {
        return text;
    }
    text.chars().take(WIDTH - 1).chain(['…']).collect()
}

fn print(header: Vec<String>, lines: &[Line]) -> String {
    let shown = &lines[..lines.len().min(SHOWN)];
    let mut widths: Vec<usize> = header.iter().map(|name| name.chars().count()).collect();
    for line in shown {
        for (width, cell) in widths.iter_mut().zip(&line.cells) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut out = String::new();
    let mut push = |mark: char, cells: &[String], marked: &[usize]| {
        let mut text = format!("{mark} ");
        for (at, (cell, width)) in cells.iter().zip(&widths).enumerate() {
            let padding = if at + 1 < cells.len() { width - cell.chars().count() + 2 } else { 0 };
            let emphasis = marked.contains(&at);
            let (on, off) = if emphasis { (MARK_ON, MARK_OFF) } else { ("", "") };
            // Writing into a String cannot fail.
            let _ = write!(text, "{on}{cell}{off}{:padding$}", "");
        }
        out.push_str(text.trim_end());
        out.push('\n');
    };
    push(' ', &header, &[]);
    for line in shown {
        push(line.mark, &line.cells, &line.marked);
    }
    if lines.len() > SHOWN {
        out += &format!("  {} more differences\n", lines.len() - SHOWN);
    }
    out
}

/// What stands before and after a cell that differs until it is known whether there are colours.
const MARK_ON: &str = "\u{1}";
const MARK_OFF: &str = "\u{2}";

/// The text with colours, or without.
pub fn coloured(text: &str, colours: bool) -> String {
    if !colours {
        return text.replace([MARK_ON, MARK_OFF].map(|mark| mark.chars().next().unwrap_or_default()), "");
    }
    let line = |line: &str| {
        let line = line.replace(MARK_ON, "\u{1b}[1;33m").replace(MARK_OFF, "\u{1b}[0m");
        let trimmed = line.trim_start();
        match trimmed.chars().next() {
            Some('-') if trimmed.starts_with("- ") => format!("\u{1b}[31m{line}\u{1b}[0m"),
            Some('+') if trimmed.starts_with("+ ") => format!("\u{1b}[32m{line}\u{1b}[0m"),
            _ => line,
        }
    };
    text.split('\n').map(line).collect::<Vec<_>>().join("\n")
}
