//! What is told about the tests: for people, as TAP, as JSON lines, and as JUnit.

use std::io::{IsTerminal, Write};
use std::path::Path;
use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use serde_json::json;

use super::case::Outcome;
use super::diff;
use super::discover::Unread;
use super::suite::Suite;

/// How the outcome is told on standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Style {
    /// For people.
    #[default]
    Human,
    /// The Test Anything Protocol, version 14.
    Tap,
    /// One JSON object a case.
    Json,
}

/// A suite with what came of those of its cases that ran; or why it could not be read.
pub struct Told<'a> {
    /// The file.
    pub path: &'a Path,
    /// The suite and the outcomes by the numbers of its cases.
    pub result: Result<Ran<'a>, &'a Unread>,
}

/// A suite, and what came of its cases by their numbers.
pub type Ran<'a> = (&'a Suite, Vec<(usize, Outcome)>);

impl Told<'_> {
    /// Whether something failed.
    pub fn failed(&self) -> bool {
        match &self.result {
            Ok((_, outcomes)) => outcomes.iter().any(|(_, outcome)| !outcome.passed()),
            Err(_) => true,
        }
    }
}

/// How many cases passed and failed; a file that could not be read counts as one that failed.
pub fn counts(told: &[Told<'_>]) -> (usize, usize) {
    let mut counts = (0, 0);
    for suite in told {
        match &suite.result {
            Ok((_, outcomes)) => {
                let passed = outcomes.iter().filter(|(_, outcome)| outcome.passed()).count();
                counts.0 += passed;
                counts.1 += outcomes.len() - passed;
            }
            Err(_) => counts.1 += 1,
        }
    }
    counts
}

/// Tells everything on standard output.
pub fn tell(told: &[Told<'_>], style: Style, elapsed: Duration) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    match style {
        Style::Human => human(told, elapsed, &mut out)?,
        Style::Tap => tap(told, &mut out)?,
        Style::Json => lines(told, &mut out)?,
    }
    if std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true") {
        annotations(told)?;
    }
    out.flush()
}

