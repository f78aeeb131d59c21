//! What each file is, before any of it is read whole.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use crate::catalogue::Catalogue;
use crate::format::{self, Binding, FORMATS, Format};
use crate::framing::{self, Container, Framing, Opened, Source, Text};
use crate::read::{Outcome, Pass, Plan};
use crate::sample::Sample;
use crate::typing::DateRule;
use crate::typing::date_order::{DateEvidence, Decision};
use crate::{DateOrder, FileReport, LoadOptions, Progress};
use crate::{arrow_file, parquet_file};

/// How a file of typed columns is bound to a table.
type Bind = fn(&Path, Option<&str>, &Catalogue, &mut FileReport) -> Result<parquet_file::Bound, String>;

/// A file that was looked at.
pub(super) enum Prepared {
    Ready(Box<Ready>),
    Parquet(parquet_file::Bound, FileReport),
    Failed(FileReport),
}

impl Prepared {
    pub fn report(&self) -> &FileReport {
        match self {
            Prepared::Ready(ready) => &ready.report,
            Prepared::Parquet(_, report) | Prepared::Failed(report) => report,
        }
    }
}

/// A text file that can be read.
pub(super) struct Ready {
    pub source: Source,
    framing: Framing,
    pub binding: Binding,
    /// The table that a user named.
    pub forced: Option<String>,
    /// The tables that its first records go to.
    pub tables: BTreeSet<String>,
    pub dates: DateRule,
    keeps_rejects: bool,
    progress: Option<Arc<Progress>>,
    /// Whether a user left open what times without a zone mean.
    pub naive_notice: bool,
    /// Whether it is read as one chunk.
    pub small: bool,
    /// Whether it is so large that queries may read it themselves.
    pub large: bool,
    /// Whether only its first rows were looked at for the order of dates.
    pub unchecked_dates: bool,
    pub report: FileReport,
}

impl Ready {
    /// A pass over the file. One that cannot be opened any more has no rows and says why.
    pub fn run(&self, threads: usize, pass: Pass<'_>) -> Outcome {
        let run = |dates| {
            let read = self.plan(dates, pass).run(&self.source, threads);
            read.unwrap_or_else(|error| Outcome { broken: Some(error.to_string()), ..Outcome::default() })
        };
        let outcome = run(self.dates);
        if self.dates.order.is_some() || outcome.contradiction().is_none() {
            return outcome;
        }
        // The first rows had no date whose order matters.
        match self.decide(threads) {
            Ok(decision) => Outcome {
                decision: Some(decision.clone()),
                ..run(DateRule { order: Some(decision.order), ..self.dates })
            },
            Err(why) => Outcome { problem: Some(why), ..Outcome::default() },
        }
    }

    /// Looks at all rows for the order of dates, where only the first have been looked at.
    pub fn check_dates(&mut self, threads: usize) -> Result<(), String> {
        if std::mem::take(&mut self.unchecked_dates) {
            let decision = self.decide(threads)?;
            self.dates.order = Some(decision.order);
            self.report.date_order = Some(decision.why);
        }
        Ok(())
    }

    /// The order of dates by all rows of a file that has such dates.
    pub fn decide(&self, threads: usize) -> Result<Decision, String> {
        let decided = self.run(threads, Pass::Dates).dates.decide()?;
        decided.ok_or_else(|| "the file changed while it was read".to_string())
    }

    /// How a pass reads the file.
    pub fn plan<'l>(&'l self, dates: DateRule, pass: Pass<'l>) -> Plan<'l> {
        Plan {
            framing: self.framing,
            binding: &self.binding,
            forced: self.forced.as_deref(),
            dates,
            keeps_rejects: self.keeps_rejects,
            progress: self.progress.as_ref(),
            pass,
        }
    }
}

