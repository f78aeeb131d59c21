//! NDJSON: chunks end at line ends.

use std::io::Read;

use memchr::memrchr;

use super::{CHUNK, Chunk, Cutter, Feed, MAX_RECORD};

pub(super) struct LineCutter<R> {
    feed: Feed<R>,
}

impl<R> LineCutter<R> {
    pub fn new(feed: Feed<R>) -> Self {
        LineCutter { feed }
    }
}

impl<R: Read + Send> Cutter for LineCutter<R> {
    fn next(&mut self) -> Option<Chunk> {
        let mut size = CHUNK;
        loop {
            self.feed.fill(size);
            if self.feed.buffer.is_empty() {
                return None;
            }
            if self.feed.ended {
                return Some(self.feed.split(self.feed.buffer.len()));
            }
            if let Some(end) = memrchr(b'\n', &self.feed.buffer) {
                return Some(self.feed.split(end + 1));
            }
            if size > MAX_RECORD {
                return Some(self.feed.split(self.feed.buffer.len()));
            }
            size *= 2;
        }
    }
}
