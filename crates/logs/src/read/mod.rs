//! One pass over the records of a file: to write them, or to learn something from all of them first.

mod chunk;
mod outcome;
pub(crate) mod records;

pub(crate) use outcome::{Outcome, Pass, Wanted, clip};

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;

use crate::Progress;
use crate::format::Binding;
use crate::framing::{self, Chunk, Framing, Opened, Place, Source};
use crate::typing::DateRule;

/// Everything that the reading of a file's records needs to know.
pub(crate) struct Plan<'l> {
    pub framing: Framing,
    pub binding: &'l Binding,
    /// The table that a user named for the file.
    pub forced: Option<&'l str>,
    pub dates: DateRule,
    /// Whether records that cannot be read are kept as they came.
    pub keeps_rejects: bool,
    pub progress: Option<&'l Arc<Progress>>,
    pub pass: Pass<'l>,
}

impl Plan<'_> {
    /// Reads the whole file with this many threads. An error is one of opening the file.
    pub fn run(&self, source: &Source, threads: usize) -> std::io::Result<Outcome> {
        let mut outcome = Outcome::default();
        let broken = self.stream(source, threads, &mut |part| {
            outcome.append(part);
            true
        })?;
        outcome.broken = broken;
        Ok(outcome)
    }

    /// Reads the file and hands out what each chunk yields, in the order of the file, until `each` says that it has
    /// enough. The answer tells why the stream ended before its end, if it did; an error is one of opening the file.
    ///
    /// At most a few chunks a thread are in memory at once.
    pub fn stream(
        &self,
        source: &Source,
        threads: usize,
        each: &mut dyn FnMut(Outcome) -> bool,
    ) -> std::io::Result<Option<String>> {
        if let (Some(progress), Pass::Dates | Pass::Infer(_)) = (self.progress, self.pass) {
            // The rows are read once more.
            progress.expect(std::fs::metadata(&source.path)?.len());
        }
        let mut halted = None;
        loop {
            let mut misaligned = None;
            let broken = self.stream_from(halted, source, threads, &mut |part| {
                misaligned = part.misaligned;
                misaligned.is_none() && each(part)
            })?;
            if misaligned.is_none() {
                return Ok(broken);
            }
            halted = misaligned;
        }
    }

    fn stream_from(
        &self,
        halted: Option<Place>,
        source: &Source,
        threads: usize,
        each: &mut dyn FnMut(Outcome) -> bool,
    ) -> std::io::Result<Option<String>> {
        let text = match framing::open(source, self.progress)? {
            Opened::Text(text) => text,
            Opened::Container(_) => return Err(std::io::Error::other("the file changed while it was read")),
        };
        let broken = text.broken.clone();
        let small = text.whole;
        let mut cutter = framing::cutter(self.framing, text, halted);
        if threads < 2 || small {
            while let Some(chunk) = cutter.next() {
                if !each(chunk::read(self, chunk)) {
                    break;
                }
            }
            return Ok(broken.take());
        }
        let (send, receive) = mpsc::sync_channel::<(usize, Chunk)>(threads);
        let receive = Mutex::new(receive);
        let (done, finished) = mpsc::sync_channel::<(usize, Outcome)>(threads);
        let wanted = AtomicBool::new(true);
        let wanted = &wanted;
        thread::scope(|scope| {
            for _ in 0..threads {
                let done = done.clone();
                let receive = &receive;
                scope.spawn(move || {
                    loop {
                        let next = receive.lock().unwrap_or_else(PoisonError::into_inner).recv();
                        let Ok((number, chunk)) = next else { return };
                        // Once nobody wants the rest, what is cut already is thrown away.
                        let _ = done.send((number, chunk::read(self, chunk)));
                    }
                });
            }
            drop(done);
            scope.spawn(move || {
                let mut number = 0;
                while wanted.load(Ordering::Relaxed)
                    && let Some(chunk) = cutter.next()
                    && send.send((number, chunk)).is_ok()
                {
                    number += 1;
                }
            });
            let mut ahead = BTreeMap::new();
            let mut next = 0;
            for (number, part) in finished {
                ahead.insert(number, part);
                while let Some(part) = ahead.remove(&next) {
                    next += 1;
                    if wanted.load(Ordering::Relaxed) && !each(part) {
                        wanted.store(false, Ordering::Relaxed);
                    }
                }
            }
        });
        Ok(broken.take())
    }
}