/// Looks at a file.
pub(super) fn file(
    source: &Source,
    table: Option<&str>,
    options: &LoadOptions,
    format: Option<&'static Format>,
    threads: usize,
) -> Prepared {
    let path = &source.name();
    let mut report = FileReport { path: path.clone(), ..FileReport::default() };
    let failed = |mut report: FileReport, why: String| {
        report.problem = Some(why);
        Prepared::Failed(report)
    };
    let text = match framing::open(source, None) {
        Ok(Opened::Text(text)) => text,
        Ok(Opened::Container(Container::Refused(why))) => return failed(report, format!("it is {why}")),
        Ok(Opened::Container(container @ (Container::Parquet | Container::Arrow))) => {
            let (kind, bind): (_, Bind) = match container {
                Container::Arrow => ("an Arrow", arrow_file::bind),
                _ => ("a Parquet", parquet_file::bind),
            };
            if let Some(format) = format {
                return failed(report, format!("it is {kind} file, not one of {}", format.name));
            }
            return match bind(path, table, &options.catalogue, &mut report) {
                Ok(bound) => Prepared::Parquet(bound, report),
                Err(why) => failed(report, why),
            };
        }
        Err(error) => return failed(report, error.to_string()),
    };
    if text.head.trim_ascii().is_empty() {
        let why = text.broken.take().unwrap_or_else(|| "the file is empty".to_string());
        return failed(report, why);
    }
    let framing = match framing::detect(&text.head, text.whole) {
        Some(framing) => framing,
        None if single_column(path, &text) => Framing::Csv { delimiter: b',' },
        None => return failed(report, "it holds neither JSON nor rows of cells".to_string()),
    };
    let mut text = text;
    if !text.whole
        && matches!(framing, Framing::JsonLines | Framing::JsonValues)
        && format::is_answer(&text.head)
    {
        // Rows are inside one object, which can only be looked at whole.
        text.extend_head(framing::MAX_RECORD);
    }
    report.framing = describe(framing, &text);
    let sample = Sample::take(path, framing, &text);
    let bound = match format {
        Some(format) => (format.bind)(&sample, &options.catalogue),
        None => FORMATS.iter().find_map(|format| (format.bind)(&sample, &options.catalogue)),
    };
    let Some(binding) = bound else {
        let name = format.map_or("any format", |format| format.name);
        return failed(report, format!("its records are not those of {name}"));
    };
    report.format = binding.format.to_string();
    report.warnings.clone_from(&binding.notes);
    report.warnings.extend(sample.zone_note());
    let mut tables = match table {
        Some(table) => BTreeSet::from([table.to_string()]),
        None => format::tables(&binding, &sample),
    };
    tables.extend(binding.declared.iter().map(|(table, _)| table.clone()));
    let naive_offset_minutes = options.naive_offset_minutes.unwrap_or(0);
    let naive_notice = options.naive_offset_minutes.is_none() && !sample.in_utc && !binding.in_utc;
    let mut ready = Ready {
        source: source.clone(),
        framing,
        binding,
        forced: table.map(String::from),
        tables,
        dates: DateRule { order: options.date_order, naive_offset_minutes },
        keeps_rejects: options.rejects.is_some(),
        progress: options.progress.clone(),
        naive_notice,
        small: text.whole,
        large: is_large(source, text.compression.is_some(), options),
        unchecked_dates: false,
        report,
    };
    let settled = evidence(&sample).settled().filter(|_| ready.large && options.date_order.is_none());
    ready.unchecked_dates = settled.is_some();
    let decision = match settled {
        Some(decision) => Ok(Some(decision)),
        None => date_order(&ready, &sample, options.date_order, threads),
    };
    match decision {
        Ok(None) => {}
        Ok(Some(decision)) => {
            ready.dates.order = Some(decision.order);
            ready.report.tell_dates(decision);
        }
        Err(why) => return failed(ready.report, why),
    }
    Prepared::Ready(Box::new(ready))
}

/// What the first records say about the order of dates.
fn evidence(sample: &Sample) -> DateEvidence {
    let mut first = DateEvidence::default();
    for (row, record) in sample.records.iter().enumerate() {
        first.see(record, row as u64 + 1);
    }
    first
}

/// Whether a file is large enough to be left to queries. A compressed one is taken to grow tenfold.
fn is_large(source: &Source, compressed: bool, options: &LoadOptions) -> bool {
    const INFLATION: u64 = 10;
    let size = fs::metadata(&source.path).map_or(0, |metadata| metadata.len());
    let size = if compressed { size.saturating_mul(INFLATION) } else { size };
    options.defer_from.is_some_and(|limit| size >= limit)
}

fn date_order(
    ready: &Ready,
    sample: &Sample,
    given: Option<DateOrder>,
    threads: usize,
) -> Result<Option<Decision>, String> {
    let first = evidence(sample);
    if first.is_empty() {
        return Ok(None);
    }
    match given {
        Some(order) => {
            let why = match order {
                DateOrder::DayFirst => "day first, as asked",
                DateOrder::MonthFirst => "month first, as asked",
            };
            Ok(Some(Decision { order, why: why.to_string(), guessed: false }))
        }
        None => ready.run(threads, Pass::Dates).dates.decide(),
    }
}

/// Whether a text without delimiters is still a table, of one column.
fn single_column(path: &Path, text: &Text) -> bool {
    let csv = path.to_string_lossy().to_ascii_lowercase();
    let named = [".csv", ".csv.gz", ".csv.zst", ".tsv"].iter().any(|ending| csv.ends_with(ending));
    named && std::str::from_utf8(&text.head).is_ok()
}

fn describe(framing: Framing, text: &Text) -> String {
    let parts = [Some(framing.name()), text.compression, text.encoding];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
