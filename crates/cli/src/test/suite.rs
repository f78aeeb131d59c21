//! What a file of tests says: its cases, each with a query, what it is given and what is expected of it.

use std::fs;
use std::path::{Path, PathBuf};

use kql_logs::DataSpec;
use kql_types::{Column, ScalarType, Schema, datetime, timespan};

use super::yaml::{self, Fields, Node, NodeKind, Problem, Read};

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
    /// Its file.
    pub file: Option<PathBuf>,
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

/// An expectation.
#[derive(Debug, Clone)]
pub struct Expect {
    /// Which result table it is about, where the query yields several.
    pub table: Option<String>,
    /// How rows are compared.
    pub rules: Rules,
    /// What must hold.
    pub checks: Vec<Check>,
}

/// How rows are compared.
#[derive(Debug, Clone)]
pub struct Rules {
    /// Whether the order of the rows counts.
    pub order: Order,
    /// Whether columns that an expected row does not name may exist.
    pub exact_columns: bool,
    /// The relative difference between equal reals.
    pub float_tol: f64,
    /// The difference between equal datetimes, in ticks.
    pub time_tol: i64,
    /// Whether null and "" are one.
    pub loose_nulls: bool,
}

impl Default for Rules {
    fn default() -> Self {
        Rules { order: Order::Any, exact_columns: false, float_tol: 1e-9, time_tol: 0, loose_nulls: false }
    }
}

/// The order in which rows are compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    /// As a multiset.
    Any,
    /// As they come.
    Exact,
    /// Both sides sorted by these columns.
    By(Vec<String>),
}

/// Something that must hold.
#[derive(Debug, Clone)]
pub enum Check {
    /// These rows and no others.
    Rows(Node),
    /// So many rows.
    Count(CountTest, Node),
    /// The rows of a file and no others.
    File(PathBuf),
    /// These rows, and perhaps others.
    Contains(Node),
    /// None of these rows.
    Absent(Node),
    /// Columns with their types; whether there may be no others.
    Schema(Node),
    /// The query fails with this code, and its message has this text.
    Error { code: Option<String>, contains: Option<String> },
    /// The rows have this hash.
    Hash(Node),
}

/// A condition on the number of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CountTest {
    /// `5`
    Is(usize),
    /// `!=5`
    IsNot(usize),
    /// `>=5` and `>4`
    AtLeast(usize),
    /// `<=5` and `<6`
    AtMost(usize),
}

impl CountTest {
    /// Whether a number of rows meets it.
    pub fn holds(self, rows: usize) -> bool {
        match self {
            CountTest::Is(count) => rows == count,
            CountTest::IsNot(count) => rows != count,
            CountTest::AtLeast(count) => rows >= count,
            CountTest::AtMost(count) => rows <= count,
        }
    }

    /// What it asks for, in words.
    pub fn wanted(self) -> String {
        let rows = |count: usize| super::diff::rows(count);
        match self {
            CountTest::Is(count) => format!("{} expected", rows(count)),
            CountTest::IsNot(count) => format!("any number of rows but {count} expected"),
            CountTest::AtLeast(count) => format!("at least {} expected", rows(count)),
            CountTest::AtMost(count) => format!("at most {} expected", rows(count)),
        }
    }

    /// Reads `5`, `>=5` and their kin.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (sign, number) = text.split_at(text.find(|c: char| c.is_ascii_digit())?);
        let count: usize = number.parse().ok()?;
        Some(match sign.trim() {
            "" | "=" | "==" => CountTest::Is(count),
            "!=" | "<>" => CountTest::IsNot(count),
            ">=" => CountTest::AtLeast(count),
            ">" => CountTest::AtLeast(count + 1),
            "<=" => CountTest::AtMost(count),
            "<" => CountTest::AtMost(count.checked_sub(1)?),
            _ => return None,
        })
    }
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
    Ok(Suite { path: path.to_path_buf(), text, cases: read })
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
            (None, Some(node)) => self.query = Some(rule(node, folder)?),
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
        let expects = items.iter().map(|item| expectation(item, rules, folder)).collect::<Read<_>>()?;
        Ok(Case {
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
        })
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
        return Ok(QueryText { text: text.to_string(), file: None });
    }
    let file = folder.join(text);
    let content = read_text(&file).map_err(|why| node.problem(why))?;
    Ok(QueryText { text: content, file: Some(file) })
}

