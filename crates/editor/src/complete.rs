//! Candidates for the word at the cursor.

use kql_parser::TextTokenKind;
use kql_planner::{Engine, NameKind, QueryOptions, Scope, words};
use kql_types::ScalarType;

use crate::candidate::{CandidateKind, Completion};
use crate::place::Place;
use crate::popular;
use crate::rank::{Ranking, step};

/// What the data holds, for those who have it at hand.
pub trait Values {
    /// The values of a column of the table that a query gives, most frequent first; few, and quickly.
    fn values(&self, source: &str, column: &str) -> Vec<String>;
    /// The keys of a bag: a column, or a path into one such as `a.b`.
    fn keys(&self, source: &str, path: &str) -> Vec<String>;
}

/// No data at hand.
pub struct NoValues;

impl Values for NoValues {
    fn values(&self, _: &str, _: &str) -> Vec<String> {
        Vec::new()
    }

    fn keys(&self, _: &str, _: &str) -> Vec<String> {
        Vec::new()
    }
}

/// Completes words of queries over the tables and functions of an engine.
pub struct Completer<'a> {
    /// The tables and the stored functions.
    pub engine: &'a Engine,
    /// What else a query can see.
    pub options: &'a QueryOptions,
    /// What the data holds.
    pub values: &'a dyn Values,
}

/// What one completion looks at.
pub(crate) struct Question<'p> {
    pub place: &'p Place<'p>,
    /// What can be named.
    pub scope: Scope,
    /// The whole text, in which a name that is used elsewhere is likely to be used again.
    pub text: &'p str,
    pub ranking: Ranking,
}

