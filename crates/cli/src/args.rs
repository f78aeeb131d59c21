//! The command line.

use std::num::NonZero;
use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Args, Parser, Subcommand, value_parser};
use kql_logs::DateOrder;
use kql_logs::format::{FORMATS, Format};

use crate::{data, output};

/// Run Kusto queries (KQL) offline over exported logs.
///
/// Without a command, an interactive prompt opens.
#[derive(Debug, Parser)]
#[command(
    name = "kql",
    version,
    max_term_width = 100,
    after_help = EXIT_CODES,
    // What stands before a command is for the prompt: it would do nothing there.
    args_conflicts_with_subcommands = true
)]
pub struct Cli {
    /// What to do; the prompt when left out.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// What the prompt works on.
    #[command(flatten)]
    pub data: DataArgs,
    /// Which times it sees.
    #[command(flatten)]
    pub times: TimeArgs,
}

const EXIT_CODES: &str = "Exit codes: 0 all went well, 1 a query failed, 2 the command line or a file is wrong, 3 a test failed, or a comparison found a \
     difference.";

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run queries and print their rows.
    Run(RunArgs),
    /// Answer queries line by line: one JSON request a line on standard input, one JSON answer a line.
    ///
    /// A request is {"id", "kql", "rows": true|false, "now"}; `rows` and `now` may be left out. An answer is
    /// {"id", "ok": true, "columns": [{"name", "type"}], "rows": [[…]], "row_count", "elapsed_ms"} or
    /// {"id", "ok": false, "stage", "error": {"kind", "code", "message", "start", "end"}}, where start and end count
    /// bytes of the query's UTF-8 text. "unloaded" names the known tables of the query that no file was loaded into,
    /// where there are such.
    Batch(BatchArgs),
    /// Measure how long queries take, as a Markdown table.
    Bench(BenchArgs),
    /// Parse, bind and plan queries without data.
    Check(CheckArgs),
    /// Tell what files hold: format, table and why, rows, time span, what does not fit, filled columns.
    Inspect(InspectArgs),
    /// Test queries against what is expected of them.
    ///
    /// Tests are files *.test.yaml beside queries and rules, and headers `//@ test` in files of queries; docs/testing.md
    /// shows both.
    Test(TestArgs),
    /// Compare the rows of two queries, or of one query or all tables over two sets of data.
    ///
    /// Rows with `-` are only in A, with `+` only in B; `~` marks rows that differ in some columns. The exit code is 3
    /// where there is a difference.
    Diff(DiffArgs),
    /// Write a made-up tenant with a month of logs and a day of attacks, and open a prompt on it.
    Demo(DemoArgs),
    /// Tell where queries lose their rows: the rows after each operator, and what the data holds instead.
    Why(WhyArgs),
    /// Tell what an error code means, or what a function or an operator does.
    Explain(ExplainArgs),
    /// Complete queries line by line: one JSON request {"id", "kql", "cursor"} a line on standard input, one answer
    /// {"id", "start", "end", "candidates": [{"text", "kind", "detail"}]} a line.
    Complete(BatchArgs),
    /// Print what a shell needs to complete this command line, or the manual page.
    Generate(GenerateArgs),
    /// Bring files into a local store, which opens at once and answers faster; again for what is new or has changed.
    Import(ImportArgs),
    /// Write the rows of a query, or of every table of the data, to CSV, NDJSON or Parquet files.
    Export(ExportArgs),
}

const LOADING: &str = "Reading the data";

fn input_formats() -> PossibleValuesParser {
    let value = |format: &Format| PossibleValue::new(format.name).help(format.about);
    FORMATS.iter().map(value).collect::<Vec<_>>().into()
}

fn size(text: &str) -> Result<usize, String> {
    data::bytes(text).ok_or_else(|| "a size such as 512MB or 4GB is expected".to_string())
}

fn tolerance(text: &str) -> Result<f64, String> {
    crate::test::tolerance(text).ok_or_else(|| "a number such as 1e-9 is expected".to_string())
}

fn date_order(text: &str) -> Result<DateOrder, String> {
    match text {
        "mdy" => Ok(DateOrder::MonthFirst),
        "dmy" => Ok(DateOrder::DayFirst),
        _ => Err("`mdy` or `dmy` is expected".into()),
    }
}

