//! CSV: chunks end at row ends, which are line ends outside quotes.
//!
//! Where the rows end only their cells tell. Reading them twice would cost a quarter of a pass, so a chunk ends after a line
//! end with an even number of quotes before it, which is a row's end unless a quote stands inside a cell. If it is not one,
//! the last row of the chunk is found to be open, and the rest of the file is cut at the ends of rows that were walked.

use std::io::Read;

use super::csv_row::{RowEnd, row_end};
use super::{CHUNK, Chunk, Cutter, Feed, Framing, MAX_RECORD};

pub(super) struct CsvCutter<R> {
    feed: Feed<R>,
    delimiter: u8,
    /// Whether every row is walked.
    exact: bool,
}

impl<R> CsvCutter<R> {
    pub fn new(feed: Feed<R>, framing: Framing, exact: bool) -> Self {
        let delimiter = if let Framing::Csv { delimiter } = framing { delimiter } else { b',' };
        CsvCutter { feed, delimiter, exact }
    }
}

/// The end of the last line that has an even number of quotes before it, if one of the last few has.
fn likely_end(text: &[u8]) -> Option<usize> {
    const LINES: usize = 100;
    let quotes = |text: &[u8]| memchr::memchr_iter(b'"', text).count();
    let mut before = quotes(text);
    let mut end = text.len();
    for _ in 0..LINES {
        let line = memchr::memrchr(b'\n', &text[..end])?;
        before -= quotes(&text[line..end]);
        if before.is_multiple_of(2) {
            return Some(line + 1);
        }
        end = line;
    }
    None
}

impl<R: Read + Send> Cutter for CsvCutter<R> {
    fn next(&mut self) -> Option<Chunk> {
        let mut size = CHUNK;
        loop {
            self.feed.fill(size);
            let text = self.feed.buffer.as_slice();
            if text.is_empty() {
                return None;
            }
            if !self.exact
                && !self.feed.ended
                && let Some(end) = likely_end(text)
            {
                return Some(Chunk { likely: true, ..self.feed.split(end) });
            }
            let mut end = 0;
            let stop = loop {
                match row_end(text, end, self.delimiter) {
                    RowEnd::At(next) => end = next,
                    other => break other,
                }
                if end == text.len() {
                    break RowEnd::NoLineEnd;
                }
            };
            if end > 0 && !(self.feed.ended && stop == RowEnd::NoLineEnd) {
                return Some(self.feed.split(end));
            }
            let given_up = self.feed.ended || text.len() > MAX_RECORD;
            match stop {
                _ if !given_up => size *= 2,
                // The quote never closes: only the line on which it opens is lost.
                RowEnd::InQuotes(at) => {
                    let end = memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |offset| at + offset + 1);
                    let mut chunk = self.feed.split(end);
                    let row = String::from_utf8_lossy(&chunk.text).into_owned();
                    chunk.faults.push((chunk.start.line, "a quote is not closed", row));
                    chunk.text.clear();
                    return Some(chunk);
                }
                _ => return Some(self.feed.split(self.feed.buffer.len())),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &[u8]) -> (Vec<u8>, Vec<(u64, String)>) {
        let mut cutter = CsvCutter::new(Feed::new(text), Framing::Csv { delimiter: b',' }, false);
        let (mut all, mut faults) = (Vec::new(), Vec::new());
        while let Some(chunk) = cutter.next() {
            all.extend(chunk.text);
            faults.extend(chunk.faults.into_iter().map(|(line, _, text)| (line, text)));
        }
        (all, faults)
    }

    #[test]
    fn chunks_join_to_the_whole() {
        let text = "1,\"a\nb\",c\n".repeat(CHUNK / 4) + "2,x";
        assert_eq!(cut(text.as_bytes()), (text.into_bytes(), vec![]));
    }

    #[test]
    fn an_open_quote_costs_its_line_only() {
        let (kept, faults) = cut(b"a,b\n1,2\n3,\"x\n4,5\n6,7\n");
        assert_eq!(String::from_utf8_lossy(&kept), "a,b\n1,2\n4,5\n6,7\n");
        assert_eq!(faults, [(3, "3,\"x\n".to_string())]);
    }
}