impl Completer<'_> {
    /// What may stand at the cursor, which is a place in bytes.
    pub fn complete(&self, text: &str, cursor: usize) -> Completion {
        let Some(place) = Place::of(text, cursor) else { return Completion::default() };
        // Every operator may follow any rows.
        let scope = match place.at_operator() {
            true => Scope::default(),
            false => self.engine.scope(&place.scope_text(), self.options),
        };
        let mut question = Question { place: &place, scope, text, ranking: Ranking::default() };
        self.fill(&mut question);
        let typed = place.typed.of(text);
        Completion { replaces: place.typed, candidates: question.ranking.into_candidates(typed) }
    }

    fn fill(&self, question: &mut Question<'_>) {
        let place = question.place;
        if place.in_string {
            return self.strings(question);
        }
        if place.at_operator() {
            return question.ranking.words(0, CandidateKind::Operator, operators());
        }
        if place.at_source() {
            return self.source(question);
        }
        match (place.back(1), place.call().map(|(name, _)| name)) {
            (".", _) => return self.members(question),
            ("matches", _) => return question.ranking.words(0, CandidateKind::Keyword, ["regex"]),
            ("to", _) if matches!(place.operator(), Some("mv-expand" | "mv-apply" | "mvexpand")) => {
                return question.ranking.words(0, CandidateKind::Keyword, ["typeof("]);
            }
            (":", _) | (_, Some("typeof")) => return types(question),
            ("=", _) if self.parameter_values(question) => return,
            _ => {}
        }
        match place.operator() {
            Some(operator) => self.stage(question, operator),
            None => self.operand(question),
        }
    }

    /// The beginning of a statement or of a table in parentheses.
    fn source(&self, question: &mut Question<'_>) {
        self.tables(question, 0);
        let ranking = &mut question.ranking;
        if question.place.back(1) == "=" {
            for (place, name) in popular::FUNCTIONS.iter().take(12).enumerate() {
                ranking.add(330 + step(place), CandidateKind::Function, call(name), "");
            }
            ranking.words(
                2,
                CandidateKind::Keyword,
                ["dynamic(", "materialize(", "externaldata(", "datetime(", "datatable(", "toscalar("],
            );
        }
        let nothing_typed = question.place.typed.start == question.place.typed.end;
        for (place, word) in popular::BEGINNINGS.iter().enumerate() {
            let weight = match place {
                // A query begins with a `let` or a table.
                0 if nothing_typed => 4,
                3.. if nothing_typed => 60 + step(place),
                place => 12 + step(place),
            };
            ranking.add(weight, CandidateKind::Keyword, *word, "");
        }
        if question.place.back(1) == "=" {
            ranking.words(60, CandidateKind::Keyword, ["view ()"]);
        }
    }

    /// Tables: what the query names, what holds rows, what is used most, all others.
    fn tables(&self, question: &mut Question<'_>, base: u32) {
        let catalog = self.engine.catalog();
        for (place, (name, kind)) in question.scope.names.iter().enumerate() {
            if matches!(kind, NameKind::Table | NameKind::Function) {
                let text = if *kind == NameKind::Function { call(name) } else { quoted_name(name) };
                question.ranking.add(base + step(place), CandidateKind::Variable, text, "let");
            }
        }
        let popular = |name: &str| popular::TABLES.iter().position(|known| *known == name).map(step);
        for name in catalog.loaded() {
            let weight = base + 5 + popular(&name).unwrap_or(40).min(40) / 8;
            question.ranking.add(weight, CandidateKind::Table, quoted_name(&name), "loaded");
        }
        for name in catalog.names() {
            let weight = base + popular(&name).map_or(400, |place| 20 + place);
            question.ranking.add(weight, CandidateKind::Table, quoted_name(&name), "no rows");
        }
        for (place, name) in self.engine.functions().enumerate() {
            question.ranking.add(
                base + 60 + step(place),
                CandidateKind::Function,
                call(name),
                "stored function",
            );
        }
        question.ranking.add(base + 90, CandidateKind::Table, "CombinedSignInLogs", "view");
        question.ranking.add(base + 95, CandidateKind::Function, "_GetWatchlist(", "watchlist");
    }

    /// The operands of an operator.
    fn stage(&self, question: &mut Question<'_>, operator: &str) {
        let place = question.place;
        let first = place.operands().is_empty();
        let keyword = |question: &mut Question<'_>, word: &str| {
            question.ranking.add(0, CandidateKind::Keyword, word, "");
        };
        match operator {
            "sort" | "order" if first => keyword(question, "by"),
            "top" if place.operands().len() == 1 => keyword(question, "by"),
            "top" | "take" | "limit" | "sample" if first => {
                question.ranking.words(0, CandidateKind::Value, ["10", "5", "20", "100", "1"]);
            }
            "render" => self.render(question),
            "evaluate" if first => {
                for (at, name) in words::plugins().enumerate() {
                    question.ranking.add(step(at), CandidateKind::Plugin, call(name), "");
                }
            }
            "join" | "lookup" => self.join(question, operator),
            "union" if place.call().is_none() => {
                self.tables(question, 0);
                question.ranking.words(3, CandidateKind::Parameter, ["isfuzzy=", "withsource=", "kind="]);
            }
            "search" | "find" if matches!(place.call(), Some(("in", _))) || place.list_of().is_some() => {
                self.tables(question, 0);
            }
            "partition" if !place.has_word("by") => keyword(question, "by"),
            "facet" if first => keyword(question, "by"),
            "search" | "find" if first => {
                question.ranking.words(0, CandidateKind::Keyword, ["in (", "kind=", "withsource=", "where"]);
                self.columns(question, 10);
            }
            "count" if first => keyword(question, "as"),
            "range" => {
                let words = ["from", "to", "step"];
                match words.iter().find(|word| !place.has_word(word)) {
                    Some(word) if ends_operand(place) => keyword(question, word),
                    _ => self.operand(question),
                }
            }
            "invoke" if first => self.tables(question, 0),
            "parse" | "parse-where" if place.has_word("with") => {
                question.ranking.words(0, CandidateKind::Keyword, ["*"]);
            }
            "parse" | "parse-where" if ends_operand(place) => keyword(question, "with"),
            _ => self.operand(question),
        }
        if first && operator.starts_with("parse") {
            question.ranking.words(480, CandidateKind::Parameter, ["kind="]);
        }
        if first && matches!(operator, "mv-expand" | "mvexpand" | "make-series") {
            question.ranking.words(480, CandidateKind::Parameter, ["kind=", "with_itemindex="]);
        }
    }

    fn render(&self, question: &mut Question<'_>) {
        let place = question.place;
        if place.operands().is_empty() {
            question.ranking.words(
                0,
                CandidateKind::Keyword,
                ["timechart", "columnchart", "piechart", "barchart", "linechart"],
            );
            question.ranking.words(50, CandidateKind::Keyword, words::CHARTS.iter().copied());
        } else if place.has_word("with") {
            for (at, property) in words::render_properties().enumerate() {
                question.ranking.add(step(at), CandidateKind::Parameter, format!("{property}="), "");
            }
            self.columns(question, 100);
        } else {
            question.ranking.words(0, CandidateKind::Keyword, ["with ("]);
        }
    }

    fn join(&self, question: &mut Question<'_>, operator: &str) {
        let place = question.place;
        if place.has_word("on") {
            return self.join_keys(question);
        }
        if place.back(1) == operator || question.place.back(2) == "=" && place.back(1) != ")" {
            let from_start = place.back(1) == operator;
            self.tables(question, 40);
            question.ranking.words(
                if from_start { 0 } else { 200 },
                CandidateKind::Parameter,
                ["kind=", "hint.strategy=", "hint.shufflekey="],
            );
            return;
        }
        question.ranking.words(0, CandidateKind::Keyword, ["on", "kind="]);
    }

    /// The conditions of a join: columns of both sides first.
    fn join_keys(&self, question: &mut Question<'_>) {
        let place = question.place;
        let right = place.right_text().map(|text| self.engine.scope(&text, self.options).columns);
        let right = right.unwrap_or_default();
        if ends_operand(place) {
            question.ranking.words(0, CandidateKind::Keyword, ["==", "and"]);
            return;
        }
        let mut at = 0;
        for column in &question.scope.columns {
            if right.iter().any(|other| other.name == column.name) {
                let weight = 2 + step(at) + if mentions(question.text, &column.name) > 0 { 0 } else { 40 };
                question.ranking.add(
                    weight,
                    CandidateKind::Column,
                    quoted_name(&column.name),
                    column.ty.name(),
                );
                at += 1;
            }
        }
        question.ranking.words(0, CandidateKind::Keyword, ["$left.", "$right."]);
        self.columns(question, 500);
    }

    /// What follows a dot: the columns of a side of a join, or the keys of a bag.
    fn members(&self, question: &mut Question<'_>) {
        let place = question.place;
        match place.back(2) {
            "$left" => self.columns(question, 0),
            "$right" => {
                let Some(right) = place.right_text() else { return };
                question.scope = self.engine.scope(&right, self.options);
                self.columns(question, 0);
            }
            _ => {
                let source = place.source_text();
                for (at, key) in self.values.keys(&source, &path_before(place)).iter().enumerate() {
                    question.ranking.add(step(at), CandidateKind::Value, quoted_member(key), "key");
                }
                for (at, key) in keys_elsewhere(question.text, place.typed.start as usize).iter().enumerate()
                {
                    question.ranking.add(400 + step(at), CandidateKind::Value, quoted_member(key), "key");
                }
            }
        }
    }

    /// The values of `name=`; whether the name is that of a parameter.
    fn parameter_values(&self, question: &mut Question<'_>) -> bool {
        let place = question.place;
        let operator = place.operator().unwrap_or("");
        let values: &[&str] = match (operator, place.back(2)) {
            ("join", "kind") => words::JOIN_KINDS,
            ("lookup", "kind") => &["leftouter", "inner"],
            ("union", "kind") => &["outer", "inner"],
            ("parse" | "parse-where", "kind") => &["simple", "regex", "relaxed"],
            ("mv-expand" | "mvexpand", "kind" | "bagexpansion") => &["bag", "array"],
            ("render", "kind") => &["default", "unstacked", "stacked", "stacked100"],
            ("render", "xaxis" | "yaxis") => &["linear", "log"],
            ("render", "legend") => &["visible", "hidden"],
            ("search", "kind") => &["default", "case_insensitive", "case_sensitive"],
            ("union", "isfuzzy") => &["true", "false"],
            (_, "strategy") => &["shuffle", "broadcast"],
            _ => return false,
        };
        let popular = [
            "inner",
            "leftouter",
            "leftanti",
            "innerunique",
            "rightanti",
            "leftsemi",
            "rightsemi",
            "fullouter",
        ];
        if operator == "join" {
            question.ranking.words(0, CandidateKind::Keyword, popular);
        }
        question.ranking.words(20, CandidateKind::Keyword, values.iter().copied());
        true
    }
}