/// Where the rows come from and what the time is.
#[derive(Debug, Clone, Default, Args)]
pub struct DataArgs {
    /// A file, folder or glob of exported logs; Table=PATH when the table cannot be told from the content.
    #[arg(long = "data", short = 'd', value_name = "[TABLE=]PATH")]
    pub data: Vec<String>,
    /// What now() and ago() take as the present: a datetime, or `data` for the newest event that was loaded.
    #[arg(long, value_name = "TIME|data")]
    pub now: Option<String>,
    /// How much of the memory a query may keep its rows in, such as 512MB or 4GB; beyond it, sorts, groups and joins go
    /// on in temporary files. Without it, three quarters of the machine's.
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub memory: Option<usize>,
    /// Settings of a project instead of those of kql.toml in this folder or above it.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// How the files are read.
    #[command(flatten)]
    pub read: ReadArgs,
    /// What queries may read besides the data.
    #[command(flatten)]
    pub outside: OutsideArgs,
}

/// Which times queries see.
#[derive(Debug, Clone, Default, Args)]
pub struct TimeArgs {
    /// Only rows of tables from this time on, by TimeGenerated or Timestamp.
    #[arg(long, value_name = "TIME")]
    pub from: Option<String>,
    /// Only rows of tables up to this time, by TimeGenerated or Timestamp.
    #[arg(long, value_name = "TIME")]
    pub to: Option<String>,
}

/// How the files of data are read.
#[derive(Debug, Clone, Default, Args)]
pub struct ReadArgs {
    /// Tables that are known besides the built-in ones, or in their place: a file, or a folder of files, of
    /// `.create table` commands or JSON {"Table": [{"name", "type"}]}.
    #[arg(long = "schema", value_name = "PATH", help_heading = LOADING)]
    pub schemas: Vec<PathBuf>,
    /// Read every file in this format rather than tell it from the content.
    #[arg(long = "as", value_name = "FORMAT", value_parser = input_formats(), help_heading = LOADING)]
    pub input_format: Option<String>,
    /// The order of dates such as 04/05/2026: `mdy` or `dmy`; without it, by evidence in each file.
    #[arg(long, value_name = "ORDER", value_parser = date_order, help_heading = LOADING)]
    pub date_order: Option<DateOrder>,
    /// The offset from UTC of times without a zone, such as +02:00; without it, UTC.
    #[arg(long, value_name = "OFFSET", help_heading = LOADING)]
    pub tz: Option<String>,
    /// Fail at the first record or cell that is not well formed, rather than report it and go on.
    #[arg(long, help_heading = LOADING)]
    pub strict: bool,
    /// Drop the rows that repeat within a table: by _ItemId, Id or OfficeId, else by all columns.
    #[arg(long, help_heading = LOADING)]
    pub dedupe: bool,
    /// Write the records that could not be read to a file, as they came.
    #[arg(long, value_name = "FILE", help_heading = LOADING)]
    pub rejects: Option<PathBuf>,
}

const OUTSIDE: &str = "What queries may read besides the data";

/// What queries may read besides the data.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct OutsideArgs {
    /// A folder that stands in for the web: externaldata reads https://HOST/PATH from its file HOST/PATH.
    #[arg(long, value_name = "FOLDER", help_heading = OUTSIDE)]
    pub mirror: Option<PathBuf>,
    /// A folder of watchlists for _GetWatchlist: ALIAS.csv, or ALIAS.COLUMN.csv to name the search key.
    #[arg(long, value_name = "FOLDER", help_heading = OUTSIDE)]
    pub watchlists: Option<PathBuf>,
    /// A file or folder of functions: .create-or-alter function, let statements, or a query under the file's name.
    #[arg(long, value_name = "PATH", help_heading = OUTSIDE)]
    pub functions: Vec<PathBuf>,
    /// Logs that stand in for database("NAME") or workspace("NAME"); CLUSTER/NAME for one of a cluster.
    #[arg(long = "database", value_name = "NAME=PATH", help_heading = OUTSIDE)]
    pub databases: Vec<String>,
    /// A city database of the MaxMind format for geo_info_from_ip_address.
    #[arg(long, value_name = "FILE", help_heading = OUTSIDE)]
    pub locations: Option<PathBuf>,
    /// The patterns of parse_user_agent: the regexes.yaml of ua-parser/uap-core.
    #[arg(long, value_name = "FILE", help_heading = OUTSIDE)]
    pub user_agents: Option<PathBuf>,
}

/// Arguments of `kql inspect`.
#[derive(Debug, Args)]
pub struct InspectArgs {
    /// A file, folder or glob of exported logs; Table=PATH when the table cannot be told from the content.
    #[arg(value_name = "[TABLE=]PATH", required = true)]
    pub paths: Vec<String>,
    /// How the files are read.
    #[command(flatten)]
    pub read: ReadArgs,
}

