//! JSON that is not a record a line: arrays, pretty-printed or concatenated values, and envelopes around records.

use std::io::Read;
use std::ops::Range;

use memchr::{memchr, memchr2};

use super::{CHUNK, Chunk, Cutter, Feed, MAX_RECORD, lines};
use kql_types::json::{skip_space, skip_string};

/// Keys whose array holds the records of an envelope.
const RECORD_KEYS: &[&str] = &["value", "records", "Records", "Results", "results", "hits"];

/// Keys that an envelope may have before its records; those with an `@` are accepted as well.
const META_KEYS: &[&str] = &[
    "Schema",
    "schema",
    "Stats",
    "stats",
    "nextLink",
    "count",
    "took",
    "timed_out",
    "_shards",
    "_scroll_id",
    "total",
    "max_score",
];

/// What an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Envelope {
    /// A record.
    No,
    /// An envelope whose array of records begins at this offset, this many objects deep.
    Array(usize, usize),
    /// The text ends before that is known.
    Unknown,
}

/// Whether the object at `at` is an envelope around an array of records.
pub(crate) fn envelope(text: &[u8], at: usize) -> Envelope {
    inside(text, at, 1)
}

fn inside(text: &[u8], at: usize, depth: usize) -> Envelope {
    let mut at = skip_space(text, at + 1);
    loop {
        match text.get(at) {
            Some(b'"') => {}
            Some(b',') => {
                at = skip_space(text, at + 1);
                continue;
            }
            Some(_) => return Envelope::No,
            None => return Envelope::Unknown,
        }
        let Ok(end) = skip_string(text, at) else { return Envelope::Unknown };
        let key = text.get(at + 1..end - 1).and_then(|key| std::str::from_utf8(key).ok()).unwrap_or("");
        at = skip_space(text, end);
        match text.get(at) {
            Some(b':') => at = skip_space(text, at + 1),
            Some(_) => return Envelope::No,
            None => return Envelope::Unknown,
        }
        if RECORD_KEYS.contains(&key) {
            return match text.get(at) {
                Some(b'[') => Envelope::Array(at, depth),
                Some(b'{') if key == "hits" && depth == 1 => inside(text, at, 2),
                Some(_) => Envelope::No,
                None => Envelope::Unknown,
            };
        }
        if !(key.contains('@') || META_KEYS.contains(&key)) {
            return Envelope::No;
        }
        match skim(text, at) {
            Skimmed::End(end) => at = skip_space(text, end),
            Skimmed::Short => return Envelope::Unknown,
            Skimmed::Crossed => return Envelope::No,
        }
    }
}

/// Where a value ends by brackets and quotes alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Skimmed {
    End(usize),
    /// The text ends first.
    Short,
    /// A bracket closes that is not the open one.
    Crossed,
}

/// The end of the value at `at` by brackets and quotes alone; the rest of the grammar is checked when it is read.
fn skim(text: &[u8], start: usize) -> Skimmed {
    let mut at = start;
    let mut open = Vec::new();
    while let Some(&byte) = text.get(at) {
        match byte {
            b'"' => {
                at = match skim_string(text, at) {
                    Some(end) => end,
                    None => return Skimmed::Short,
                };
                if open.is_empty() {
                    return Skimmed::End(at);
                }
                continue;
            }
            // The closing bracket stands two places after the opening one in ASCII.
            b'{' | b'[' => open.push(byte + 2),
            b'}' | b']' => match open.pop() {
                None => return Skimmed::End(at),
                Some(expected) if expected != byte => return Skimmed::Crossed,
                Some(_) if open.is_empty() => return Skimmed::End(at + 1),
                Some(_) => {}
            },
            b',' | b' ' | b'\n' | b'\r' | b'\t' if open.is_empty() => return Skimmed::End(at),
            _ => {}
        }
        at += 1;
    }
    Skimmed::Short
}

fn skim_string(text: &[u8], at: usize) -> Option<usize> {
    let mut from = at + 1;
    loop {
        let hit = from + memchr2(b'"', b'\\', text.get(from..)?)?;
        if text[hit] == b'"' {
            return Some(hit + 1);
        }
        from = hit + 2;
    }
}

