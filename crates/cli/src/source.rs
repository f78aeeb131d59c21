//! Texts of queries: files, standard input and the command line.

use std::io::{IsTerminal, Read};
use std::path::{Path, PathBuf};

use kql_parser::split;
use kql_types::text::without_mark;

use crate::errors::Failure;
use crate::rule;

/// A text with queries in it.
pub struct Source {
    /// The name of the file; `None` for the command line and standard input.
    file: Option<String>,
    /// The text.
    pub text: String,
    /// Where the text is one query as a whole: the byte at which it begins.
    single: Option<usize>,
}

impl Source {
    /// What messages call it.
    pub fn name(&self) -> &str {
        self.file.as_deref().unwrap_or("query")
    }

    /// The name, where it is a file.
    pub fn file_name(&self) -> Option<&str> {
        self.file.as_deref()
    }

    /// The queries with the offsets at which they begin.
    pub fn queries(&self) -> Vec<(usize, &str)> {
        match self.single {
            Some(start) => vec![(start, self.text.get(start..).unwrap_or(""))],
            None => queries(&self.text),
        }
    }

    /// The line of an offset, counted from 1.
    pub fn line(&self, offset: usize) -> usize {
        kql_parser::render::position(&self.text, offset).line
    }
}

/// A query with the text that it is part of, and the offset at which it begins there.
pub type Part<'s> = (&'s Source, usize, &'s str);

/// The queries of all texts.
pub fn all(sources: &[Source]) -> Vec<Part<'_>> {
    let queries = |source| Source::queries(source).into_iter().map(move |(at, text)| (source, at, text));
    sources.iter().flat_map(queries).collect()
}

/// The queries of a text with the offsets at which they begin. A text that parses as a whole is one query, whatever blank
/// lines it has.
pub fn queries(text: &str) -> Vec<(usize, &str)> {
    let spans = split(text);
    if spans.len() < 2 || kql_parser::parse(text).is_ok() {
        return vec![(0, text)];
    }
    spans.into_iter().map(|span| (span.start as usize, span.of(text))).collect()
}

/// Whether a file is one of queries, by the ending of its name.
pub fn is_query(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    matches!(extension, "kql" | "csl" | "kusto")
}

/// Reads the files, queries and rules, then takes the queries of the command line; standard input when there is neither.
pub fn read(files: &[PathBuf], queries: &[String]) -> Result<Vec<Source>, Failure> {
    let mut sources = Vec::new();
    for file in files {
        if file.as_os_str() == "-" {
            sources.push(read_stdin()?);
            continue;
        }
        let fail = |why: String| Failure::usage(format!("{}: {why}", file.display()));
        let bytes = std::fs::read(file).map_err(|error| fail(error.to_string()))?;
        let text = String::from_utf8(bytes).map_err(|_| fail("the file is not UTF-8 text".into()))?;
        let (name, text) = (file.to_string_lossy().into_owned(), without_mark(&text));
        if rule::is_rule(file) {
            sources.extend(rule::queries(file, text).map_err(fail)?.into_iter().map(|rule| Source {
                file: Some(rule.title.map_or(name.clone(), |title| format!("{name} ({title})"))),
                text: rule.text,
                single: Some(rule.start),
            }));
        } else {
            sources.push(Source { file: Some(name), text: text.to_string(), single: None });
        }
    }
    sources.extend(queries.iter().map(|query| Source { file: None, text: query.clone(), single: Some(0) }));
    if sources.is_empty() {
        if std::io::stdin().is_terminal() {
            return Err(Failure::usage("no query: name a file, or give one with -e"));
        }
        sources.push(read_stdin()?);
    }
    Ok(sources)
}

fn read_stdin() -> Result<Source, Failure> {
    let mut text = String::new();
    std::io::stdin()
        .read_to_string(&mut text)
        .map_err(|error| Failure::usage(format!("standard input: {error}")))?;
    Ok(Source { file: None, text: without_mark(&text).to_string(), single: None })
}