/// The query of an analytics rule.
fn rule(node: &Node, folder: &Path) -> Read<QueryText> {
    let file = folder.join(node.text("the file of a rule")?);
    let content = read_text(&file).map_err(|why| node.problem(why))?;
    let rule =
        yaml::parse(&content).map_err(|problem| node.problem(format!("{}: {problem}", file.display())))?;
    let text = rule.as_ref().and_then(|rule| match &rule.kind {
        NodeKind::Map(entries) => entries.iter().find(|(key, _)| key.scalar() == Some("query")),
        _ => None,
    });
    match text.and_then(|(_, query)| query.scalar()) {
        Some(text) => Ok(QueryText { text: text.to_string(), file: Some(file) }),
        None => Err(node.problem(format!("{}: the rule has no `query`", file.display()))),
    }
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
    let column = |(_, name, ty): (&Node, &str, &Node)| {
        let word = ty.text("a type")?;
        let scalar = ScalarType::from_name(word).ok_or_else(|| ty.problem(format!("`{word}` is no type")))?;
        Ok(Column::new(name, scalar))
    };
    Ok(Schema::new(node.entries("a schema")?.into_iter().map(column).collect::<Read<_>>()?))
}

const RULES: &[&str] = &["order", "columns", "float_tol", "time_tol", "nulls"];

fn rules(fields: &Fields<'_>, base: Rules) -> Read<Rules> {
    let mut rules = base;
    if let Some(node) = fields.get("order") {
        rules.order = match (&node.kind, node.scalar()) {
            (_, Some("any")) => Order::Any,
            (_, Some("exact")) => Order::Exact,
            (NodeKind::List(columns), _) if !columns.is_empty() => {
                let name = |column: &Node| column.text("a column").map(String::from);
                Order::By(columns.iter().map(name).collect::<Read<_>>()?)
            }
            _ => return Err(node.problem("`order` is any, exact or a list of columns")),
        };
    }
    if let Some(node) = fields.get("columns") {
        rules.exact_columns = one_of(node, "columns", "exact", "subset")?;
    }
    if let Some(node) = fields.get("nulls") {
        rules.loose_nulls = one_of(node, "nulls", "loose", "strict")?;
    }
    if let Some(node) = fields.get("float_tol") {
        let number = node.scalar().and_then(|text| text.parse::<f64>().ok()).filter(|number| *number >= 0.0);
        rules.float_tol = number.ok_or_else(|| node.problem("`float_tol` is a number such as 1e-9"))?;
    }
    if let Some(node) = fields.get("time_tol") {
        let ticks = node.scalar().and_then(duration).filter(|ticks| *ticks >= 0);
        rules.time_tol = ticks.ok_or_else(|| node.problem("`time_tol` is a timespan such as 1s"))?;
    }
    Ok(rules)
}

fn one_of(node: &Node, what: &str, yes: &str, no: &str) -> Read<bool> {
    match node.scalar() {
        Some(word) if word == yes => Ok(true),
        Some(word) if word == no => Ok(false),
        _ => Err(node.problem(format!("`{what}` is {yes} or {no}"))),
    }
}

