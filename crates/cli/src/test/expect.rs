//! What is expected of the rows of a query. An expectation that could not fail is refused, as is a setting that nothing
//! in it is compared by: both would pass for a test and be none.

use std::path::{Path, PathBuf};

use kql_types::ScalarType;

use super::value::duration;
use super::yaml::{Fields, Node, NodeKind, Read};

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
    /// As a multiset, of which rows are only paired where they agree in these columns.
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
    /// Columns with their types.
    Schema(Node),
    /// The query fails with this code, and its message has this text.
    Error { code: Option<String>, contains: Option<String> },
    /// The rows have this hash.
    Hash(Node),
}

impl Check {
    /// Whether a way of comparing makes a difference to it.
    fn uses(&self, rule: &str, rules: &Rules) -> bool {
        match self {
            Check::Rows(_) | Check::File(_) => true,
            Check::Contains(_) | Check::Absent(_) => rule != "order",
            Check::Schema(_) => rule == "columns",
            Check::Hash(_) => rule == "order" && !matches!(rules.order, Order::By(_)),
            Check::Count(..) | Check::Error { .. } => false,
        }
    }
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

    /// Reads `5`, `>=5` and their kin; what is wrong with it otherwise.
    pub fn parse(text: &str) -> Result<Self, String> {
        let test = Self::read(text).ok_or_else(|| format!("`{text}` is no number of rows"))?;
        match test {
            CountTest::AtLeast(0) => Err(format!("every result has `{text}` rows, so this expects nothing")),
            test => Ok(test),
        }
    }

    fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let (sign, number) = text.split_at(text.find(|c: char| c.is_ascii_digit())?);
        let count: usize = number.parse().ok()?;
        Some(match sign.trim() {
            "" | "=" | "==" => CountTest::Is(count),
            "!=" | "<>" => CountTest::IsNot(count),
            ">=" => CountTest::AtLeast(count),
            ">" => CountTest::AtLeast(count.checked_add(1)?),
            "<=" => CountTest::AtMost(count),
            "<" => CountTest::AtMost(count.checked_sub(1)?),
            _ => return None,
        })
    }
}

/// The names of the ways of comparing.
pub const RULES: &[&str] = &["order", "columns", "float_tol", "time_tol", "nulls"];

/// The ways of comparing that a map names, over those that hold without it.
pub fn rules(fields: &Fields<'_>, base: Rules) -> Read<Rules> {
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
        let number = node.scalar().and_then(tolerance);
        rules.float_tol = number.ok_or_else(|| node.problem("`float_tol` is a number such as 1e-9"))?;
    }
    if let Some(node) = fields.get("time_tol") {
        let ticks = node.scalar().and_then(duration).filter(|ticks| *ticks >= 0);
        rules.time_tol = ticks.ok_or_else(|| node.problem("`time_tol` is a timespan such as 1s"))?;
    }
    Ok(rules)
}

/// A number that a difference may have: finite, since every value is within an infinite one, and not negative.
pub fn tolerance(text: &str) -> Option<f64> {
    text.parse::<f64>().ok().filter(|number| number.is_finite() && *number >= 0.0)
}

fn one_of(node: &Node, what: &str, yes: &str, no: &str) -> Read<bool> {
    match node.scalar() {
        Some(word) if word == yes => Ok(true),
        Some(word) if word == no => Ok(false),
        _ => Err(node.problem(format!("`{what}` is {yes} or {no}"))),
    }
}

/// Refuses ways of comparing by which nothing in the expectations is compared.
pub fn all_used<'e>(fields: &Fields<'_>, expects: impl Iterator<Item = &'e Expect> + Clone) -> Read<()> {
    for rule in RULES {
        let Some(node) = fields.get(rule) else { continue };
        if expects.clone().all(|expect| expect.unused(rule)) {
            return Err(node.problem(format!("nothing that is expected here is compared by `{rule}`")));
        }
    }
    Ok(())
}

/// Reads an expectation. Paths start from the folder.
pub fn read(node: &Node, base: &Rules, folder: &Path) -> Read<Expect> {
    const CHECKS: &[&str] =
        &["rows", "count", "file", "contains", "absent", "schema", "error", "hash", "table"];
    let known: Vec<&str> = CHECKS.iter().chain(RULES).copied().collect();
    let fields = node.fields("an expectation", &known)?;
    let mut checks = Vec::new();
    if let Some(node) = fields.get("error") {
        checks.push(error(node)?);
    }
    if let Some(node) = fields.get("schema") {
        checks.push(schema(node)?);
    }
    for name in ["rows", "count"] {
        let Some(node) = fields.get(name) else { continue };
        checks.push(match (&node.kind, node.scalar()) {
            (NodeKind::List(_), _) if name == "rows" => Check::Rows(rows(node, "rows")?),
            (_, Some(text)) => {
                let test = CountTest::parse(text).map_err(|why| node.problem(why))?;
                Check::Count(test, node.clone())
            }
            _ if name == "rows" => return Err(node.problem("`rows` is a number of rows or a list of them")),
            _ => return Err(node.problem("`count` is a number of rows")),
        });
    }
    if let Some(node) = fields.get("file") {
        checks.push(Check::File(folder.join(node.text("a file")?)));
    }
    for (name, check) in
        [("contains", Check::Contains as fn(Node) -> Check), ("absent", Check::Absent as fn(Node) -> Check)]
    {
        let Some(node) = fields.get(name) else { continue };
        let rows = rows(node, name)?;
        if rows.items().is_empty() {
            return Err(node.problem(format!("`{name}` has no row, so it expects nothing")));
        }
        checks.push(check(rows));
    }
    if let Some(node) = fields.get("hash") {
        node.text("a hash")?;
        checks.push(Check::Hash(node.clone()));
    }
    let table = fields.get("table").map(|node| node.text("a name").map(String::from)).transpose()?;
    let expect = Expect { table, rules: rules(&fields, base.clone())?, checks };
    expect.sensible().map_err(|why| node.problem(why))?;
    all_used(&fields, std::iter::once(&expect))?;
    Ok(expect)
}

