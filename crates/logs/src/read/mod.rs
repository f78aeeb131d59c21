//! One pass over the records of a file: to write them, or to learn something from all of them first.

mod chunk;
mod outcome;
pub(crate) mod records;

pub(crate) use outcome::{Outcome, Pass, clip};

use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;

use crate::format::Binding;
use crate::framing::{self, Chunk, Framing, Opened, Source};
use crate::typing::DateRule;

/// Everything that the reading of a file's records needs to know.
pub(crate) struct Plan<'l> {
    pub framing: Framing,
    pub binding: &'l Binding,
    /// The table that a user named for the file.
    pub forced: Option<&'l str>,
    pub dates: DateRule,
    pub pass: Pass<'l>,
}

impl Plan<'_> {
    /// Reads the whole file with this many threads. An error is one of opening the file.
    pub fn run(&self, source: &Source, threads: usize) -> std::io::Result<Outcome> {
        let text = match framing::open(source)? {
            Opened::Text(text) => text,
            Opened::Container(_) => return Err(std::io::Error::other("the file changed while it was read")),
        };
        let broken = text.broken.clone();
        let small = text.whole;
        let mut cutter = framing::cutter(self.framing, text);
        let mut outcome = Outcome::default();
        if threads < 2 || small {
            while let Some(chunk) = cutter.next() {
                outcome.append(chunk::read(self, chunk));
            }
        } else {
            let parts = Mutex::new(Vec::new());
            let (send, receive) = mpsc::sync_channel::<(usize, Chunk)>(threads);
            let receive = Mutex::new(receive);
            thread::scope(|scope| {
                for _ in 0..threads {
                    scope.spawn(|| {
                        loop {
                            let next = receive.lock().unwrap_or_else(PoisonError::into_inner).recv();
                            let Ok((number, chunk)) = next else { return };
                            let part = chunk::read(self, chunk);
                            parts.lock().unwrap_or_else(PoisonError::into_inner).push((number, part));
                        }
                    });
                }
                let mut number = 0;
                while let Some(chunk) = cutter.next() {
                    if send.send((number, chunk)).is_err() {
                        break;
                    }
                    number += 1;
                }
                drop(send);
            });
            let mut parts = parts.into_inner().unwrap_or_else(PoisonError::into_inner);
            parts.sort_by_key(|(number, _)| *number);
            parts.into_iter().for_each(|(_, part)| outcome.append(part));
        }
        outcome.broken = broken.take();
        Ok(outcome)
    }
}
