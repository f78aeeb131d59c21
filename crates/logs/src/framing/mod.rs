//! From the bytes of a file to chunks of whole records.

mod csv_cut;
pub(crate) mod csv_row;
mod evtx;
mod json_cut;
mod line_cut;
mod open;
mod shape;
mod tar;
mod utf16;
mod zip;

pub(crate) use json_cut::{Envelope, envelope};
pub(crate) use open::{Container, Opened, Source, Text, open};
pub(crate) use shape::{Framing, detect, header_start};

use std::io::{ErrorKind, Read};
use std::ops::Range;

/// The size of text that one thread parses at a time.
const CHUNK: usize = 4 << 20;

/// A record larger than this is taken for an unclosed quote or bracket.
pub(crate) const MAX_RECORD: usize = 64 << 20;

/// Whole records in the order of the file.
#[derive(Debug, Default)]
pub(crate) struct Chunk {
    /// The text, which may hold invalid UTF-8 if the file does.
    pub text: Vec<u8>,
    /// The line of the file on which the text begins, counted from 1.
    pub line: u64,
    /// Where the records are; `None` when they follow from the text alone (lines, CSV rows).
    pub records: Option<Vec<Range<usize>>>,
    /// Faults that the cutting found: the line, what is wrong, and the text concerned.
    pub faults: Vec<(u64, &'static str, String)>,
}

/// Cuts a text into chunks.
pub(crate) trait Cutter: Send {
    /// The next chunk; `None` at the end.
    fn next(&mut self) -> Option<Chunk>;
}

/// The cutter of a framing, for a text from its beginning.
pub(crate) fn cutter(framing: Framing, text: Text) -> Box<dyn Cutter> {
    let feed = Feed::new(text.reader());
    match framing {
        Framing::JsonLines => Box::new(line_cut::LineCutter::new(feed)),
        Framing::JsonValues => Box::new(json_cut::ValueCutter::new(feed)),
        Framing::Csv { .. } => Box::new(csv_cut::CsvCutter::new(feed, framing)),
    }
}

/// A reader whose unread part can be looked at.
struct Feed<R> {
    reader: R,
    /// What is read but not yet handed out.
    buffer: Vec<u8>,
    ended: bool,
    /// The line on which the buffer begins.
    line: u64,
}

impl<R: Read> Feed<R> {
    fn new(reader: R) -> Self {
        Feed { reader, buffer: Vec::new(), ended: false, line: 1 }
    }

    /// Reads until the buffer holds `size` bytes or the text ends. The reader notes its own failures and ends.
    fn fill(&mut self, size: usize) {
        while !self.ended && self.buffer.len() < size {
            let missing = (size - self.buffer.len()) as u64;
            match (&mut self.reader).take(missing).read_to_end(&mut self.buffer) {
                Ok(0) => self.ended = true,
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => self.ended = true,
            }
        }
    }

    /// Hands out the first `size` bytes.
    fn split(&mut self, size: usize) -> Chunk {
        let rest = self.buffer.split_off(size);
        let text = std::mem::replace(&mut self.buffer, rest);
        let line = self.line;
        self.line += lines(&text);
        Chunk { text, line, ..Chunk::default() }
    }
}

/// The number of line ends in a text.
pub(crate) fn lines(text: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', text).count() as u64
}

/// The whole records of the head of a text.
pub(crate) fn cut_head(framing: Framing, head: &[u8]) -> Option<Chunk> {
    let feed = Feed::new(head);
    match framing {
        Framing::JsonLines => line_cut::LineCutter::new(feed).next(),
        Framing::JsonValues => json_cut::ValueCutter::new(feed).next(),
        Framing::Csv { .. } => csv_cut::CsvCutter::new(feed, framing).next(),
    }
}
