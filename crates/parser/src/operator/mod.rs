//! Tabular operators: the table of keywords, and one file per operator that says what follows the keyword.

mod as_name;
mod assert_schema;
mod columns;
mod consume;
mod count;
mod distinct;
mod evaluate;
mod facet;
mod filter;
mod find;
mod fork;
mod getschema;
mod graph_mark_components;
mod graph_match;
mod graph_to_table;
mod graph_where;
mod invoke;
mod join;
mod macro_expand;
mod make_graph;
mod make_series;
mod mv_apply;
mod mv_expand;
mod parse;
mod parse_kv;
mod partition;
mod project_reorder;
mod range;
mod reduce;
mod render;
mod sample;
mod scan;
mod search;
mod serialize;
mod sort;
mod summarize;
mod take;
mod top;
mod top_hitters;
mod top_nested;
mod union;

pub(crate) use union::operand as union_operand;

use crate::ast::{Operator, OperatorKind};
use crate::codes;
use crate::diagnostic::{Diagnostic, Kind, closest};
use crate::input::Input;
use crate::token::Symbol;
use crate::trace::{Expected, Parsed, fatal};

/// What follows a keyword.
type Parse = fn(Input<'_>) -> Parsed<'_, OperatorKind>;

/// Where an operator may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// After a pipe.
    Piped,
    /// At the beginning of a query.
    Source,
    /// At either.
    Both,
}

macro_rules! operators {
    ($($keyword:literal $place:ident $parse:path,)*) => {
        /// The keyword of every operator, old spellings included.
        pub const OPERATORS: &[&str] = &[$($keyword,)*];

        const TABLE: &[(&str, Place, Parse)] = &[$(($keyword, Place::$place, $parse),)*];
    };
}

operators! {
    "as" Piped as_name::parse,
    "assert-schema" Piped assert_schema::parse,
    "consume" Piped consume::parse,
    "count" Piped count::parse,
    "distinct" Piped distinct::parse,
    "evaluate" Both evaluate::parse,
    "__executeAndCache" Piped consume::execute_and_cache,
    "extend" Piped columns::extend,
    "facet" Piped facet::parse,
    "filter" Piped filter::parse,
    "find" Both find::parse,
    "fork" Piped fork::parse,
    "getschema" Piped getschema::parse,
    "graph-mark-components" Piped graph_mark_components::parse,
    "graph-match" Piped graph_match::parse,
    "graph-shortest-paths" Piped graph_match::shortest_paths,
    "graph-to-table" Piped graph_to_table::parse,
    "graph-where-edges" Piped graph_where::edges,
    "graph-where-nodes" Piped graph_where::nodes,
    "invoke" Piped invoke::parse,
    "join" Piped join::parse,
    "limit" Piped take::parse,
    "lookup" Piped join::lookup,
    "macro-expand" Source macro_expand::parse,
    "make-graph" Piped make_graph::parse,
    "make-series" Piped make_series::parse,
    "mv-apply" Piped mv_apply::parse,
    "mv-expand" Piped mv_expand::parse,
    "mvapply" Piped mv_apply::parse,
    "mvexpand" Piped mv_expand::parse,
    "order" Piped sort::parse,
    "parse" Piped parse::parse,
    "parse-kv" Piped parse_kv::parse,
    "parse-where" Piped parse::parse_where,
    "partition" Piped partition::parse,
    "print" Source columns::print,
    "project" Piped columns::project,
    "project-away" Piped columns::project_away,
    "project-by-names" Piped columns::project_by_names,
    "project-keep" Piped columns::project_keep,
    "project-rename" Piped columns::project_rename,
    "project-reorder" Piped project_reorder::parse,
    "range" Source range::parse,
    "reduce" Piped reduce::parse,
    "render" Piped render::parse,
    "sample" Piped sample::parse,
    "sample-distinct" Piped sample::distinct,
    "scan" Piped scan::parse,
    "search" Both search::parse,
    "serialize" Piped serialize::parse,
    "sort" Piped sort::parse,
    "summarize" Piped summarize::parse,
    "take" Piped take::parse,
    "top" Piped top::parse,
    "top-hitters" Piped top_hitters::parse,
    "top-nested" Piped top_nested::parse,
    "union" Both union::parse,
    "where" Piped filter::parse,
}

/// Whether the operator can stand first in a query.
pub(crate) fn is_source(keyword: &str) -> bool {
    TABLE.iter().any(|(name, place, _)| *name == keyword && *place != Place::Piped)
}

/// An operator after a pipe, or in a body that begins with one.
pub(crate) fn operator(input: Input<'_>) -> Parsed<'_, Operator> {
    let Some(text) = input.word(0) else {
        return Err(input.trace.miss(input, Expected::Thing("an operator")));
    };
    let dashed = dashed_word(input);
    let entry = TABLE.iter().find(|(name, ..)| *name == text);
    let unknown = |text: &str| {
        let span = input.span().to(crate::span::Span::new(
            input.span().start as usize,
            input.span().start as usize + text.len(),
        ));
        let message = format!("no operator is named `{text}`");
        let diagnostic = Diagnostic::new(Kind::Syntax, codes::UNKNOWN_OPERATOR, message, span);
        if let Some(habit) = crate::habit::operator(text) {
            return fatal(diagnostic.hint(habit));
        }
        fatal(match closest(text, OPERATORS.iter().copied()) {
            Some(near) => diagnostic.hint(format!("did you mean `{near}`?")),
            None => diagnostic.hint("after a pipe stands an operator such as `where` or `summarize`"),
        })
    };
    match (entry, dashed) {
        (_, Some(dashed))
            if entry.is_none()
                || closest(dashed, OPERATORS.iter().copied()).is_some_and(|near| near.contains('-')) =>
        {
            Err(unknown(dashed))
        }
        (None, _) => Err(unknown(text)),
        (Some((_, Place::Source, _)), _) => {
            let message = format!("`{text}` makes its own rows and cannot stand after a pipe");
            Err(fatal(Diagnostic::new(Kind::Syntax, codes::TAKES_NO_ROWS, message, input.span())))
        }
        (Some(entry), _) => run(input, entry),
    }
}

/// An operator that stands first in a query.
pub(crate) fn source(input: Input<'_>) -> Parsed<'_, Operator> {
    match TABLE.iter().find(|(name, place, _)| input.is_word(0, name) && *place != Place::Piped) {
        Some(entry) => run(input, entry),
        None => Err(input.trace.miss(input, Expected::Thing("a table"))),
    }
}

fn run<'a>(input: Input<'a>, (name, _, parse): &(&'static str, Place, Parse)) -> Parsed<'a, Operator> {
    let keyword = input.span();
    let parse_here = |input: Input<'a>| parse(input.skip(1));
    let (rest, kind) = input.trace.within(name, keyword, || input.trace.deeper(input, parse_here))?;
    Ok((rest, Operator { kind, keyword, span: rest.since(input) }))
}

/// The text of `word-word` when its parts touch each other: a misspelt operator more likely than a difference.
fn dashed_word<'a>(input: Input<'a>) -> Option<&'a str> {
    let mut length = 1;
    while input.is_symbol(length, Symbol::Minus)
        && input.word(length + 1).is_some()
        && input.tokens.get(length..length + 2)?.iter().all(|token| token.adjacent)
    {
        length += 2;
    }
    (length > 1).then(|| input.skip(length).since(input).of(input.text))
}
