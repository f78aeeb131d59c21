//! Prints what a load makes of files: `cargo run -p kql-logs --example inspect -- PATH…`.

use kql_logs::{DataSpec, LoadOptions, TableSource, load};

fn main() -> Result<(), kql_logs::LoadError> {
    let specs: Vec<DataSpec> = std::env::args().skip(1).map(|argument| DataSpec::parse(&argument)).collect();
    let start = std::time::Instant::now();
    let loaded = load(&specs, &LoadOptions::default())?;
    let elapsed = start.elapsed();
    for file in &loaded.report {
        println!("{file:#?}");
    }
    for table in &loaded.tables {
        let source = match &table.source {
            TableSource::Batches(batches) => {
                let rows: usize = batches.iter().map(|batch| batch.num_rows()).sum();
                format!("{rows} rows in {} batches", batches.len())
            }
            TableSource::Parquet(paths) => format!("{} Parquet files", paths.len()),
        };
        println!("{}: {source}", table.name);
    }
    println!("{elapsed:?}");
    Ok(())
}