/// Whether standard output takes colours.
pub fn colours() -> bool {
    std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

fn human(told: &[Told<'_>], elapsed: Duration, out: &mut impl Write) -> std::io::Result<()> {
    let colours = colours();
    for suite in told {
        match &suite.result {
            Err(why) => writeln!(out, "FAILED {}: {why}", suite.path.display())?,
            Ok((tests, outcomes)) => {
                let word = if suite.failed() { "FAILED" } else { "ok    " };
                writeln!(out, "{word} {} ({})", suite.path.display(), cases(outcomes.len()))?;
                for (number, outcome) in outcomes.iter().filter(|(_, outcome)| !outcome.passed()) {
                    let case = &tests.cases[*number];
                    writeln!(out, "\n  {}:{}: {}", suite.path.display(), case.line, case.name)?;
                    for failure in &outcome.failures {
                        let failure = diff::coloured(failure, colours);
                        for line in failure.trim_end().lines() {
                            writeln!(out, "    {line}")?;
                        }
                    }
                    writeln!(out)?;
                }
            }
        }
    }
    let (passed, failed) = counts(told);
    writeln!(out, "{passed} passed, {failed} failed ({:.2} s)", elapsed.as_secs_f64())
}

fn cases(count: usize) -> String {
    if count == 1 { "1 case".to_string() } else { format!("{count} cases") }
}

fn tap(told: &[Told<'_>], out: &mut impl Write) -> std::io::Result<()> {
    let (passed, failed) = counts(told);
    writeln!(out, "TAP version 14\n1..{}", passed + failed)?;
    let mut number = 0;
    let mut line = |out: &mut dyn Write, ok: bool, name: String, why: Option<String>| {
        number += 1;
        // A # would begin a directive.
        let name = name.replace('\\', "\\\\").replace('#', "\\#");
        writeln!(out, "{} {number} - {name}", if ok { "ok" } else { "not ok" })?;
        if let Some(why) = why {
            writeln!(out, "  ---\n  message: |")?;
            for line in why.trim_end().lines() {
                writeln!(out, "    {line}")?;
            }
            writeln!(out, "  ...")?;
        }
        std::io::Result::Ok(())
    };
    for suite in told {
        let path = suite.path.display();
        match &suite.result {
            Err(why) => line(out, false, path.to_string(), Some(why.to_string()))?,
            Ok((tests, outcomes)) => {
                for (number, outcome) in outcomes {
                    let name = format!("{path}: {}", tests.cases[*number].name);
                    let why = (!outcome.passed()).then(|| message(outcome));
                    line(out, outcome.passed(), name, why)?;
                }
            }
        }
    }
    Ok(())
}

fn message(outcome: &Outcome) -> String {
    diff::coloured(&outcome.failures.join("\n"), false)
}

fn lines(told: &[Told<'_>], out: &mut impl Write) -> std::io::Result<()> {
    for suite in told {
        let file = suite.path.display().to_string();
        match &suite.result {
            Err(why) => writeln!(out, "{}", {
                let mut line = json!({"file": file, "outcome": "error", "message": why.why});
                if let Some(number) = why.line {
                    line["line"] = json!(number);
                }
                line
            })?,
            Ok((tests, outcomes)) => {
                for (number, outcome) in outcomes {
                    let case = &tests.cases[*number];
                    let word = if outcome.passed() { "passed" } else { "failed" };
                    let mut line = json!({"file": file, "line": case.line, "case": case.name, "outcome": word,
                        "ms": (outcome.elapsed.as_secs_f64() * 1e5).round() / 100.0});
                    if !outcome.passed() {
                        line["message"] = json!(message(outcome));
                    }
                    writeln!(out, "{line}")?;
                }
            }
        }
    }
    Ok(())
}

/// Failures where GitHub shows them beside the lines of a change.
fn annotations(told: &[Told<'_>]) -> std::io::Result<()> {
    let mut out = std::io::stderr().lock();
    let message = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let property = |text: &str| message(text).replace(':', "%3A").replace(',', "%2C");
    for suite in told {
        let file = property(&in_repository(suite.path));
        match &suite.result {
            Err(unread) => {
                let line = unread.line.map_or(String::new(), |line| format!(",line={line}"));
                writeln!(out, "::error file={file}{line}::{}", message(&unread.why))?;
            }
            Ok((tests, outcomes)) => {
                for (number, outcome) in outcomes.iter().filter(|(_, outcome)| !outcome.passed()) {
                    let case = &tests.cases[*number];
                    let (line, title) = (case.line, property(&case.name));
                    let text = message(&self::message(outcome));
                    writeln!(out, "::error file={file},line={line},title={title}::{text}")?;
                }
            }
        }
    }
    Ok(())
}

/// A path as GitHub knows it: from the root of the repository, wherever the tests run.
fn in_repository(path: &Path) -> String {
    let from_root = || {
        let root = std::env::var_os("GITHUB_WORKSPACE")?;
        let path = std::path::absolute(path).ok()?;
        path.strip_prefix(root).ok().map(Path::to_path_buf)
    };
    from_root().unwrap_or_else(|| path.to_path_buf()).display().to_string()
}

/// The outcome as JUnit: a suite is a file, a case a case, and the body of a failure its difference.
pub fn junit(told: &[Told<'_>], elapsed: Duration) -> Result<String, String> {
    let mut report = Report::new("kql test");
    report.set_time(elapsed);
    for suite in told {
        let mut tests = TestSuite::new(suite.path.display().to_string());
        match &suite.result {
            Err(why) => {
                let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
                status.set_message(why.to_string());
                tests.add_test_case(TestCase::new("the file can be read", status));
            }
            Ok((read, outcomes)) => {
                for (number, outcome) in outcomes {
                    let status = if outcome.passed() {
                        TestCaseStatus::success()
                    } else {
                        let text = message(outcome);
                        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
                        status.set_message(text.lines().next().unwrap_or_default());
                        status.set_description(text);
                        status
                    };
                    let mut case = TestCase::new(read.cases[*number].name.clone(), status);
                    case.set_time(outcome.elapsed);
                    case.set_classname(suite.path.display().to_string());
                    tests.add_test_case(case);
                }
            }
        }
        report.add_test_suite(tests);
    }
    report.to_string().map_err(|error| error.to_string())
}
