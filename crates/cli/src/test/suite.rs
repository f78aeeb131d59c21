//! What a file of tests says: its cases, each with a query, what it is given and what is expected of it.

use std::fs;
use std::path::{Path, PathBuf};

use kql_logs::DataSpec;
use kql_types::{Column, Schema, datetime};

use super::expect::{self, Expect, RULES, Rules, rules, scalar_type};
use super::yaml::{self, Fields, Node, NodeKind, Problem, Read};
use crate::rule;

/// A file of tests.
#[derive(Debug)]
pub struct Suite {
    /// The file.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
    /// Its cases in order.
    pub cases: Vec<Case>,
}

impl Suite {
    /// Whether a case is meant by a part of its name, or of the path of its file; every one is without.
    pub fn names(&self, case: &Case, part: Option<&str>) -> bool {
        part.is_none_or(|part| case.name.contains(part) || self.path.to_string_lossy().contains(part))
    }
}

/// One test.
#[derive(Debug, Clone)]
pub struct Case {
    /// What it is called.
    pub name: String,
    /// Its first line.
    pub line: usize,
    /// The query.
    pub query: QueryText,
    /// What `now()` gives.
    pub clock: Clock,
    /// Values of `declare query_parameters`.
    pub params: Vec<(String, String)>,
    /// Exports whose tables are told from their content, or `TABLE=PATH`.
    pub data: Vec<String>,
    /// Tables with their files or rows.
    pub given: Vec<(String, Node)>,
    /// A folder of watchlists.
    pub watchlist_folder: Option<PathBuf>,
    /// Watchlists by name, each a file or rows.
    pub watchlists: Vec<(String, Node)>,
    /// Files and folders of functions.
    pub functions: Vec<PathBuf>,
    /// The folder that stands in for the web.
    pub mirror: Option<PathBuf>,
    /// Tables that are known besides the built-in ones.
    pub schemas: Vec<(String, Schema)>,
    /// What is expected.
    pub expects: Vec<Expect>,
    /// The folder that paths start from.
    pub folder: PathBuf,
}

/// A query and where it came from.
#[derive(Debug, Clone)]
pub struct QueryText {
    /// The text.
    pub text: String,
    /// Its file; without one it stands in the file of tests.
    pub file: Option<PathBuf>,
    /// The line of the file in which it begins.
    pub line: usize,
}

/// What `now()` gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// These ticks.
    Fixed(i64),
    /// The newest time of the data.
    Data,
    /// Nothing was said.
    Unset,
}

const SETUP: &[&str] =
    &["query", "rule", "now", "params", "data", "watchlists", "functions", "mirror", "schemas", "defaults"];

/// Reads a file of tests.
pub fn read(path: &Path, text: String) -> Read<Suite> {
    let folder = path.parent().unwrap_or(Path::new("")).to_path_buf();
    let Some(root) = yaml::parse(&text)? else {
        return Err(Problem { line: 1, message: "the file is empty".into() });
    };
    let known: Vec<&str> = SETUP.iter().copied().chain(["description", "tables", "cases"]).collect();
    let fields = root.fields("a file of tests", &known)?;
    let shared = Setup::default().with(&fields, &folder, "tables")?;
    let cases = fields.get("cases").ok_or_else(|| root.problem("the file has no `cases`"))?;
    let cases = cases.list("`cases`")?;
    if cases.is_empty() {
        return Err(root.problem("the file has no case"));
    }
    let mut read: Vec<Case> = Vec::new();
    for node in cases {
        let case = shared.case(node, &folder)?;
        if read.iter().any(|other| other.name == case.name) {
            return Err(node.problem(format!("two cases are called `{}`", case.name)));
        }
        read.push(case);
    }
    if let Some(node) = fields.get("defaults") {
        all_used(node, &read)?;
    }
    Ok(Suite { path: path.to_path_buf(), text, cases: read })
}

/// Refuses defaults by which nothing is compared.
fn all_used(defaults: &Node, cases: &[Case]) -> Read<()> {
    let fields = defaults.fields("`defaults`", RULES)?;
    expect::all_used(&fields, cases.iter().flat_map(|case| &case.expects))
}

/// What all cases of a file share.
#[derive(Clone, Default)]
struct Setup {
    query: Option<QueryText>,
    clock: Option<Clock>,
    params: Vec<(String, String)>,
    data: Vec<String>,
    given: Vec<(String, Node)>,
    watchlist_folder: Option<PathBuf>,
    watchlists: Vec<(String, Node)>,
    functions: Vec<PathBuf>,
    mirror: Option<PathBuf>,
    schemas: Vec<(String, Schema)>,
    rules: Rules,
}

