//! Rewrites expected rows where they stand: cells that differ, rows that went and rows that came. Everything else of the
//! file, its comments and its matchers included, stays as it is.

use std::ops::Range;

use kql_types::{Cell, OwnedCell, text};

use super::compare::{Actual, Pair, Paired};
use super::yaml::{self, Node};

/// A change of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The bytes that go.
    pub range: Range<usize>,
    /// What stands there then. For rows in block style, lines without the indentation of the list.
    pub text: String,
}

/// The text after changes, which may come in any order.
pub fn apply(text: &str, edits: &[Edit]) -> String {
    let mut edits: Vec<&Edit> = edits.iter().collect();
    edits.sort_by_key(|edit| (edit.range.start, edit.range.end));
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for edit in edits {
        if edit.range.start < at {
            continue;
        }
        out += text.get(at..edit.range.start).unwrap_or_default();
        out += &edit.text;
        at = edit.range.end;
    }
    out + text.get(at..).unwrap_or_default()
}

/// The marks of edits that need the text around them: they are settled by [`settle`].
const WHOLE_ITEM: &str = "\u{0}remove";
const APPEND: &str = "\u{0}append";

/// The changes that make a list of expected rows hold.
pub fn rows(list: &Node, pairs: &[Paired<'_>], actual: &Actual) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut columns: Vec<usize> = Vec::new();
    for (_, wanted) in pairs {
        for (place, _, _) in wanted.iter().flat_map(|row| &row.cells) {
            if !columns.contains(place) {
                columns.push(*place);
            }
        }
    }
    if columns.is_empty() {
        columns = (0..actual.columns.len()).collect();
    }
    for (pair, wanted) in pairs {
        match (pair, wanted) {
            (Pair::Differs(_, right, places), Some(row)) => {
                for (place, node, _) in row.cells.iter().filter(|(place, _, _)| places.contains(place)) {
                    let text = cell(&actual.rows[*right][*place]);
                    edits.push(Edit { range: node.span.clone(), text });
                }
            }
            (Pair::Missing(_), Some(row)) => {
                edits.push(Edit { range: row.node.span.clone(), text: WHOLE_ITEM.to_string() });
            }
            (Pair::Extra(right), _) => {
                let cells: Vec<String> = columns
                    .iter()
                    .map(|place| {
                        let name = yaml::scalar(&actual.columns[*place].name);
                        format!("{name}: {}", cell(&actual.rows[*right][*place]))
                    })
                    .collect();
                let row = format!("{{ {} }}", cells.join(", "));
                edits.push(Edit { range: list.span.clone(), text: format!("{APPEND}{row}") });
            }
            _ => {}
        }
    }
    edits
}

/// A value as YAML.
pub fn cell(cell: &OwnedCell) -> String {
    match cell.as_cell() {
        Cell::Null => "~".to_string(),
        Cell::String(text) if text.starts_with('~') => yaml::scalar(&format!("~{text}")),
        Cell::String(text) => yaml::scalar(text),
        // JSON is YAML in flow style.
        Cell::Dynamic(json) => kql_types::dynamic::compact(json).into_owned(),
        cell @ (Cell::DateTime(_) | Cell::Timespan(_) | Cell::Guid(_) | Cell::Decimal(_)) => {
            let mut json = String::new();
            text::json(cell, &mut json);
            json
        }
        cell => {
            let mut json = String::new();
            text::json(cell, &mut json);
            json.trim_matches('"').to_string()
        }
    }
}

/// Edits of rows as edits of the text: rows that go take their line with them, and rows that come stand below the last one.
pub fn settle(text: &str, edits: &[Edit]) -> Vec<Edit> {
    let mut settled = Vec::new();
    let mut appended: Vec<(Range<usize>, Vec<&str>)> = Vec::new();
    for edit in edits {
        if edit.text == WHOLE_ITEM {
            settled.push(Edit { range: item(text, &edit.range), text: String::new() });
        } else if let Some(row) = edit.text.strip_prefix(APPEND) {
            match appended.iter_mut().find(|(list, _)| *list == edit.range) {
                Some((_, rows)) => rows.push(row),
                None => appended.push((edit.range.clone(), vec![row])),
            }
        } else {
            settled.push(edit.clone());
        }
    }
    for (list, rows) in appended {
        settled.push(append(text, &list, &rows));
    }
    settled
}

/// An item of a list with what belongs to it: its line with the dash, or the comma that parts it from another.
fn item(text: &str, span: &Range<usize>) -> Range<usize> {
    let line = text[..span.start].rfind('\n').map_or(0, |at| at + 1);
    let before = text[line..span.start].trim();
    if before == "-" {
        let end = text[span.end..].find('\n').map_or(text.len(), |at| span.end + at + 1);
        return line..end;
    }
    let after = &text[span.end..];
    if let Some(rest) = after.trim_start().strip_prefix(',') {
        return span.start..span.end + after.len() - rest.trim_start().len();
    }
    let before = text[..span.start].trim_end();
    let start = if before.ends_with(',') { before.len() - 1 } else { span.start };
    start..span.end
}

fn append(text: &str, list: &Range<usize>, rows: &[&str]) -> Edit {
    let body = &text[list.clone()];
    if let Some(inner) = body.strip_prefix('[') {
        // A flow list: before its closing bracket.
        let end = list.start + body.rfind(']').unwrap_or(body.len());
        let empty = inner.trim_end_matches(']').trim().is_empty();
        let separator = if empty { "" } else { ", " };
        let at = text[..end].trim_end().len();
        return Edit { range: at..end, text: format!("{separator}{}", rows.join(", ")) };
    }
    let line = text[..list.start].rfind('\n').map_or(0, |at| at + 1);
    let indent = &text[line..list.start];
    let indent: String = indent.chars().take_while(|c| *c == ' ').collect();
    let end = text[list.end..].find('\n').map_or(text.len(), |at| list.end + at + 1);
    let missing = if text[..end].ends_with('\n') { "" } else { "\n" };
    let lines: Vec<String> = rows.iter().map(|row| format!("{indent}- {row}\n")).collect();
    Edit { range: end..end, text: format!("{missing}{}", lines.concat()) }
}

#[cfg(test)]
mod tests {
    use kql_types::{Column, ScalarType};

    use super::*;
    use crate::test::compare::{compare, wanted};
    use crate::test::expect::Rules;

    /// The text of a list after an update to these rows.
    fn updated(text: &str, rows_: &[(&str, i64)]) -> String {
        let columns = vec![Column::new("a", ScalarType::String), Column::new("b", ScalarType::Long)];
        let row = |(a, b): &(&str, i64)| vec![OwnedCell::String((*a).to_string()), OwnedCell::Long(*b)];
        let actual = Actual { columns, rows: rows_.iter().map(row).collect() };
        let node = yaml::parse(text).expect("YAML").expect("a document");
        let list = node.fields("it", &["rows"]).expect("fields").get("rows").expect("rows").clone();
        let rules = Rules::default();
        let wanted = wanted(list.items(), &actual, &rules, None).expect("rows");
        let pairs = compare(&wanted, &actual, &rules).expect("pairs");
        let pairs: Vec<Paired<'_>> = pairs
            .into_iter()
            .map(|pair| {
                let row = match &pair {
                    Pair::Same(left, _) | Pair::Differs(left, _, _) | Pair::Missing(left) => {
                        Some(wanted[*left].clone())
                    }
                    Pair::Extra(_) => None,
                };
                (pair, row)
            })
            .collect();
        apply(text, &settle(text, &rows(&list, &pairs, &actual)))
    }

    #[test]
    fn cells_in_place() {
        let text = "rows: # all\n  - { a: x, b: 1 } # why\n  - { a: ~re /^y/, b: 2 }\n";
        assert_eq!(
            updated(text, &[("x", 5), ("yes", 3)]),
            "rows: # all\n  - { a: x, b: 5 } # why\n  - { a: ~re /^y/, b: 3 }\n"
        );
    }

    #[test]
    fn rows_that_went_and_came() {
        let text = "rows:\n  - { a: x, b: 1 }\n  - { a: gone, b: 9 } # gone too\n# end\n";
        assert_eq!(
            updated(text, &[("x", 1), ("5", 7)]),
            "rows:\n  - { a: x, b: 1 }\n  - { a: \"5\", b: 7 }\n# end\n"
        );
        assert_eq!(updated("rows: [{a: x}, {a: y}]\n", &[("x", 1), ("z", 2)]), "rows: [{a: x}, { a: z }]\n");
        assert_eq!(updated("rows: []\n", &[("x", 1)]), "rows: [{ a: x, b: 1 }]\n");
        assert_eq!(updated("rows: [{a: x}, {a: y}]\n", &[("x", 1)]), "rows: [{a: x}]\n");
    }
}