/// Arguments of `kql import`.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// A file, folder or glob of exported logs; Table=PATH when the table cannot be told from the content.
    #[arg(value_name = "[TABLE=]PATH", required = true)]
    pub paths: Vec<String>,
    /// The folder of the store, which is made if it is not there; `--data FOLDER` opens it.
    #[arg(long, value_name = "FOLDER")]
    pub to: PathBuf,
    /// How the files are read.
    #[command(flatten)]
    pub read: ReadArgs,
}

/// Arguments of `kql export`.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// A file with one query; without it and without -e, every table of the data is written.
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// A query.
    #[arg(short = 'e', long = "execute", value_name = "QUERY")]
    pub queries: Vec<String>,
    /// The data and the time.
    #[command(flatten)]
    pub data: DataArgs,
    /// The value of a name in `declare query_parameters`.
    #[arg(long = "param", short = 'p', value_name = "NAME=VALUE")]
    pub params: Vec<String>,
    /// The file for the rows of a query, or the folder for those of the tables.
    #[arg(long, value_name = "PATH")]
    pub to: PathBuf,
    /// The kind of file; by the ending of its name, and Parquet for whole tables.
    #[arg(long, short = 'f', value_parser = PossibleValuesParser::new(crate::export::ENDINGS))]
    pub format: Option<String>,
}

/// Queries, and the rows that they see.
#[derive(Debug, Args)]
pub struct AskArgs {
    /// Files of queries; `-` is standard input. Queries in one file are separated by blank lines. A rule of Sentinel (YAML)
    /// and rules that a portal exported (JSON) stand for their queries.
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// A query.
    #[arg(short = 'e', long = "execute", value_name = "QUERY")]
    pub queries: Vec<String>,
    /// The data and the time.
    #[command(flatten)]
    pub data: DataArgs,
    /// Which times the queries see.
    #[command(flatten)]
    pub times: TimeArgs,
    /// The value of a name in `declare query_parameters`.
    #[arg(long = "param", short = 'p', value_name = "NAME=VALUE")]
    pub params: Vec<String>,
}

/// Arguments of `kql run`.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// The queries and what they range over.
    #[command(flatten)]
    pub ask: AskArgs,
    /// How rows are written; a table on a terminal, or the chart that render asks for, else NDJSON.
    #[arg(long, short = 'f', value_parser = output::format_names())]
    pub format: Option<String>,
    /// Rows that `--format table` and `--format vertical` print of each result; 0 prints all. On a terminal 40, else all.
    #[arg(long, value_name = "N", conflicts_with = "output")]
    pub max_rows: Option<usize>,
    /// Write the rows of the last query to a file, in the format of its extension unless --format is given.
    #[arg(long, short = 'o', value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Tell on standard error what each step of the plan did: rows, time, memory.
    #[arg(long)]
    pub profile: bool,
    /// Go on with the next query after one that failed.
    #[arg(long)]
    pub keep_going: bool,
}

/// Arguments of `kql why`.
#[derive(Debug, Args)]
pub struct WhyArgs {
    /// The queries and what they range over.
    #[command(flatten)]
    pub ask: AskArgs,
}

/// Arguments of `kql explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// An error code such as KQL0101, a function or an operator.
    #[arg(value_name = "CODE|NAME", required = true)]
    pub topics: Vec<String>,
}

/// Arguments of `kql generate`.
#[derive(Debug, Args)]
pub struct GenerateArgs {
    /// What is printed: bash, elvish, fish, powershell, zsh or man.
    #[arg(value_name = "KIND", value_parser = ["bash", "elvish", "fish", "powershell", "zsh", "man"])]
    pub kind: String,
}

/// Arguments of `kql batch`.
#[derive(Debug, Args)]
pub struct BatchArgs {
    /// The data and the time.
    #[command(flatten)]
    pub data: DataArgs,
}

/// Arguments of `kql bench`.
#[derive(Debug, Args)]
pub struct BenchArgs {
    /// The queries, of which a folder gives all its files, and what they range over.
    #[command(flatten)]
    pub ask: AskArgs,
    /// How often each query is run and measured, after one run that does not count.
    #[arg(long, value_name = "N", default_value = "5")]
    pub repeat: NonZero<u32>,
}

