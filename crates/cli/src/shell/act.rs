//! Commands that change the session, or do something with a query or the last result.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use kql_parser::diagnostic::Diagnostic;
use kql_types::text::without_mark;
use kql_types::{datetime, timespan};

use super::{Flow, Session, script};
use crate::errors::{self, Failure};
use crate::interrupt::Stoppable;
use crate::output;
use crate::{ask, data, interrupt, manual, profile, why};

/// What a command tells.
fn say(text: impl std::fmt::Display) -> Result<Flow, Failure> {
    eprintln!("{text}");
    Ok(Flow::Goes)
}

/// A command that cannot be obeyed, which does not end the session.
fn refuse(text: impl std::fmt::Display) -> Result<Flow, Failure> {
    eprintln!("kql: {text}");
    Ok(Flow::Failed)
}

/// The same with a reason that knows how to tell itself.
fn refused(failure: &Failure) -> Result<Flow, Failure> {
    failure.tell();
    Ok(Flow::Failed)
}

/// A query that cannot be answered.
fn wrong(text: &str, diagnostics: &[Diagnostic]) -> Result<Flow, Failure> {
    errors::tell(None, text, 0, diagnostics);
    Ok(Flow::Failed)
}

/// Reads `on` or `off`, changes the setting, and tells what it is now.
fn switch(setting: &mut bool, name: &str, argument: &str) -> Result<Flow, Failure> {
    match argument {
        "on" | "true" => *setting = true,
        "off" | "false" => *setting = false,
        "" => {}
        other => return refuse(format!(".{name} takes on or off, not {other}")),
    }
    say(format!("{name} is {}", if *setting { "on" } else { "off" }))
}

/// `.load`
pub fn load(session: &mut Session, argument: &str) -> Result<Flow, Failure> {
    if argument.is_empty() {
        return refuse(".load takes a file, a folder or a glob");
    }
    let mut args = session.args.clone();
    args.data.push(argument.to_string());
    if let Err(failure) = session.reload(args) {
        return refused(&failure);
    }
    session.greet_tables();
    Ok(Flow::Goes)
}

/// `.reload`
pub fn reload(session: &mut Session, _: &str) -> Result<Flow, Failure> {
    if let Err(failure) = session.reload(session.args.clone()) {
        return refused(&failure);
    }
    session.greet_tables();
    Ok(Flow::Goes)
}

/// `.mode`
pub fn mode(session: &mut Session, argument: &str) -> Result<Flow, Failure> {
    let names: Vec<&str> = output::FORMATS.iter().map(|format| format.name).collect();
    match output::format(Some(argument)) {
        Some(format) if !format.binary => session.format = format,
        Some(format) => {
            return refuse(format!(
                "{} is not for reading; `.save FILE.{}` writes it",
                format.name, format.name
            ));
        }
        None if argument.is_empty() => {}
        None => return refuse(format!("a format is one of {}", names.join(", "))),
    }
    match session.format.name {
        "chart" => say("rows are written as table, or as the chart that render asks for"),
        name => say(format!("rows are written as {name}")),
    }
}

/// `.rows`
pub fn rows(session: &mut Session, argument: &str) -> Result<Flow, Failure> {
    match (argument, argument.parse::<usize>()) {
        ("", _) => {}
        ("all", _) => session.max_rows = Some(0),
        (_, Ok(rows)) => session.max_rows = Some(rows),
        _ => return refuse(".rows takes a number or all"),
    }
    match session.max_rows {
        Some(0) => say("all rows are shown"),
        Some(rows) => say(format!("{rows} rows are shown")),
        None => say("40 rows are shown on a terminal"),
    }
}

/// `.wide`
pub fn wide(session: &mut Session, argument: &str) -> Result<Flow, Failure> {
    switch(&mut session.wide, "wide", argument)
}

/// `.pager`
pub fn pager(session: &mut Session, argument: &str) -> Result<Flow, Failure> {
    switch(&mut session.pager, "pager", argument)
}

/// `.timing`
pub fn timing(session: &mut Session, argument: &str) -> Result<Flow, Failure> {
    switch(&mut session.timing, "timing", argument)
}

/// Shows the last result in another way.
fn again(session: &mut Session, format: &str, max_rows: Option<usize>) -> Result<Flow, Failure> {
    let Some((text, result)) = session.last.take() else { return refuse("there is no result yet") };
    let (kept_format, kept_rows) = (session.format, session.max_rows);
    session.format = output::format(Some(format)).unwrap_or(kept_format);
    session.max_rows = max_rows.or(kept_rows);
    let shown = session.show(&result);
    (session.format, session.max_rows) = (kept_format, kept_rows);
    session.last = Some((text, result));
    shown.map(|()| Flow::Goes)
}

/// `.full`
pub fn full(session: &mut Session, _: &str) -> Result<Flow, Failure> {
    again(session, "table", Some(0))
}

