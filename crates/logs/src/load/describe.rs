//! The report of a file from what its reading counted.

use super::prepare::Ready;
use crate::read::{Outcome, clip};
use crate::report::{FileReport, NulledColumn, SAMPLES, TableReport};

/// Row counts at which portals and interfaces are known to cut an export off.
const CAPS: [u64; 5] = [10_000, 30_000, 50_000, 100_000, 500_000];

/// Adds what a pass over the file found to its report. A second pass over the same file adds only its tables.
pub(super) fn describe(report: &mut FileReport, file: &Ready, outcome: &mut Outcome) {
    let first = report.tables.is_empty();
    if let Some(decision) = outcome.decision.take().filter(|_| report.date_order.is_none()) {
        report.tell_dates(decision);
    }
    let mut naive = 0;
    let mut stand_ins = Vec::new();
    for (table, parts) in &outcome.tables {
        let why = if file.forced.is_some() { "as asked" } else { file.binding.why.as_str() };
        let mut entry = TableReport { table: table.clone(), why: why.to_string(), ..TableReport::default() };
        for part in parts {
            entry.rows += part.counts.rows as u64;
            naive += part.counts.naive_times;
            if let Some((from, to)) = part.counts.span {
                let (first, last) = entry.span.unwrap_or((from, to));
                entry.span = Some((first.min(from), last.max(to)));
            }
            for (key, rows) in &part.counts.unmapped {
                match report.unmapped.iter_mut().find(|(known, _)| known == key) {
                    Some((_, count)) => *count += rows,
                    None => report.unmapped.push((key.clone(), *rows)),
                }
            }
            for (column, (cells, line, text)) in &part.counts.unfit {
                match report.nulled.iter_mut().find(|known| known.table == *table && known.column == *column)
                {
                    Some(known) => known.cells += cells,
                    None => report.nulled.push(NulledColumn {
                        table: table.clone(),
                        column: column.clone(),
                        cells: *cells,
                        line: *line,
                        sample: clip(text),
                    }),
                }
            }
            if let Some((column, rows)) = &part.counts.stand_in {
                match stand_ins.iter_mut().find(|(known, _): &&mut (String, u64)| known == column) {
                    Some((_, count)) => *count += rows,
                    None => stand_ins.push((column.clone(), *rows)),
                }
            }
        }
        if CAPS.contains(&entry.rows) {
            report.warnings.push(format!(
                "It has exactly {} rows, at which exports are often cut off; there may be more.",
                entry.rows
            ));
        }
        report.tables.push(entry);
    }
    report.unmapped.sort();
    report.nulled.sort_by(|a, b| (&a.table, &a.column).cmp(&(&b.table, &b.column)));
    for (column, rows) in stand_ins {
        report.warnings.push(format!("{rows} rows lack TimeGenerated and take their time from {column}."));
    }
    if naive > 0 && file.naive_notice {
        report.warnings.push("Times without a zone are taken as UTC; say another with --tz.".to_string());
    }
    if !first {
        return;
    }
    report.rejected += outcome.rejected;
    let room = SAMPLES.saturating_sub(report.rejected_samples.len());
    report.rejected_samples.extend(outcome.samples.drain(..).take(room));
    if let Some(why) = outcome.broken.take() {
        report.warnings.push(format!("Not all of the file could be read: {why}."));
        report.broken = Some(why);
    }
    if outcome.invalid_lines > 0 {
        report.warnings.push(format!(
            "{} lines have bytes that are not UTF-8; each such byte became a question mark.",
            outcome.invalid_lines
        ));
    }
    if outcome.long_rows > 0 {
        report.warnings.push(format!(
            "{} rows have more cells than the header; the surplus is kept in _extra.",
            outcome.long_rows
        ));
    }
}