/// Every operator, the ones that are used most first.
fn operators() -> impl Iterator<Item = &'static str> {
    let rest = kql_parser::OPERATORS.iter().filter(|name| {
        !popular::OPERATORS.contains(name)
            && !name.starts_with("__")
            && !matches!(**name, "print" | "range" | "macro-expand" | "mvapply")
    });
    popular::OPERATORS.iter().chain(rest).copied()
}

fn types(question: &mut Question<'_>) {
    let names = ScalarType::ALL.iter().map(|ty| ty.name());
    question.ranking.words(10, CandidateKind::Type, names);
    question.ranking.words(0, CandidateKind::Type, ["string", "datetime", "dynamic", "long", "int"]);
}

/// Whether the last token ends a value, so that an operator goes on.
pub(crate) fn ends_operand(place: &Place<'_>) -> bool {
    let Some(last) = place.tokens.last() else { return false };
    // The value of a parameter stands before the operands.
    const PARAMETERS: &[&str] = &[
        "kind",
        "withsource",
        "with_source",
        "isfuzzy",
        "with_itemindex",
        "bagexpansion",
        "flags",
        "strategy",
    ];
    if place.back(2) == "=" && PARAMETERS.contains(&place.back(3)) {
        return false;
    }
    match last.kind {
        TextTokenKind::Name | TextTokenKind::String | TextTokenKind::Number | TextTokenKind::Literal => true,
        TextTokenKind::Punctuation => {
            matches!(place.back(1), ")" | "]") || place.back(1) == "*" && matches!(place.back(2), "(" | ",")
        }
        TextTokenKind::Keyword => matches!(place.back(1), "true" | "false"),
        // An operator's word is a name where it stands among operands.
        TextTokenKind::Operator => place.tokens.len() > 1 && !matches!(place.back(2), "|"),
        _ => false,
    }
}