/// Arguments of `kql check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Files of queries or of rules, as `kql run` takes them; `-` or nothing is standard input.
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Read the requests of `kql batch` and answer each with {"id", "ok", "stage", "columns", "error"} on a line.
    #[arg(long, conflicts_with = "files")]
    pub jsonl: bool,
    /// The tables that exist, in place of the built-in ones: `.create table` commands, or JSON
    /// {"Table": [{"name", "type"}]}.
    #[arg(long, value_name = "FILE")]
    pub schema: Option<PathBuf>,
    /// Settings of a project instead of those of kql.toml in this folder or above it.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// What queries may read besides tables.
    #[command(flatten)]
    pub outside: OutsideArgs,
}

/// Arguments of `kql test`.
#[derive(Debug, Args)]
pub struct TestArgs {
    /// Files of tests, queries with tests beside them, or folders.
    #[arg(value_name = "PATH", default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// Run only the cases that have this in their name or in the path of their file.
    #[arg(short = 'k', long = "name", value_name = "TEXT")]
    pub name: Option<String>,
    /// Rewrite the expected rows of the cases that fail, or of those with NAME in their name; refused where CI=true.
    #[arg(long, value_name = "NAME", num_args = 0..=1, default_missing_value = "", require_equals = true)]
    pub update: Option<String>,
    /// As --update, but ask for each case.
    #[arg(long)]
    pub review: bool,
    /// Cases that run at once; without it, as many as the machine has threads.
    #[arg(long, value_name = "N")]
    pub jobs: Option<NonZero<usize>>,
    /// End at the first case that fails.
    #[arg(long)]
    pub fail_fast: bool,
    /// Break each query in one place at a time, and tell what no test notices.
    #[arg(long, conflicts_with_all = ["update", "review", "junit", "format"])]
    pub mutate: bool,
    /// The percentage of broken queries that --mutate wants noticed.
    #[arg(long, value_name = "PERCENT", default_value_t = 90, requires = "mutate", value_parser = value_parser!(u8).range(..=100))]
    pub min_killed: u8,
    /// Write a first test beside a query or an analytics rule, from the rows of --from that it finds, with other names in them.
    #[arg(
        long,
        value_name = "QUERY",
        requires = "from",
        conflicts_with_all =
            ["paths", "name", "update", "review", "jobs", "fail_fast", "mutate", "watch", "junit", "format"]
    )]
    pub init: Option<PathBuf>,
    /// The exports of --init; TABLE=PATH when the table cannot be told from the content.
    #[arg(long, value_name = "[TABLE=]PATH", requires = "init")]
    pub from: Vec<String>,
    /// Run again whenever a file below the paths changes.
    #[arg(long)]
    pub watch: bool,
    /// Write the outcome as JUnit too.
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,
    /// How the outcome is told: human, tap or json.
    #[arg(long, value_name = "FORMAT", default_value = "human", value_parser = crate::test::style)]
    pub format: crate::test::Style,
}

/// Arguments of `kql demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Where the tenant is written.
    #[arg(value_name = "FOLDER", default_value = "kql-demo")]
    pub folder: PathBuf,
    /// How many people work there, at least 24.
    #[arg(long, value_name = "N", default_value_t = 24)]
    pub people: usize,
    /// How many days the logs hold.
    #[arg(long, value_name = "N", default_value_t = 30)]
    pub days: u16,
    /// Another number gives other noise.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// Leave the attacks out.
    #[arg(long)]
    pub quiet: bool,
    /// Write the tenant and open no prompt.
    #[arg(long)]
    pub no_prompt: bool,
}

/// Arguments of `kql diff`.
#[derive(Debug, Args)]
pub struct DiffArgs {
    /// A query (.kql), or a file, folder or glob of exported logs.
    #[arg(value_name = "A")]
    pub a: String,
    /// What it is compared with.
    #[arg(value_name = "B")]
    pub b: String,
    /// The query that is run over both sets of data; without it, every table is compared.
    #[arg(long, short = 'q', value_name = "FILE.kql")]
    pub query: Option<PathBuf>,
    /// Rows that agree in these columns are one row; without it, those that differ least.
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    pub key: Vec<String>,
    /// The relative difference between equal reals.
    #[arg(long, value_name = "NUMBER", default_value_t = 1e-9, value_parser = tolerance)]
    pub float_tol: f64,
    /// The data of two queries, and the time.
    #[command(flatten)]
    pub data: DataArgs,
    /// The value of a name in `declare query_parameters`.
    #[arg(long = "param", short = 'p', value_name = "NAME=VALUE")]
    pub params: Vec<String>,
}
