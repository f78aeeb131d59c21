//! The picture of a diagnostic: the line it is about, and a mark under the place. Only here do spans become
//! lines and columns.

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
/// syntax error [KQL0001]: expected `by`, found the end of the query
///  --> 2:8
///   |
/// 2 | | top 5
///   |        ^
///   |   --- while parsing `top`
/// ```
pub fn render(text: &str, diagnostic: &Diagnostic) -> String {
    let at = position(text, diagnostic.span.start as usize);
    let mut marks = vec![(at.line, diagnostic.span, '^', "")];
    for label in &diagnostic.labels {
        let line = position(text, label.span.start as usize).line;
        marks.push((line, label.span, '-', label.message.as_str()));
    }
    marks.sort_by_key(|(line, ..)| *line);
    let width = marks.last().map_or(1, |(line, ..)| line.to_string().len());
    let mut lines = vec![
        diagnostic.to_string(),
        format!("{:width$}--> {}:{}", "", at.line, at.column),
        format!("{:width$} |", ""),
    ];
    let mut shown = 0;
    for (line, span, mark, remark) in marks {
        let source = text.lines().nth(line - 1).unwrap_or("").trim_end();
        if line != shown {
            lines.push(format!("{line:width$} | {source}"));
            shown = line;
        }
        let under = underline(text, source, span, mark);
        lines.push(format!("{:width$} | {under} {remark}", "").trim_end().to_string());
    }
    lines.extend(diagnostic.hints.iter().map(|hint| format!("{:width$} = help: {hint}", "")));
    lines.join("\n")
}

/// Marks under the part of the span that lies on its first line.
fn underline(text: &str, source: &str, span: Span, mark: char) -> String {
    let before = position(text, span.start as usize).column - 1;
    // A tab is as wide as the terminal likes, so the marks are indented by the same tabs.
    let indent = source.chars().chain(std::iter::repeat(' ')).take(before);
    let indent: String = indent.map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
    let marked = span.of(text).lines().next().unwrap_or("").chars().count().max(1);
    indent + &mark.to_string().repeat(marked)
}
