//! The first records of a file, by which it is recognised.

use std::path::{Path, PathBuf};

use crate::framing::csv_row::read_row;
use crate::framing::{self, Framing, Text};
use crate::read::records;
use crate::read::records::Found;
use crate::value::{Field, Record};

/// How many records are looked at.
const RECORDS: usize = 200;

/// What can be known of a text file without reading it whole.
#[derive(Default)]
pub(crate) struct Sample {
    pub path: PathBuf,
    pub framing: Framing,
    /// The first records, flat.
    pub records: Vec<Record<'static>>,
    /// The names of the CSV header, without repeats.
    pub header: Vec<String>,
    /// The zones other than UTC that the header marks times with, as in `[Local time]`.
    zones: Vec<String>,
    /// Whether the header marks times with `[UTC]`.
    pub in_utc: bool,
}

impl Sample {
    /// Takes the sample from the head of a file.
    pub fn take(path: &Path, framing: Framing, text: &Text) -> Self {
        let mut sample = Sample { path: path.to_path_buf(), framing, ..Sample::default() };
        let head = String::from_utf8_lossy(&text.head).into_owned();
        if let Framing::Csv { delimiter } = framing {
            (sample.header, sample.zones) = header(&head, delimiter);
            sample.in_utc = sample.zones.iter().any(|zone| zone.eq_ignore_ascii_case("utc"));
            sample.zones.retain(|zone| !zone.eq_ignore_ascii_case("utc"));
        }
        let Some(chunk) = framing::cut_head(framing, head.as_bytes()) else { return sample };
        let text = String::from_utf8_lossy(&chunk.text);
        let kept = &mut sample.records;
        let mut found = |found: Found<'_, '_>| {
            if let Found::Record(record, _) = found
                && kept.len() < RECORDS
            {
                kept.push(record.iter().map(Field::to_static).collect());
            }
        };
        match framing {
            Framing::Csv { .. } => {
                records::csv(&chunk, framing, &text, &sample.header, &records::Skipped::default(), &mut found)
            }
            Framing::JsonLines | Framing::JsonValues => records::json(&chunk, &text, None, &mut found),
        }
        sample
    }

    /// The same file without its records, for a format that has records of its own to put in their place.
    pub fn without_records(&self) -> Self {
        Sample { path: self.path.clone(), framing: self.framing, ..Sample::default() }
    }

    /// The keys of the records or the names of the header, in the order in which they are met.
    pub fn keys(&self) -> Vec<&str> {
        let mut keys: Vec<&str> = self.header.iter().map(String::as_str).collect();
        for field in self.records.iter().flatten() {
            if !keys.contains(&field.key.as_ref()) {
                keys.push(&field.key);
            }
        }
        keys
    }

    /// The different values of a key, as text.
    pub fn values(&self, key: &str) -> Vec<String> {
        let mut values = Vec::new();
        for field in self.records.iter().flatten().filter(|field| field.key == key) {
            let text = field.value.to_text().into_owned();
            if !text.is_empty() && !values.contains(&text) {
                values.push(text);
            }
        }
        values
    }

    /// A sentence about times that the header says are not in UTC.
    pub fn zone_note(&self) -> Option<String> {
        let zone = self.zones.first()?;
        Some(format!("The header marks times with [{zone}], not [UTC]; say the offset with --tz."))
    }

    /// Whether the file holds JSON.
    pub fn is_json(&self) -> bool {
        !matches!(self.framing, Framing::Csv { .. })
    }
}

/// The names of the header row, without the zone that the portal adds to times (`TimeGenerated [UTC]`), and those zones.
/// An empty name becomes `Column` with its number, a repeated one gets a number.
fn header(text: &str, delimiter: u8) -> (Vec<String>, Vec<String>) {
    let mut cells = Vec::new();
    read_row(text, framing::header_start(text), delimiter, &[], &mut cells);
    let mut names: Vec<String> = Vec::with_capacity(cells.len());
    let mut zones = Vec::new();
    for (place, cell) in cells.iter().enumerate() {
        let cell = cell.to_text();
        let (cell, zone) = split_zone(cell.trim());
        zones.extend(zone.map(String::from));
        let base = match cell {
            "" => format!("Column{}", place + 1),
            name => name.to_string(),
        };
        let mut name = base.clone();
        let mut number = 0;
        while names.contains(&name) {
            number += 1;
            name = format!("{base}{number}");
        }
        names.push(name);
    }
    (names, zones)
}

fn split_zone(cell: &str) -> (&str, Option<&str>) {
    match cell.strip_suffix(']').and_then(|inner| inner.rsplit_once('[')) {
        Some((name, zone)) if !name.trim().is_empty() => (name.trim_end(), Some(zone)),
        _ => (cell, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_loses_zones_and_repeats() {
        let (names, zones) = header("TimeGenerated [UTC],A ,A,,[x],Start_Time [Local time]\n", b',');
        assert_eq!(names, ["TimeGenerated", "A", "A1", "Column4", "[x]", "Start_Time"]);
        assert_eq!(zones, ["UTC", "Local time"]);
    }
}