/// `.vertical`
pub fn vertical(session: &mut Session, _: &str) -> Result<Flow, Failure> {
    again(session, "vertical", None)
}

/// `.copy`
pub fn copy(session: &mut Session, _: &str) -> Result<Flow, Failure> {
    again(session, "datatable", Some(0))
}

/// `.now`
pub fn now(session: &mut Session, argument: &str) -> Result<Flow, Failure> {
    if !argument.is_empty() {
        let text = Some(argument).filter(|text| *text != "off");
        // The newest event may be in files that would be read whole for it.
        let newest = text.filter(|text| *text == "data").and_then(|_| session.loaded.newest());
        let now = match newest {
            Some(newest) => Ok(Some(newest)),
            None => data::now(text, &session.loaded.report),
        };
        match now {
            Ok(now) => session.loaded.options.now = now,
            Err(failure) => return refused(&failure),
        }
        // So it stays when files are loaded anew, and `data` is their newest event then.
        session.args.now = text.map(String::from);
    }
    match session.loaded.options.now {
        Some(ticks) => say(datetime::to_text(ticks)),
        None => say("the clock of this machine"),
    }
}

/// `.range`
pub fn range(session: &mut Session, argument: &str) -> Result<Flow, Failure> {
    let range = match (argument, argument.split_once("..")) {
        ("", _) => session.loaded.options.time_range,
        ("off", _) => None,
        (_, Some((from, to))) => match data::time_range(Some(from.trim()), Some(to.trim())) {
            Ok(range) => range,
            Err(failure) => return refused(&failure),
        },
        (length, None) => {
            let to = session.loaded.options.now.or_else(|| session.loaded.newest());
            match (timespan::parse(length).filter(|length| *length > 0), to) {
                (Some(length), Some(to)) => Some((to.saturating_sub(length), to)),
                (None, _) => {
                    return refuse(".range takes FROM..TO, the length of what ends now such as 7d, or off");
                }
                (_, None) => return refuse("no row that was loaded has a time"),
            }
        }
    };
    session.loaded.options.time_range = range;
    match range {
        Some((from, to)) => {
            say(format!("queries see rows from {} to {}", datetime::to_text(from), datetime::to_text(to)))
        }
        None => say("queries see all rows"),
    }
}

/// The memory of a query.
fn memory(session: &mut Session, argument: &str) -> Result<Flow, Failure> {
    if !argument.is_empty() {
        let Some(limit) = data::bytes(argument) else {
            return refuse("memory takes a size such as 500MB or 2GB");
        };
        session.args.memory = Some(limit);
        session.loaded.options.memory_limit = Some(limit);
    }
    match session.loaded.options.memory_limit {
        Some(limit) => say(format!("a query may keep {limit} bytes in memory")),
        None => say("a query may keep as much in memory as there is"),
    }
}

/// `.set`
pub fn set(session: &mut Session, argument: &str) -> Result<Flow, Failure> {
    let (name, value) =
        argument.split_once(|c: char| c.is_whitespace() || c == '=').unwrap_or((argument, ""));
    let value = value.trim();
    match name {
        "" => {
            for (name, setting) in [
                ("memory", memory as fn(&mut Session, &str) -> _),
                ("now", now),
                ("pager", pager),
                ("range", range),
                ("rows", rows),
                ("timing", timing),
                ("wide", wide),
            ] {
                eprint!("{name:8}");
                let _: Flow = setting(session, "")?;
            }
            Ok(Flow::Goes)
        }
        "rows" => rows(session, value),
        "wide" => wide(session, value),
        "pager" => pager(session, value),
        "timing" => timing(session, value),
        "now" | "query_now" => now(session, value),
        "range" => range(session, value),
        "memory" => memory(session, value),
        other => {
            refuse(format!("there is no setting `{other}`: memory, now, pager, range, rows, timing, wide"))
        }
    }
}

/// `.param`
pub fn param(session: &mut Session, argument: &str) -> Result<Flow, Failure> {
    if let Some((name, value)) = argument.split_once('=') {
        let (name, value) = (name.trim().to_string(), value.trim().to_string());
        let params = &mut session.loaded.options.params;
        params.retain(|(known, _)| *known != name);
        if !value.is_empty() {
            params.push((name, value));
        }
    } else if !argument.is_empty() {
        return refuse(".param takes NAME=VALUE; without a value the name is forgotten");
    }
    for (name, value) in &session.loaded.options.params {
        eprintln!("{name}={value}");
    }
    Ok(Flow::Goes)
}