/// What the cutter is inside of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Inside {
    /// An array of records.
    Array,
    /// The rest of an envelope, after its array.
    Tail,
}

pub(super) struct ValueCutter<R> {
    feed: Feed<R>,
    inside: Vec<Inside>,
}

/// What happened at one step.
enum Step {
    /// Something other than a record was passed; the next step begins here.
    Passed(usize),
    Record(Range<usize>),
    /// The text ends before the step is complete; what is kept must begin here.
    Short(usize),
    Fault(Range<usize>, &'static str),
}

impl<R> ValueCutter<R> {
    pub fn new(feed: Feed<R>) -> Self {
        ValueCutter { feed, inside: Vec::new() }
    }

    fn step(&mut self, at: usize) -> Step {
        let text = self.feed.buffer.as_slice();
        let ended = self.feed.ended;
        let at = skip_space(text, at);
        let Some(&byte) = text.get(at) else { return Step::Short(at) };
        if self.inside.last() == Some(&Inside::Tail) {
            return match byte {
                b'}' => {
                    self.inside.pop();
                    Step::Passed(at + 1)
                }
                b',' | b':' => Step::Passed(at + 1),
                _ => match skim(text, at) {
                    Skimmed::End(end) => Step::Passed(end.max(at + 1)),
                    Skimmed::Short => Step::Short(at),
                    Skimmed::Crossed => Step::Fault(at..resume(text, at), "brackets do not match"),
                },
            };
        }
        match byte {
            b',' => Step::Passed(at + 1),
            b'[' => {
                self.inside.push(Inside::Array);
                Step::Passed(at + 1)
            }
            b']' if self.inside.last() == Some(&Inside::Array) => {
                self.inside.pop();
                Step::Passed(at + 1)
            }
            b'{' => match envelope(text, at) {
                Envelope::Array(start, depth) => {
                    self.inside.extend(std::iter::repeat_n(Inside::Tail, depth));
                    self.inside.push(Inside::Array);
                    Step::Passed(start + 1)
                }
                Envelope::Unknown if !ended => Step::Short(at),
                _ => match skim(text, at) {
                    Skimmed::End(end) => Step::Record(at..end),
                    Skimmed::Short if !ended && text.len() - at <= MAX_RECORD => Step::Short(at),
                    _ => Step::Fault(at..resume(text, at), "a record is not closed"),
                },
            },
            _ => match line_end(text, at) {
                Some(end) => Step::Fault(at..end, "expected an object"),
                None if ended => Step::Fault(at..text.len(), "expected an object"),
                None => Step::Short(at),
            },
        }
    }
}

fn line_end(text: &[u8], at: usize) -> Option<usize> {
    memchr(b'\n', text.get(at..)?).map(|offset| at + offset + 1)
}

/// Where reading goes on after a record at `at` that is not closed: the next line on which an object begins in the same
/// column, or the end.
fn resume(text: &[u8], at: usize) -> usize {
    let column = text[..at].iter().rev().take_while(|byte| **byte != b'\n').count();
    let mut from = at;
    while let Some(end) = line_end(text, from) {
        let start = skip_space(text, end);
        if start - end == column && text.get(start) == Some(&b'{') {
            return start;
        }
        from = end;
    }
    text.len()
}

impl<R: Read + Send> Cutter for ValueCutter<R> {
    fn next(&mut self) -> Option<Chunk> {
        let mut size = CHUNK;
        let mut records = Vec::new();
        let mut faults = Vec::new();
        let mut at = 0;
        let kept = loop {
            self.feed.fill(size);
            match self.step(at) {
                Step::Passed(next) => at = next,
                Step::Record(span) => {
                    at = span.end;
                    records.push(span);
                }
                Step::Fault(span, why) => {
                    at = span.end;
                    faults.push((span, why));
                }
                Step::Short(start) if self.feed.ended => break start,
                Step::Short(start) if records.is_empty() && faults.is_empty() && start == 0 => size *= 2,
                Step::Short(start) => break start,
            }
        };
        let kept = if self.feed.ended { self.feed.buffer.len() } else { kept };
        let open = self.feed.ended && !self.inside.is_empty();
        if kept == 0 && !open {
            return None;
        }
        let mut chunk = self.feed.split(kept);
        let line = |at: usize| chunk.start.line + lines(&chunk.text[..at]);
        chunk.faults = faults
            .into_iter()
            .map(|(span, why)| {
                (line(span.start), why, String::from_utf8_lossy(&chunk.text[span]).into_owned())
            })
            .collect();
        if open {
            self.inside.clear();
            chunk.faults.push((line(chunk.text.len()), "the file ends inside an array", String::new()));
        }
        chunk.records = Some(records);
        Some(chunk)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> (Vec<String>, Vec<(u64, &'static str)>) {
        let mut cutter = ValueCutter::new(Feed::new(text.as_bytes()));
        let (mut records, mut faults) = (Vec::new(), Vec::new());
        while let Some(chunk) = cutter.next() {
            for span in chunk.records.unwrap_or_default() {
                records.push(String::from_utf8_lossy(&chunk.text[span]).into_owned());
            }
            faults.extend(chunk.faults.into_iter().map(|(line, why, _)| (line, why)));
        }
        (records, faults)
    }

    #[test]
    fn every_framing_gives_its_records() {
        let two = vec![r#"{"a":1}"#.to_string(), r#"{"a":2}"#.to_string()];
        let texts = [
            r#"[{"a":1},{"a":2}]"#,
            "[{\"a\":1}]\n[{\"a\":2}]",
            "{\"a\":1}{\"a\":2}",
            "{\"a\":1}\n,\n{\"a\":2}\n",
            r#"{"@odata.context":"x","value":[{"a":1},{"a":2}],"@odata.nextLink":"y"}"#,
            r#"{"records":[{"a":1}]}{"records":[{"a":2}]}"#,
            r#"{"Schema":[{"Name":"a"}],"Results":[{"a":1},{"a":2}]}"#,
            r#"{"took":1,"hits":{"total":{"value":2},"hits":[{"a":1},{"a":2}]},"x":{}}"#,
            r#"[{"value":[{"a":1}],"n":[1,{}]},{"a":2}]"#,
        ];
        for text in texts {
            assert_eq!(cut(text), (two.clone(), vec![]), "{text}");
        }
        assert_eq!(cut(""), (vec![], vec![]));
        assert_eq!(cut("[]"), (vec![], vec![]));
        let record = r#"{"value":1,"b":"}]\"{"}"#;
        assert_eq!(cut(record), (vec![record.to_string()], vec![]));
    }

    #[test]
    fn a_cut_array_keeps_its_whole_records() {
        let (records, faults) = cut("[\n {\"a\":1},\n {\"a\":");
        assert_eq!(records, [r#"{"a":1}"#]);
        assert_eq!(faults, [(3, "a record is not closed"), (3, "the file ends inside an array")]);
    }

    #[test]
    fn an_unclosed_record_does_not_swallow_the_next() {
        let (records, faults) = cut("[\n {\"a\":\"1},\n {\"a\":2},\n {\"a\":3}\n]");
        assert_eq!(records.last().map(String::as_str), Some(r#"{"a":3}"#));
        assert!(!faults.is_empty() || records.len() == 2, "{records:?} {faults:?}");
        let (records, faults) = cut("[\n {\"a\":{\"b\":1},\n {\"a\":2}\n]");
        assert_eq!(records, [r#"{"a":2}"#]);
        assert_eq!(faults, [(2, "a record is not closed")]);
    }

    #[test]
    fn records_larger_than_a_chunk_and_chunks_of_many_records_are_whole() {
        let large = format!("{{\"a\":\"{}\"}}", "x".repeat(3 * CHUNK));
        let text = format!("[{large},{}{large}]", "{\"a\":1},".repeat(CHUNK / 4));
        let (records, faults) = cut(&text);
        assert_eq!(records.len(), CHUNK / 4 + 2);
        assert!(records[0] == large && records[CHUNK / 4 + 1] == large && faults.is_empty());
    }
}
