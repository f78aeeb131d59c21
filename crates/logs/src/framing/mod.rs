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

/// A place in the text of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub offset: u64,
    /// The line, counted from 1.
    pub line: u64,
}

impl Default for Place {
    fn default() -> Self {
        Place { offset: 0, line: 1 }
    }
}

/// Whole records in the order of the file.
#[derive(Debug, Default)]
pub(crate) struct Chunk {
    /// The text, which may hold invalid UTF-8 if the file does.
    pub text: Vec<u8>,
    /// Where the text begins.
    pub start: Place,
    /// Whether the end is only likely to be that of a record, which shows when the last one is read.
    pub likely: bool,
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

/// The cutter of a framing, for a text from its beginning, or from a place at which what only seemed the end of a record
/// made a pass halt.
pub(crate) fn cutter(framing: Framing, text: Text, halted: Option<Place>) -> Box<dyn Cutter> {
    let mut feed = Feed::new(text.reader());
    if let Some(place) = halted {
        feed.skip_to(place);
    }
    match framing {
        Framing::JsonLines => Box::new(line_cut::LineCutter::new(feed)),
        Framing::JsonValues => Box::new(json_cut::ValueCutter::new(feed)),
        Framing::Csv { .. } => Box::new(csv_cut::CsvCutter::new(feed, framing, halted.is_some())),
    }
}

/// A reader whose unread part can be looked at.
struct Feed<R> {
    reader: R,
    /// What is read but not yet handed out.
    buffer: Vec<u8>,
    ended: bool,
    /// Where the buffer begins.
    start: Place,
}

impl<R: Read> Feed<R> {
    fn new(reader: R) -> Self {
        Feed { reader, buffer: Vec::new(), ended: false, start: Place::default() }
    }

    /// Reads until the buffer holds `size` bytes or the text ends. The reader notes its own failures and ends.
    fn fill(&mut self, size: usize) {
        while !self.ended && self.buffer.len() < size {
            let missing = size - self.buffer.len();
            self.buffer.reserve(missing);
            let missing = missing as u64;
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
        let start = self.start;
        self.start = Place { offset: start.offset + text.len() as u64, line: start.line + lines(&text) };
        Chunk { text, start, ..Chunk::default() }
    }

    /// Leaves out what comes before a place.
    fn skip_to(&mut self, place: Place) {
        // A reader that fails ends the text, as everywhere.
        let _ = std::io::copy(&mut (&mut self.reader).take(place.offset), &mut std::io::sink());
        self.start = place;
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
        Framing::Csv { .. } => csv_cut::CsvCutter::new(feed, framing, true).next(),
    }
}
