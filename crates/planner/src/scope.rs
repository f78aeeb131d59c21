//! What can be named at the end of a query, and every mistake of a query: planning that goes on behind an error.

use std::collections::HashSet;

use kql_parser::ast::{ExprKind, Query, Statement, StatementKind};
use kql_parser::diagnostic::{Diagnostic, Kind};
use kql_types::{Column, ScalarType};

use crate::bind::Binder;
use crate::env::{Binding, Env};
use crate::frame::Frame;
use crate::session::{Engine, QueryOptions};

/// How many mistakes are told at once.
const MOST_ERRORS: usize = 8;

/// What can be named where a text ends.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// The columns of the rows that the text gives.
    pub columns: Vec<Column>,
    /// Columns that may be named although they are not listed.
    pub hidden: Vec<Column>,
    /// The names of `let` statements and parameters, innermost first.
    pub names: Vec<(String, NameKind)>,
    /// There may be columns that are not known, because a table is not.
    pub open: bool,
}

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameKind {
    /// A scalar value.
    Value(ScalarType),
    /// A table.
    Table,
    /// A function.
    Function,
}

impl Engine {
    /// What can be named at the end of a text, whose last statement gives rows or is missing. Whatever is wrong before
    /// it is passed over, and nothing is run.
    pub fn scope(&self, text: &str, options: &QueryOptions) -> Scope {
        let (Some(query), _) = kql_parser::parse_through(text) else { return Scope::default() };
        let mut binder = Binder::new(self, options, options.now.unwrap_or(0), false);
        binder.mistakes = Some(Vec::new());
        binder.unshown = true;
        let unused = unused_tables(&query, text);
        let (env, frame) = binder.query_through(&query, &unused);
        let mut names = Vec::new();
        for name in env.names() {
            if names.iter().any(|(known, _)| known == name) {
                continue;
            }
            let kind = match env.get(name) {
                Some(Binding::Scalar(value)) => NameKind::Value(value.ty),
                Some(Binding::Tabular(_) | Binding::Graph(_)) => NameKind::Table,
                Some(Binding::Function(_) | Binding::Pattern(_)) => NameKind::Function,
                Some(Binding::OfRow | Binding::Entity(_) | Binding::EntityGroup(_)) | None => continue,
            };
            names.push((name.to_string(), kind));
        }
        let open = frame.as_ref().is_none_or(|frame| frame.open);
        let (columns, hidden) = frame.map_or_else(Default::default, |frame| (frame.columns, frame.hidden));
        Scope { columns, hidden, names, open }
    }

    /// The names of the stored functions.
    pub fn functions(&self) -> impl Iterator<Item = &str> {
        self.stored.iter().map(|stored| stored.name.as_str())
    }

    /// The mistakes of a query of which the first is known, in the order of the text.
    pub(crate) fn all_mistakes(
        &self,
        text: &str,
        options: &QueryOptions,
        first: Vec<Diagnostic>,
    ) -> Vec<Diagnostic> {
        let mut all = first;
        let Some(main) = all.first().cloned() else { return all };
        let more = match main.kind {
            Kind::Syntax => kql_parser::parse_through(text).1,
            Kind::Semantic | Kind::Unsupported => match kql_parser::parse(text) {
                Ok(query) => {
                    let mut binder = Binder::new(self, options, options.now.unwrap_or(0), false);
                    binder.mistakes = Some(Vec::new());
                    let _ = binder.query_through(&query, &HashSet::new());
                    binder.mistakes.take().unwrap_or_default()
                }
                Err(_) => Vec::new(),
            },
            Kind::Limit | Kind::Runtime | Kind::Internal => Vec::new(),
        };
        for mistake in more {
            let told = all
                .iter()
                .any(|known| known.span.start < mistake.span.end && mistake.span.start < known.span.end);
            // What stands before the first mistake was found right by the strict pass.
            let known_right = mistake.span.start < main.span.start;
            if !told && !known_right && mistake.span != main.span && all.len() < MOST_ERRORS {
                all.push(mistake);
            }
        }
        all
    }
}

/// The places of `let` statements of tables that nothing behind them names: of those, the name is all that can be seen
/// at the end, and planning them would take most of the time in a text of many statements.
fn unused_tables(query: &Query, text: &str) -> HashSet<usize> {
    let mut unused = HashSet::new();
    let mut words: HashSet<&str> = HashSet::new();
    for (place, statement) in query.statements.iter().enumerate().rev() {
        if let StatementKind::Let { name, value } = &statement.kind
            && matches!(value.kind, ExprKind::Pipeline(_))
            && !words.contains(name.text.as_str())
        {
            unused.insert(place);
            continue;
        }
        words.extend(statement.span.of(text).split(|c: char| !c.is_alphanumeric() && c != '_'));
    }
    unused
}

impl Binder<'_> {
    /// Binds what can be bound, but for statements whose places are given; the names and the rows at the end.
    fn query_through(&mut self, query: &Query, unused: &HashSet<usize>) -> (Env, Option<Frame>) {
        let mut env = Env::default();
        let mut frame = None;
        for (place, statement) in query.statements.iter().enumerate() {
            if unused.contains(&place) {
                env = self.unknown_let(&env, statement);
                continue;
            }
            match self.statements(&env, std::slice::from_ref(statement)) {
                Ok((after, None)) => env = after,
                Ok((_, Some(expr))) => match self.unsettled_table(&env, expr) {
                    Ok(table) => frame = Some(table),
                    Err(error) => self.note(*error),
                },
                Err(error) => {
                    self.note(*error);
                    env = self.unknown_let(&env, statement);
                }
            }
        }
        (env, frame)
    }

    /// What a statement would have named, had it been right.
    fn unknown_let(&self, env: &Env, statement: &Statement) -> Env {
        let StatementKind::Let { name, value } = &statement.kind else { return env.clone() };
        let binding = match self.is_tabular(env, value) {
            true => match Frame::unknown() {
                Some(frame) => Binding::Tabular(frame),
                None => return env.clone(),
            },
            false => Binding::Scalar(kql_functions::Typed::null(ScalarType::Dynamic)),
        };
        env.with(&name.text, binding)
    }

    /// Whether planning goes on behind errors.
    pub(crate) fn goes_on(&self) -> bool {
        self.mistakes.is_some()
    }

    /// How many mistakes were noted.
    pub(crate) fn noted(&self) -> usize {
        self.mistakes.as_ref().map_or(0, Vec::len)
    }

    /// Notes a mistake where planning goes on behind it.
    pub(crate) fn note(&mut self, error: Diagnostic) {
        if let Some(mistakes) = &mut self.mistakes
            && !mistakes.iter().any(|known| known.span == error.span)
        {
            mistakes.push(error);
        }
    }
}