impl Setup {
    /// The same with what a map says; entries of `params`, tables and watchlists add to those that are there.
    fn with(mut self, fields: &Fields<'_>, folder: &Path, tables: &str) -> Read<Self> {
        if self.query.is_some() && (fields.get("query").is_some() || fields.get("rule").is_some()) {
            // Parameters belong to the query that declares them.
            self.params.clear();
        }
        match (fields.get("query"), fields.get("rule")) {
            (Some(_), Some(rule)) => return Err(rule.problem("`query` and `rule` exclude each other")),
            (Some(node), None) => self.query = Some(query(node, folder)?),
            (None, Some(node)) => self.query = Some(rule_of(node, folder)?),
            (None, None) => {}
        }
        if let Some(node) = fields.get("now") {
            self.clock = Some(clock(node)?);
        }
        if let Some(node) = fields.get("params") {
            for (_, name, value) in node.entries("`params`")? {
                set(&mut self.params, name, value.scalar().map_or_else(|| value.json(), String::from));
            }
        }
        if let Some(node) = fields.get("data") {
            let spec = |node: &Node| Ok(DataSpec::below(folder, node.text("a path")?));
            self.data = node.items().iter().map(spec).collect::<Read<_>>()?;
        }
        if let Some(node) = fields.get(tables) {
            for (_, name, value) in node.entries(&format!("`{tables}`"))? {
                set(&mut self.given, name, value.clone());
            }
        }
        if let Some(node) = fields.get("watchlists") {
            match node.scalar() {
                Some(path) if !node.is_null() => self.watchlist_folder = Some(folder.join(path)),
                _ => {
                    for (_, name, value) in node.entries("`watchlists`")? {
                        set(&mut self.watchlists, name, value.clone());
                    }
                }
            }
        }
        if let Some(node) = fields.get("functions") {
            let path = |node: &Node| Ok(folder.join(node.text("a path")?));
            self.functions = node.items().iter().map(path).collect::<Read<_>>()?;
        }
        if let Some(node) = fields.get("mirror") {
            self.mirror = Some(folder.join(node.text("a folder")?));
        }
        if let Some(node) = fields.get("schemas") {
            for (_, name, columns) in node.entries("`schemas`")? {
                set(&mut self.schemas, name, schema(columns)?);
            }
        }
        if let Some(node) = fields.get("defaults") {
            let fields = node.fields("`defaults`", RULES)?;
            self.rules = rules(&fields, self.rules)?;
        }
        Ok(self)
    }

    fn case(&self, node: &Node, folder: &Path) -> Read<Case> {
        let known: Vec<&str> =
            SETUP.iter().copied().chain(["name", "description", "given", "expect"]).collect();
        let fields = node.fields("a case", &known)?;
        let name = fields.get("name").ok_or_else(|| node.problem("a case needs a `name`"))?;
        let own = self.clone().with(&fields, folder, "given")?;
        let query = own.query.ok_or_else(|| node.problem("neither the case nor the file has a `query`"))?;
        let expect = fields.get("expect").ok_or_else(|| node.problem("the case expects nothing"))?;
        let items = match &expect.kind {
            NodeKind::List(items) => items.as_slice(),
            _ => std::slice::from_ref(expect),
        };
        if items.is_empty() {
            return Err(expect.problem("the case expects nothing"));
        }
        let rules = &own.rules;
        let expects = items.iter().map(|item| expect::read(item, rules, folder)).collect::<Read<_>>()?;
        let case = Case {
            name: name.text("a name")?.to_string(),
            line: node.line,
            query,
            clock: own.clock.unwrap_or(Clock::Unset),
            params: own.params,
            data: own.data,
            given: own.given,
            watchlist_folder: own.watchlist_folder,
            watchlists: own.watchlists,
            functions: own.functions,
            mirror: own.mirror,
            schemas: own.schemas,
            expects,
            folder: folder.to_path_buf(),
        };
        if let Some(node) = fields.get("defaults") {
            all_used(node, std::slice::from_ref(&case))?;
        }
        Ok(case)
    }
}

/// Puts a value in the place of the one of this name, or at the end.
fn set<T>(list: &mut Vec<(String, T)>, name: &str, value: T) {
    match list.iter_mut().find(|(known, _)| known == name) {
        Some((_, old)) => *old = value,
        None => list.push((name.to_string(), value)),
    }
}

/// A query: the name of its file, or its text.
fn query(node: &Node, folder: &Path) -> Read<QueryText> {
    let text = node.text("a query or the name of its file")?;
    let is_file = !text.trim().contains(['\n', '|', ' '])
        && [".kql", ".csl", ".kusto", ".txt"].iter().any(|ending| text.ends_with(ending));
    if !is_file {
        return Ok(QueryText { text: text.to_string(), file: None, line: node.line });
    }
    let file = folder.join(text);
    let content = read_text(&file).map_err(|why| node.problem(why))?;
    Ok(QueryText { text: content, file: Some(file), line: 1 })
}

/// The query of an analytics rule.
pub fn rule_of(node: &Node, folder: &Path) -> Read<QueryText> {
    let file = folder.join(node.text("the file of a rule")?);
    let content = read_text(&file).map_err(|why| node.problem(why))?;
    let (text, line) =
        rule::of_yaml(&content).map_err(|why| node.problem(format!("{}: {why}", file.display())))?;
    Ok(QueryText { text, file: Some(file), line })
}

/// The text of a file without its byte order mark.
pub fn read_text(path: &Path) -> Result<String, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(kql_types::text::without_mark(&text).to_string())
}

fn clock(node: &Node) -> Read<Clock> {
    let text = node.text("a datetime or `data`")?;
    clock_of(text).ok_or_else(|| node.problem(format!("`{text}` is neither a datetime nor `data`")))
}

/// The clock that a text names.
pub fn clock_of(text: &str) -> Option<Clock> {
    if text == "data" { Some(Clock::Data) } else { datetime::parse(text).map(Clock::Fixed) }
}

fn schema(node: &Node) -> Read<Schema> {
    let column = |(_, name, ty): (&Node, &str, &Node)| Ok(Column::new(name, scalar_type(ty)?));
    Ok(Schema::new(node.entries("a schema")?.into_iter().map(column).collect::<Read<_>>()?))
}