/// A function as it is written up to its arguments.
pub(crate) fn call(name: &str) -> String {
    format!("{name}(")
}

/// A name, in brackets and quotes where it needs them.
pub(crate) fn quoted_name(name: &str) -> String {
    let plain = name.bytes().next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if plain { name.to_string() } else { format!("['{}']", name.replace('\'', "\\'")) }
}

fn quoted_member(key: &str) -> String {
    quoted_name(key)
}

/// The path before a dot, such as `a.b` before `a.b.`.
fn path_before(place: &Place<'_>) -> String {
    let mut parts = Vec::new();
    let mut back = 2;
    loop {
        parts.push(place.back(back));
        if place.back(back + 1) != "." {
            break;
        }
        back += 2;
    }
    parts.reverse();
    parts.join(".")
}

/// How often a name stands in a text as a word.
pub(crate) fn mentions(text: &str, name: &str) -> usize {
    let part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    text.match_indices(name)
        .filter(|(at, _)| {
            !part(text.get(..*at).and_then(|head| head.chars().next_back()))
                && !part(text.get(at + name.len()..).and_then(|tail| tail.chars().next()))
        })
        .count()
}

/// What follows other dots of the text.
fn keys_elsewhere(text: &str, cursor: usize) -> Vec<String> {
    let mut keys = Vec::new();
    for (at, _) in text.match_indices('.') {
        let tail = text.get(at + 1..).unwrap_or("");
        let length = tail.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(tail.len());
        let key = tail.get(..length).unwrap_or("");
        let begins = key.starts_with(|c: char| c.is_alphabetic() || c == '_');
        if begins && at + 1 != cursor && !keys.iter().any(|known| known == key) {
            keys.push(key.to_string());
        }
    }
    keys
}
