//! The `kql` command.

mod args;
mod ask;
mod batch;
mod bench;
mod catalog;
mod check;
mod colour;
mod complete;
mod data;
mod deferred;
mod demo;
mod diff;
mod errors;
mod export;
mod generate;
mod import;
mod inspect;
mod interrupt;
mod manual;
mod output;
mod outside;
mod pager;
mod panics;
mod params;
mod parquet;
mod profile;
mod progress;
mod project;
mod request;
mod rule;
mod run;
mod shell;
mod source;
mod test;
mod values;
mod why;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Cli, Command};
use crate::errors::Failure;

/// Planning recurses over the query, so a deeply nested one needs more than the usual two megabytes.
const STACK_BYTES: usize = 256 << 20;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let worker = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(move || dispatch(cli));
    let outcome = match worker.map(std::thread::JoinHandle::join) {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_)) => Err(Failure::query("the engine failed; this is a defect of kql")),
        Err(error) => Err(Failure::usage(format!("no thread could be started: {error}"))),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

fn dispatch(cli: Cli) -> Result<(), Failure> {
    match cli.command {
        Some(Command::Run(args)) => run::run(&args),
        Some(Command::Batch(args)) => batch::run(&args),
        Some(Command::Bench(args)) => bench::run(&args),
        Some(Command::Check(args)) => check::run(&args),
        Some(Command::Inspect(args)) => inspect::run(&args),
        Some(Command::Test(args)) => test::run(&args),
        Some(Command::Diff(args)) => diff::run(&args),
        Some(Command::Demo(args)) => demo::run(&args),
        Some(Command::Import(args)) => import::run(&args),
        Some(Command::Export(args)) => export::run(&args),
        Some(Command::Why(args)) => why::run(&args),
        Some(Command::Explain(args)) => manual::run(&args),
        Some(Command::Complete(args)) => complete::run(&args),
        Some(Command::Generate(args)) => generate::run(&args),
        None => shell::run(&cli.data, &cli.times),
    }
}