/// `.read`
pub fn read(session: &mut Session, argument: &str) -> Result<Flow, Failure> {
    let path = PathBuf::from(argument);
    let fail = |error: std::io::Error| refuse(format!("{argument}: {error}"));
    let (file, text) = match (path.canonicalize(), std::fs::read_to_string(&path)) {
        (Ok(file), Ok(text)) => (file, text),
        (Err(error), _) | (_, Err(error)) => return fail(error),
    };
    if session.reading.contains(&file) {
        return refuse(format!("{argument} is being read already"));
    }
    session.reading.push(file);
    let flow = script::run(session, without_mark(&text).lines().map(|line| Ok(line.to_string())));
    session.reading.pop();
    flow
}

/// `.save`
pub fn save(session: &mut Session, argument: &str) -> Result<Flow, Failure> {
    if argument.is_empty() {
        return refuse(".save takes a file, whose extension names the format");
    }
    let path = PathBuf::from(argument);
    // The result would be lost if that came out only when it is there.
    if output::format_of_file(&path).is_none() {
        return refuse(format!("{argument}: {}", output::unknown_extension()));
    }
    session.save_next = Some(path);
    say(format!("the next result goes to {argument}"))
}

/// `.edit`
pub fn edit(session: &mut Session, _: &str) -> Result<Flow, Failure> {
    let text = session.last.as_ref().map_or("", |(text, _)| text.as_str());
    let file = std::env::temp_dir().join(format!("kql-{}.kql", std::process::id()));
    if let Err(error) = std::fs::write(&file, text) {
        return refuse(format!("{}: {error}", file.display()));
    }
    let editor =
        std::env::var("VISUAL").or_else(|_| std::env::var("EDITOR")).unwrap_or_else(|_| "vi".to_string());
    let mut words = editor.split_whitespace();
    let status = Command::new(words.next().unwrap_or("vi")).args(words).arg(&file).status();
    let edited = std::fs::read_to_string(&file);
    // A file that stays behind does no harm.
    let _ = std::fs::remove_file(&file);
    match (status, edited) {
        (Ok(status), Ok(text)) if status.success() => {
            // A blank before it keeps it out of the history, as before.
            session.edited = Some(text.trim_end().to_string()).filter(|text| !text.is_empty());
            Ok(Flow::Goes)
        }
        (Err(error), _) => refuse(format!("{editor}: {error}")),
        _ => refuse(format!("{editor} ended without a query")),
    }
}

/// `.explain`
pub fn explain(session: &mut Session, argument: &str) -> Result<Flow, Failure> {
    if let Some(page) = manual::code(argument) {
        println!("{page}");
        return Ok(Flow::Goes);
    }
    match session.loaded.engine.explain(argument, &session.loaded.options) {
        Ok(plan) => println!("{plan}"),
        Err(diagnostics) => return wrong(argument, &diagnostics),
    }
    Ok(Flow::Goes)
}

/// `.profile`
pub fn profile(session: &mut Session, argument: &str) -> Result<Flow, Failure> {
    match interrupt::watched(&session.loaded.options, |options| {
        profile::text(&session.loaded.engine, argument, options)
    }) {
        Ok(text) => print!("{text}"),
        Err(diagnostics) => return wrong(argument, &diagnostics),
    }
    Ok(Flow::Goes)
}

/// `.why`
pub fn why(session: &mut Session, argument: &str) -> Result<Flow, Failure> {
    let text = match (argument, &session.last) {
        ("", Some((text, _))) => text.clone(),
        ("", None) => return refuse("there is no query yet"),
        (text, _) => text.to_string(),
    };
    match why::tell(&session.loaded, &text) {
        Ok(lines) => lines.iter().for_each(|line| println!("{line}")),
        Err(diagnostics) => return wrong(&text, &diagnostics),
    }
    Ok(Flow::Goes)
}

/// `.watch`
pub fn watch(session: &mut Session, argument: &str) -> Result<Flow, Failure> {
    let (seconds, text) = argument.split_once(char::is_whitespace).unwrap_or((argument, ""));
    let seconds = seconds.trim_end_matches('s').parse::<f64>().ok().filter(|seconds| *seconds > 0.0);
    let (Some(seconds), false) = (seconds, text.trim().is_empty()) else {
        return refuse(".watch takes a number of seconds and a query");
    };
    // Ctrl-C ends the watching wherever it has come, and never the session.
    let watching = Stoppable::begin();
    loop {
        let answer = interrupt::watched(&session.loaded.options, |options| {
            ask::run(&session.loaded.engine, text, options)
        });
        match answer {
            Ok(result) => session.show(&result)?,
            Err(_) if watching.is_stopped() => return Ok(Flow::Goes),
            Err(diagnostics) => return wrong(text, &diagnostics),
        }
        if watching.pause(Duration::from_secs_f64(seconds.min(86_400.0))) {
            return Ok(Flow::Goes);
        }
        if let Err(failure) = session.reload(session.args.clone()) {
            return refused(&failure);
        }
    }
}

/// `.quit`
pub fn quit(_: &mut Session, _: &str) -> Result<Flow, Failure> {
    Ok(Flow::Ends)
}
