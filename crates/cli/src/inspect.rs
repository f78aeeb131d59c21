//! `kql inspect`: what files hold, without a query.

use std::io::{self, BufWriter, Write};

use kql_logs::report::{FileReport, TableReport};
use kql_logs::{DataSpec, Duplicates, LoadOptions, Loaded, LoadedTable, TableSource};
use kql_types::datetime;

use crate::args::InspectArgs;
use crate::data;
use crate::errors::Failure;

/// Loads the files and prints the report.
pub fn run(args: &InspectArgs) -> Result<(), Failure> {
    let specs: Vec<DataSpec> = args.paths.iter().map(|path| DataSpec::parse(path)).collect();
    let asked = data::load_options(&args.read)?;
    let duplicates = if asked.duplicates == Duplicates::Keep { Duplicates::Count } else { asked.duplicates };
    let options = LoadOptions { duplicates, ..asked };
    let loaded = data::read(&specs, &options)?;
    let mut out = BufWriter::new(io::stdout().lock());
    write(&loaded, &mut out)?;
    out.flush()?;
    if loaded.report.iter().any(|file| file.problem.is_some()) { Err(Failure::usage_told()) } else { Ok(()) }
}

fn write(loaded: &Loaded, out: &mut impl Write) -> Result<(), Failure> {
    for file in &loaded.report {
        write_file(file, out)?;
    }
    for table in &loaded.tables {
        write_table(table, out)?;
        if let Some((_, repeated)) = loaded.duplicates.iter().find(|(name, _)| *name == table.name) {
            writeln!(out, "  repeated: {}", counted(*repeated, "row"))?;
        }
    }
    Ok(())
}

/// What became of a file.
pub fn write_file(file: &FileReport, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{}", file.path.display())?;
    if let Some(problem) = &file.problem {
        return writeln!(out, "  not read: {problem}");
    }
    writeln!(out, "  format: {} ({})", file.format, file.framing)?;
    for table in &file.tables {
        writeln!(
            out,
            "  table: {} ({}): {}{}",
            table.table,
            table.why,
            counted(table.rows, "row"),
            span(table)
        )?;
    }
    if let Some(order) = &file.date_order {
        writeln!(out, "  dates: {order}")?;
    }
    if !file.unmapped.is_empty() {
        let keys: Vec<_> = file.unmapped.iter().map(|(key, rows)| format!("{key} ({rows})")).collect();
        writeln!(out, "  without a column, kept in _extra: {}", keys.join(", "))?;
    }
    for column in &file.nulled {
        let cells = counted(column.cells, "cell");
        let (name, sample, line) = (&column.column, &column.sample, column.line);
        writeln!(
            out,
            "  became null: {cells} of {}.{name}, the first `{sample}` on line {line}",
            column.table
        )?;
    }
    if file.rejected > 0 {
        writeln!(out, "  left out: {}", counted(file.rejected, "record"))?;
        for record in &file.rejected_samples {
            writeln!(out, "    line {}: {}: {}", record.line, record.why, record.sample)?;
        }
    }
    for warning in &file.warnings {
        writeln!(out, "  note: {warning}")?;
    }
    Ok(())
}

fn span(table: &TableReport) -> String {
    table.span.map_or(String::new(), |(first, last)| {
        format!(", {} to {}", datetime::to_text(first), datetime::to_text(last))
    })
}

fn write_table(table: &LoadedTable, out: &mut impl Write) -> Result<(), Failure> {
    let filled = table.filled().map_err(|error| Failure::usage(error.to_string()))?;
    let source = match &table.source {
        TableSource::Parquet(files) => format!(" in {}", counted(files.len() as u64, "Parquet file")),
        TableSource::Batches(_) => String::new(),
    };
    writeln!(out, "\n{}: {}{source}", table.name, counted(filled.rows, "row"))?;
    for (column, count) in &filled.columns {
        if *count > 0 {
            let share = *count as f64 * 100.0 / filled.rows as f64;
            writeln!(out, "  {share:5.1} %  {}: {}", column.name, column.ty)?;
        }
    }
    let empty = filled.columns.iter().filter(|(_, count)| *count == 0).count();
    if empty > 0 {
        writeln!(out, "  and {} without a value", counted(empty as u64, "column"))?;
    }
    Ok(())
}

/// A number with its noun.
pub fn counted(count: u64, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
