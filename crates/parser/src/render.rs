//! The picture of a diagnostic: the line it is about, and a mark under the place. Only here do spans become
//! lines and columns.

use std::fmt::Write;

use crate::diagnostic::Diagnostic;
use crate::span::Span;

/// A place in lines and characters, both counted from one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The character within the line.
    pub column: usize,
}

/// Where a byte offset lies in the text; offsets beyond the end give the end.
pub fn position(text: &str, offset: usize) -> Position {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    Position {
        line: before.matches('\n').count() + 1,
        column: before.get(line_start..).unwrap_or("").chars().count() + 1,
    }
}

/// The diagnostic as text of several lines, the last without a line end.
///
/// ```text
/// syntax error [KQL0002]: no operator is named `wher`
///  --> 2:3
///   |
/// 2 | | wher a == 1
///   |   ^^^^
///   = help: did you mean `where`?
/// ```
pub fn render(text: &str, diagnostic: &Diagnostic) -> String {
    let at = position(text, diagnostic.span.start as usize);
    let width = diagnostic
        .labels
        .iter()
        .map(|label| position(text, label.span.start as usize).line)
        .chain([at.line])
        .max()
        .map_or(1, |line| line.to_string().len());
    let mut picture = format!("{diagnostic}\n{:width$}--> {}:{}\n", "", at.line, at.column);
    let _ = writeln!(picture, "{:width$} |", "");
    underline(&mut picture, text, diagnostic.span, width, '^', "");
    for label in &diagnostic.labels {
        underline(&mut picture, text, label.span, width, '-', &label.message);
    }
    for hint in &diagnostic.hints {
        let _ = writeln!(picture, "{:width$} = help: {hint}", "");
    }
    picture.truncate(picture.trim_end().len());
    picture
}

/// The first line of the span with marks under it and a remark behind them.
fn underline(picture: &mut String, text: &str, span: Span, width: usize, mark: char, remark: &str) {
    let at = position(text, span.start as usize);
    let line = text.lines().nth(at.line - 1).unwrap_or("");
    let shown = line.trim_end();
    let marked = span.of(text).lines().next().unwrap_or("").chars().count().max(1);
    // A tab is as wide as the terminal likes, so the marks are indented by the same tabs.
    let indent: String =
        line.chars().take(at.column - 1).map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
    let _ = writeln!(picture, "{:width$} | {shown}", at.line);
    let marks = mark.to_string().repeat(marked);
    let _ = writeln!(picture, "{:width$} | {indent}{marks} {remark}", "");
    // Without a remark the line would end with a space.
    picture.truncate(picture.trim_end().len());
    picture.push('\n');
}