impl Expect {
    /// Whether a name is that of a way of comparing by which nothing is compared here.
    pub fn unused(&self, rule: &str) -> bool {
        RULES.contains(&rule) && !self.checks.iter().any(|check| check.uses(rule, &self.rules))
    }

    /// Why it is none.
    pub fn sensible(&self) -> Result<(), &'static str> {
        let fails = self.checks.iter().any(|check| matches!(check, Check::Error { .. }));
        if self.checks.is_empty() {
            Err("the expectation says nothing")
        } else if fails && (self.checks.len() > 1 || self.table.is_some()) {
            Err("a query that fails has no rows to expect")
        } else {
            Ok(())
        }
    }
}

fn error(node: &Node) -> Read<Check> {
    if node.scalar().is_some() {
        let code = node.text("the code of an error")?;
        return Ok(Check::Error { code: Some(code.to_string()), contains: None });
    }
    let fields = node.fields("`error`", &["code", "contains"])?;
    let text = |name: &str| {
        let node = fields.get(name);
        node.map(|node| match node.text("a text")? {
            "" => Err(node.problem(format!("`{name}` is empty, so it expects nothing"))),
            text => Ok(text.to_string()),
        })
        .transpose()
    };
    let (code, contains) = (text("code")?, text("contains")?);
    if code.is_none() && contains.is_none() {
        return Err(node.problem("`error` needs a `code`, `contains`, or both"));
    }
    Ok(Check::Error { code, contains })
}

fn schema(node: &Node) -> Read<Check> {
    let columns = node.entries("`schema`")?;
    if columns.is_empty() {
        return Err(node.problem("`schema` has no column, so it expects nothing"));
    }
    for (_, _, ty) in columns {
        scalar_type(ty)?;
    }
    Ok(Check::Schema(node.clone()))
}

/// The type that a node names.
pub fn scalar_type(node: &Node) -> Read<ScalarType> {
    let word = node.text("a type")?;
    ScalarType::from_name(word).ok_or_else(|| node.problem(format!("`{word}` is no type")))
}

/// A list of rows, each a map.
fn rows(node: &Node, what: &str) -> Read<Node> {
    for row in node.list(&format!("`{what}`"))? {
        some_columns(row)?;
    }
    Ok(node.clone())
}

/// Refuses a row that every row is like.
pub fn some_columns(row: &Node) -> Read<()> {
    if row.entries("a row")?.is_empty() {
        return Err(row.problem("the row names no column, so every row is like it"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test::yaml::parse;

    #[test]
    fn counts() {
        assert_eq!(CountTest::parse(">= 1"), Ok(CountTest::AtLeast(1)));
        assert_eq!(CountTest::parse("<3"), Ok(CountTest::AtMost(2)));
        for text in ["<0", "many", ">=0", &format!(">{}", usize::MAX)] {
            assert!(CountTest::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_expects_nothing_is_refused() {
        for (text, why) in [
            ("contains: []", "`contains` has no row, so it expects nothing"),
            ("absent: []", "`absent` has no row, so it expects nothing"),
            ("contains: [{}]", "the row names no column, so every row is like it"),
            ("rows: [{ }]", "the row names no column, so every row is like it"),
            ("schema: {}", "`schema` has no column, so it expects nothing"),
            ("schema: { A: strong }", "`strong` is no type"),
            ("count: '>=0'", "every result has `>=0` rows, so this expects nothing"),
            ("{ rows: [{ A: 1 }], float_tol: inf }", "`float_tol` is a number such as 1e-9"),
            ("{ rows: 1, order: exact }", "nothing that is expected here is compared by `order`"),
            ("{ count: 1, columns: exact }", "nothing that is expected here is compared by `columns`"),
            ("{ absent: [{ A: 1 }], order: exact }", "nothing that is expected here is compared by `order`"),
            ("{ hash: x, order: [A] }", "nothing that is expected here is compared by `order`"),
            ("{ error: KQL0101, table: T }", "a query that fails has no rows to expect"),
            ("error: { contains: '' }", "`contains` is empty, so it expects nothing"),
            ("table: T", "the expectation says nothing"),
        ] {
            let node = parse(text).expect("YAML").expect("a document");
            let problem = read(&node, &Rules::default(), Path::new("")).expect_err(text);
            assert_eq!(problem.to_string(), format!("line 1: {why}"), "{text}");
        }
    }
}
