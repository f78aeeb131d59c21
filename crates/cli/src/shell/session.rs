//! What the prompt remembers: the data, how results are shown, and the last one.

use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;

use kql_planner::{QueryOptions, QueryResult};
use kql_types::datetime;

use super::helper::is_command;

use super::{Flow, command, directive};
use crate::args::{DataArgs, TimeArgs};
use crate::errors::{self, Failure};
use crate::output::{self, Format, Layout};
use crate::values::DataValues;
use crate::{ask, data, interrupt, pager, project, why};

/// A session at the prompt.
pub struct Session {
    /// The data and what was said about it, by the project's settings too.
    pub args: DataArgs,
    /// The engine over it.
    pub loaded: data::Loaded,
    /// How rows are written.
    pub format: &'static Format,
    /// Rows that a table shows; `None` for what fits a terminal, 0 for all.
    pub max_rows: Option<usize>,
    /// Whether lines may be longer than the terminal is wide.
    pub wide: bool,
    /// Whether long results go through a pager.
    pub pager: bool,
    /// Whether the time that a query took is told.
    pub timing: bool,
    /// Where the next result goes instead of the terminal.
    pub save_next: Option<PathBuf>,
    /// The last query and its result.
    pub last: Option<(String, QueryResult)>,
    /// What the next prompt begins with.
    pub edited: Option<String>,
    /// Files of commands that are being read, the outermost first.
    pub reading: Vec<PathBuf>,
    /// Whether a query or a command could not be answered.
    pub failed: bool,
    /// Whether a file could not be read.
    pub incomplete: bool,
    values: DataValues,
}

impl Session {
    /// Loads the data.
    pub fn new(args: &DataArgs, times: &TimeArgs) -> Result<Self, Failure> {
        let time_range = data::time_range(times.from.as_deref(), times.to.as_deref())?;
        let args = project::settled(args)?;
        let mut loaded = data::load_settled(&args)?;
        loaded.options.time_range = time_range;
        let incomplete = data::tell(&loaded.report);
        let format =
            output::format(Some("chart")).ok_or_else(|| Failure::usage("there is no such format"))?;
        Ok(Session {
            args,
            loaded,
            format,
            max_rows: None,
            wide: false,
            pager: true,
            timing: true,
            save_next: None,
            last: None,
            edited: None,
            reading: Vec::new(),
            failed: false,
            incomplete,
            values: DataValues::default(),
        })
    }

    /// Loads the data anew after its description has changed; what was set since stays.
    pub fn reload(&mut self, args: DataArgs) -> Result<(), Failure> {
        let mut loaded = data::load_settled(&args)?;
        self.incomplete |= data::tell(&loaded.report);
        loaded.options.time_range = self.loaded.options.time_range;
        loaded.options.params = std::mem::take(&mut self.loaded.options.params);
        self.loaded = loaded;
        self.args = args;
        self.values.forget();
        Ok(())
    }

    /// Tells what was loaded.
    pub fn greet(&self) {
        eprintln!(
            "kql {}. `.help` lists the commands; a query runs when it is complete.",
            env!("CARGO_PKG_VERSION")
        );
        self.greet_tables();
    }

    /// Tells which tables hold rows.
    pub fn greet_tables(&self) {
        for table in data::tables(&self.loaded.report) {
            eprintln!("{}", table.line());
        }
        self.suggest_now();
    }

    /// `ago()` over an old export finds nothing, which looks like a defect.
    fn suggest_now(&self) {
        if self.loaded.options.now.is_none()
            && let Some(newest) = data::newest(&self.loaded.report)
            && data::is_old(newest)
        {
            eprintln!(
                "The newest event is of {}: `.now data` makes now() and ago() count from there.",
                datetime::to_text(newest)
            );
        }
    }

    /// What stands before the line.
    pub fn prompt(&self) -> String {
        match self.loaded.options.time_range {
            Some((from, to)) => format!("kql [{}..{}]> ", short(from), short(to)),
            None => "kql> ".to_string(),
        }
    }

    /// What the data holds, for completion.
    pub fn values(&self) -> crate::values::Bound<'_> {
        self.values.bound(&self.loaded)
    }

    /// Runs a line of the prompt or of a script.
    pub fn line(&mut self, text: &str) -> Result<Flow, Failure> {
        if !is_command(text) {
            self.query(text)?;
            return Ok(Flow::Goes);
        }
        let flow = match directive::as_command(text) {
            Ok(text) => match text.strip_prefix('.') {
                Some(line) => command::run(self, line)?,
                None => {
                    eprintln!("{text}");
                    Flow::Goes
                }
            },
            Err(why) => {
                eprintln!("kql: {why}");
                Flow::Failed
            }
        };
        self.failed |= flow == Flow::Failed;
        Ok(flow)
    }

    /// Runs a query and shows its rows.
    pub fn query(&mut self, text: &str) -> Result<(), Failure> {
        let start = Instant::now();
        let (result, read) = interrupt::watched(&self.loaded.options, |options| {
            (ask::run(&self.loaded.engine, text, options), options.progress.rows().scanned)
        });
        let elapsed = start.elapsed();
        self.loaded.tell_later();
        match result {
            Ok(result) => {
                self.show(&result)?;
                let rows: usize = result.tables.iter().map(|table| table.row_count()).sum();
                if self.timing {
                    let noun = if rows == 1 { "row" } else { "rows" };
                    let read = if read > 0 { format!(", {read} rows scanned") } else { String::new() };
                    eprintln!("{rows} {noun} ({:.3} s{read})", elapsed.as_secs_f64());
                }
                why::tell_unloaded(&result.circumstances.unloaded);
                if rows == 0 {
                    why::hint(&self.loaded, text);
                }
                self.last = Some((text.to_string(), result));
            }
            Err(diagnostics) => {
                errors::tell(None, text, 0, &diagnostics);
                self.failed = true;
            }
        }
        Ok(())
    }

    /// Runs a query over what the session itself knows.
    pub fn system_query(&mut self, text: &str) -> Result<(), Failure> {
        let options = QueryOptions::default();
        match ask::run(&self.loaded.engine, text, &options) {
            Ok(result) => self.show(&result),
            Err(diagnostics) => {
                errors::tell(None, text, 0, &diagnostics);
                self.failed = true;
                Ok(())
            }
        }
    }

    /// Writes a result to where results go now.
    pub fn show(&mut self, result: &QueryResult) -> Result<(), Failure> {
        if let Some(path) = self.save_next.take() {
            match output::save(result, &path, None) {
                Ok(format) => {
                    eprintln!("saved to {} as {}", path.display(), format.name);
                    return Ok(());
                }
                // The rows have to go somewhere.
                Err(error) => eprintln!("kql: {}: {error}", path.display()),
            }
            self.failed = true;
        }
        let mut layout = Layout::of_stdout(self.max_rows);
        if self.wide {
            layout.width = None;
        }
        let mut text = Vec::new();
        self.format.write(result, &layout, &mut text)?;
        pager::print(&text, self.pager)?;
        std::io::stdout().flush()?;
        Ok(())
    }
}

/// A time without what is zero in it.
fn short(ticks: i64) -> String {
    let text = datetime::to_text(ticks);
    let text = text.trim_end_matches('Z').trim_end_matches('0').trim_end_matches('.');
    text.strip_suffix("T00:00:").unwrap_or(text).replace("T00:00:00", "")
}
