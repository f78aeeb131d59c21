//! The cells of CSV rows. A quote opens only at the beginning of a cell, so that a stray one inside is text.

use std::borrow::Cow;

use memchr::{memchr, memchr2};

use crate::value::Value;

/// The end of the row that begins at `at`, past its line end, and whether the row is complete.
///
/// A row is not complete when the text ends before a line end; if it ends inside quotes, the offset of the quote that
/// is open is given.
pub(crate) fn row_end(text: &[u8], start: usize, delimiter: u8) -> RowEnd {
    let mut at = start;
    loop {
        if text.get(at) == Some(&b'"') {
            match closing_quote(text, at) {
                Some((end, _)) => at = end,
                None => return RowEnd::InQuotes(at),
            }
        }
        match text.get(at..).and_then(|rest| memchr2(delimiter, b'\n', rest)) {
            Some(offset) if text[at + offset] == b'\n' => return RowEnd::At(at + offset + 1),
            Some(offset) => at += offset + 1,
            None => return RowEnd::NoLineEnd,
        }
    }
}

/// Where a row ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RowEnd {
    At(usize),
    /// The text ends first, outside quotes.
    NoLineEnd,
    /// The text ends inside the quotes that open here.
    InQuotes(usize),
}

/// The offset after the quote that closes the one at `at`, and whether quotes stand doubled before it.
fn closing_quote(text: &[u8], at: usize) -> Option<(usize, bool)> {
    let mut from = at + 1;
    let mut doubled = false;
    loop {
        let hit = from + memchr(b'"', text.get(from..)?)?;
        if text.get(hit + 1) != Some(&b'"') {
            return Some((hit + 1, doubled));
        }
        doubled = true;
        from = hit + 2;
    }
}

/// A row that was read.
pub(crate) struct RowRead {
    /// The offset of the next row.
    pub next: usize,
    /// Whether a quote opens in it that nothing closes; what follows it was taken for text.
    pub open: bool,
}

/// Reads the row at `start` into `cells`. Cells at the places in `skipped` are left empty.
pub(crate) fn read_row<'a>(
    text: &'a str,
    start: usize,
    delimiter: u8,
    skipped: &[bool],
    cells: &mut Vec<Value<'a>>,
) -> RowRead {
    let bytes = text.as_bytes();
    cells.clear();
    let mut at = start;
    let mut open = false;
    loop {
        let quote = bytes.get(at) == Some(&b'"');
        let quoted = quote.then(|| closing_quote(bytes, at)).flatten();
        open |= quote && quoted.is_none();
        let body_end = quoted.map_or(at, |(end, _)| end);
        let stop = bytes.get(body_end..).and_then(|rest| memchr2(delimiter, b'\n', rest));
        let stop = stop.map_or(bytes.len(), |offset| body_end + offset);
        let last = bytes.get(stop) != Some(&delimiter);
        let mut end = stop;
        if last && end > body_end && bytes.get(end - 1) == Some(&b'\r') {
            end -= 1;
        }
        let skipped = skipped.get(cells.len()) == Some(&true);
        cells.push(match quoted {
            _ if skipped => Value::Text(Cow::Borrowed("")),
            Some((close, doubled)) => {
                let inner = text.get(at + 1..close - 1).unwrap_or_default();
                let tail = text.get(close..end).unwrap_or_default().trim_end_matches(' ');
                match (doubled, tail.is_empty()) {
                    (false, true) => Value::text(inner),
                    (true, true) => Value::Quoted(Cow::Borrowed(inner)),
                    _ => Value::text(inner.replace("\"\"", "\"") + tail),
                }
            }
            None => Value::text(text.get(at..end).unwrap_or_default()),
        });
        at = stop + 1;
        if last {
            return RowRead { next: at.min(bytes.len()), open };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<Vec<String>> {
        let (mut at, mut rows, mut cells) = (0, Vec::new(), Vec::new());
        while at < text.len() {
            at = read_row(text, at, b',', &[], &mut cells).next;
            rows.push(cells.iter().map(|cell| cell.to_text().into_owned()).collect());
        }
        rows
    }

    #[test]
    fn cells_are_split_as_rfc_4180_says() {
        assert_eq!(rows("a,b\r\n1,\"x,\"\"y\"\"\nz\"\r\n"), [vec!["a", "b"], vec!["1", "x,\"y\"\nz"]]);
        assert_eq!(rows("a,,\n\n,b"), [vec!["a", "", ""], vec![""], vec!["", "b"]]);
        assert_eq!(rows("5\" disk,\"q\" ,\"\"\n"), [vec!["5\" disk", "q", ""]]);
        assert_eq!(rows("\"{\"\"a\"\":\"\"x\\\"\"y\"\"}\",1"), [vec!["{\"a\":\"x\\\"y\"}", "1"]]);
    }

    #[test]
    fn an_open_quote_at_the_end_is_text() {
        assert_eq!(rows("a,\"b\n1,2"), [vec!["a", "\"b"], vec!["1", "2"]]);
    }

    #[test]
    fn row_ends_agree_with_the_cells() {
        let text = b"a,\"b\nc\",5\" x\nd\n";
        assert_eq!(row_end(text, 0, b','), RowEnd::At(13));
        assert_eq!(row_end(text, 13, b','), RowEnd::At(15));
        assert_eq!(row_end(b"a,b", 0, b','), RowEnd::NoLineEnd);
        assert_eq!(row_end(b"a,\"b\n", 0, b','), RowEnd::InQuotes(2));
    }
}