fn expectation(node: &Node, base: &Rules, folder: &Path) -> Read<Expect> {
    const CHECKS: &[&str] =
        &["rows", "count", "file", "contains", "absent", "schema", "error", "hash", "table"];
    let known: Vec<&str> = CHECKS.iter().chain(RULES).copied().collect();
    let fields = node.fields("an expectation", &known)?;
    let mut checks = Vec::new();
    if let Some(node) = fields.get("error") {
        let fields = match node.scalar() {
            Some(_) => None,
            None => Some(node.fields("`error`", &["code", "contains"])?),
        };
        let text = |name: &str| fields.as_ref().and_then(|fields| fields.get(name)).and_then(Node::scalar);
        let code = node.scalar().or_else(|| text("code")).map(String::from);
        let contains = text("contains").map(String::from);
        if code.is_none() && contains.is_none() {
            return Err(node.problem("`error` needs a `code`, `contains`, or both"));
        }
        checks.push(Check::Error { code, contains });
    }
    if let Some(node) = fields.get("schema") {
        node.entries("`schema`")?;
        checks.push(Check::Schema(node.clone()));
    }
    for name in ["rows", "count"] {
        let Some(node) = fields.get(name) else { continue };
        checks.push(match (&node.kind, node.scalar()) {
            (NodeKind::List(_), _) if name == "rows" => Check::Rows(rows(node, "rows")?),
            (_, Some(text)) => {
                let test = CountTest::parse(text);
                let test = test.ok_or_else(|| node.problem(format!("`{text}` is no number of rows")))?;
                Check::Count(test, node.clone())
            }
            _ => return Err(node.problem(format!("`{name}` is a number of rows or a list of them"))),
        });
    }
    if let Some(node) = fields.get("file") {
        checks.push(Check::File(folder.join(node.text("a file")?)));
    }
    if let Some(node) = fields.get("contains") {
        checks.push(Check::Contains(rows(node, "contains")?));
    }
    if let Some(node) = fields.get("absent") {
        checks.push(Check::Absent(rows(node, "absent")?));
    }
    if let Some(node) = fields.get("hash") {
        node.text("a hash")?;
        checks.push(Check::Hash(node.clone()));
    }
    if checks.is_empty() {
        return Err(node.problem("the expectation says nothing"));
    }
    if checks.len() > 1 && checks.iter().any(|check| matches!(check, Check::Error { .. })) {
        return Err(node.problem("a query that fails has no rows to expect"));
    }
    let table = fields.get("table").map(|node| node.text("a name").map(String::from)).transpose()?;
    Ok(Expect { table, rules: rules(&fields, base.clone())?, checks })
}

/// A list of rows, each a map.
fn rows(node: &Node, what: &str) -> Read<Node> {
    for row in node.list(&format!("`{what}`"))? {
        row.entries("a row")?;
    }
    Ok(node.clone())
}

/// The ticks of `40m`, `-1d`, `1d2h30m`, `1.02:00:00`.
pub fn duration(text: &str) -> Option<i64> {
    let text = text.trim();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    if digits.contains(':') {
        return timespan::parse(digits).map(|ticks| sign * ticks);
    }
    let mut total = 0_i64;
    let mut rest = digits;
    while !rest.is_empty() {
        let number = rest.find(|c: char| !c.is_ascii_digit() && c != '.').filter(|end| *end > 0)?;
        let unit = rest[number..].find(|c: char| c.is_ascii_digit()).map_or(rest.len(), |end| number + end);
        let ticks = match &rest[number..unit] {
            "d" => 864_000_000_000.0,
            "h" => 36_000_000_000.0,
            "m" | "min" => 600_000_000.0,
            "s" | "sec" => 10_000_000.0,
            "ms" => 10_000.0,
            "us" => 10.0,
            "tick" | "ticks" => 1.0,
            _ => return None,
        };
        total = total.checked_add((rest[..number].parse::<f64>().ok()? * ticks).round() as i64)?;
        rest = &rest[unit..];
    }
    (!digits.is_empty()).then_some(sign * total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        assert_eq!(duration("-40m"), Some(-24_000_000_000));
        assert_eq!(duration("1d2h"), Some(936_000_000_000));
        assert_eq!(duration("+1.5s"), Some(15_000_000));
        assert_eq!(duration("00:00:01"), Some(10_000_000));
        assert_eq!(duration("40"), None);
        assert_eq!(duration(""), None);
        assert_eq!(duration("soon"), None);
    }

    #[test]
    fn counts() {
        assert_eq!(CountTest::parse(">= 1"), Some(CountTest::AtLeast(1)));
        assert_eq!(CountTest::parse("<3"), Some(CountTest::AtMost(2)));
        assert_eq!(CountTest::parse("<0"), None);
        assert_eq!(CountTest::parse("many"), None);
    }
}
