//! Which framing the head of a text shows.

use super::json_cut::{Envelope, envelope};
use kql_types::json::{skip_space, skip_value};

/// How records are set into a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Framing {
    /// A JSON value a line.
    #[default]
    JsonLines,
    /// Arrays, pretty-printed or concatenated JSON values, envelopes.
    JsonValues,
    /// Rows of cells under a header row.
    Csv {
        /// What stands between cells.
        delimiter: u8,
    },
}

impl Framing {
    /// The name in words.
    pub fn name(self) -> &'static str {
        match self {
            Framing::JsonLines => "NDJSON",
            Framing::JsonValues => "JSON",
            Framing::Csv { delimiter: b'\t' } => "TSV",
            Framing::Csv { .. } => "CSV",
        }
    }
}

/// The framing of a text by its head; `None` for a text that is neither JSON nor rows of cells.
pub(crate) fn detect(head: &[u8], whole: bool) -> Option<Framing> {
    let start = skip_space(head, 0);
    match head.get(start)? {
        b'{' => Some(json(head, start, whole)),
        b'[' => Some(Framing::JsonValues),
        _ => csv(head),
    }
}

fn json(head: &[u8], start: usize, whole: bool) -> Framing {
    let end = skip_value(head, start);
    let (end, faulty) = match end {
        Ok(end) => (end, false),
        Err(fault) => (fault.at, true),
    };
    let first = head.get(start..end).unwrap_or_default();
    let line = memchr::memchr(b'\n', head.get(start..).unwrap_or_default()).map(|offset| start + offset);
    match line {
        // A record that spans lines, or an envelope that spans all: its records must be cut out.
        Some(line) if line < end && !faulty => Framing::JsonValues,
        // A first line that is damaged, followed by others that are not.
        Some(line) if faulty => {
            let next = skip_space(head, line);
            let intact = head.get(next) == Some(&b'{')
                && memchr::memchr(b'\n', &head[next..])
                    .map_or(whole, |length| skip_value(&head[..next + length], next).is_ok());
            if intact { Framing::JsonLines } else { Framing::JsonValues }
        }
        Some(_) => Framing::JsonLines,
        None if !whole && matches!(envelope(head, start), Envelope::Array(..)) => Framing::JsonValues,
        None if whole && !faulty && !first.is_empty() && skip_space(head, end) == head.len() => {
            Framing::JsonLines
        }
        None if !whole => Framing::JsonLines,
        None => Framing::JsonValues,
    }
}

fn csv(head: &[u8]) -> Option<Framing> {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default(),
    };
    let header = &text[header_start(text)..];
    let mut best = (0, b',');
    for delimiter in *b",\t;|" {
        let count = count_outside_quotes(header.as_bytes(), delimiter);
        if count > best.0 {
            best = (count, delimiter);
        }
    }
    (best.0 > 0).then_some(Framing::Csv { delimiter: best.1 })
}

/// How often a byte stands in the first row outside quotes.
fn count_outside_quotes(text: &[u8], wanted: u8) -> usize {
    let (mut count, mut quoted) = (0, false);
    for byte in text {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => break,
            byte if *byte == wanted && !quoted => count += 1,
            _ => {}
        }
    }
    count
}

/// Where the header row begins: after blank lines and the `#TYPE` line that PowerShell writes.
pub(crate) fn header_start(text: &str) -> usize {
    let mut at = 0;
    loop {
        at = skip_space(text.as_bytes(), at);
        if !text[at..].starts_with("#TYPE ") {
            return at;
        }
        at = text[at..].find('\n').map_or(text.len(), |end| at + end + 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_framing_is_seen() {
        let cases: &[(&str, Option<Framing>)] = &[
            ("{\"a\":1}\n{\"a\":2}\n", Some(Framing::JsonLines)),
            ("{\"a\":1}", Some(Framing::JsonLines)),
            ("\n{\"a\":1}\r\n", Some(Framing::JsonLines)),
            ("{\"a\":\n{\"a\":2}\n", Some(Framing::JsonLines)),
            ("{\n \"a\":1\n}\n", Some(Framing::JsonValues)),
            ("{\"a\":1}{\"a\":2}", Some(Framing::JsonValues)),
            ("[{\"a\":1}]", Some(Framing::JsonValues)),
            ("{\"value\":[\n{\"a\":1}]}", Some(Framing::JsonValues)),
            ("a,b\n1,2", Some(Framing::Csv { delimiter: b',' })),
            ("a;b\n1;2", Some(Framing::Csv { delimiter: b';' })),
            ("#TYPE System.Object\n\"a\"\t\"b,c\"\n", Some(Framing::Csv { delimiter: b'\t' })),
            ("just words\n", None),
            ("", None),
        ];
        for (text, framing) in cases {
            assert_eq!(detect(text.as_bytes(), true), *framing, "{text:?}");
        }
    }
}
