//! CSV: chunks end at row ends, which are line ends outside quotes.

use std::io::Read;

use super::csv_row::{RowEnd, row_end};
use super::{CHUNK, Chunk, Cutter, Feed, Framing, MAX_RECORD};

pub(super) struct CsvCutter<R> {
    feed: Feed<R>,
    delimiter: u8,
}

impl<R> CsvCutter<R> {
    pub fn new(feed: Feed<R>, framing: Framing) -> Self {
        let delimiter = if let Framing::Csv { delimiter } = framing { delimiter } else { b',' };
        CsvCutter { feed, delimiter }
    }
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
                    chunk.faults.push((chunk.line, "a quote is not closed", row));
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
        let mut cutter = CsvCutter::new(Feed::new(text), Framing::Csv { delimiter: b',' });
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
