//! Candidates inside expressions: columns, variables, functions, values, and what goes on after a value.

use kql_functions::function::ParamType;
use kql_functions::{aggregate, table};
use kql_parser::TextTokenKind;
use kql_planner::NameKind;
use kql_types::ScalarType;

use crate::candidate::CandidateKind;
use crate::complete::{Completer, Question, call, ends_operand, mentions, quoted_name};
use crate::place::Place;
use crate::popular;
use crate::rank::step;
use crate::signature::signatures;

/// Operators that compare a value with another.
const COMPARISONS: &[&str] = &[
    "==",
    "!=",
    "=~",
    "!~",
    "<>",
    "<",
    "<=",
    ">",
    ">=",
    "has",
    "!has",
    "has_cs",
    "contains",
    "!contains",
    "contains_cs",
    "startswith",
    "!startswith",
    "endswith",
    "!endswith",
    "in",
    "!in",
    "in~",
    "!in~",
    "has_any",
    "has_all",
    "between",
    "!between",
    "regex",
    "hasprefix",
    "hassuffix",
    "startswith_cs",
    "endswith_cs",
    "notcontains",
];

impl Completer<'_> {
    /// A value, or what goes on after one.
    pub(crate) fn operand(&self, question: &mut Question<'_>) {
        let place = question.place;
        if ends_operand(place) {
            return self.infix(question);
        }
        let operator = place.operator().unwrap_or("");
        let in_call = place.call();
        match in_call {
            Some(("ago", _)) => {
                question.ranking.words(0, CandidateKind::Value, popular::TIMESPANS.iter().copied())
            }
            Some(("bin" | "bin_at" | "floor", 1)) => {
                question.ranking.words(
                    0,
                    CandidateKind::Value,
                    ["1h", "1d", "5m", "1m", "15m", "7d", "10m", "30m"],
                );
            }
            Some(("in" | "in~" | "!in" | "!in~" | "has_any" | "has_all", _)) => {}
            _ => {}
        }
        let before_by = matches!(operator, "summarize" | "make-series") && !place.has_word("by");
        let wants_aggregate = before_by
            && in_call.is_none()
            && matches!(place.back(1), "summarize" | "make-series" | "," | "=");
        if wants_aggregate {
            self.aggregates(question, 0);
            question.ranking.words(60, CandidateKind::Keyword, ["by"]);
        }
        if operator == "evaluate" && matches!(in_call, Some(("pivot", 1..))) {
            self.aggregates(question, 200);
        }
        if let Some(column) = compared(place) {
            self.values_of(question, &column);
        }
        self.variables(question);
        self.columns(question, 0);
        self.functions(question, operator);
        if operator == "mv-expand" || operator == "mv-apply" {
            question.ranking.words(990, CandidateKind::Keyword, ["to typeof("]);
        }
        // Whatever else the grammar has at this place.
        question.ranking.words(950, CandidateKind::Keyword, keywords(place));
    }

    /// What goes on after a value.
    fn infix(&self, question: &mut Question<'_>) {
        let place = question.place;
        let operator = place.operator().unwrap_or("");
        let from = place.condition_start();
        let compares = (from..place.tokens.len()).any(|index| COMPARISONS.contains(&place.word(index)));
        let base = match operator {
            "where" | "filter" if !compares => 0,
            _ if place.call().is_some_and(|(name, _)| {
                matches!(name, "iff" | "iif" | "case" | "countif" | "not" | "dcountif" | "and" | "or")
            }) && !compares =>
            {
                0
            }
            _ => 300,
        };
        let before = self.type_before(question);
        let base = if before == Some(ScalarType::Bool) && place.back(1) == ")" { base.max(10) } else { base };
        let compares = compares || before == Some(ScalarType::Bool);
        let words = match before {
            Some(ScalarType::DateTime) => popular::INFIX_OF_TIME,
            Some(
                ScalarType::Int
                | ScalarType::Long
                | ScalarType::Real
                | ScalarType::Decimal
                | ScalarType::Timespan,
            ) => popular::INFIX_OF_NUMBER,
            _ => popular::INFIX_OF_STRING,
        };
        question.ranking.words(base, CandidateKind::Keyword, words.iter().copied());
        question.ranking.words(base + 60, CandidateKind::Keyword, popular::INFIX_OF_STRING.iter().copied());
        question.ranking.words(base + 90, CandidateKind::Keyword, popular::INFIX_OF_NUMBER.iter().copied());
        question.ranking.words(if compares { 0 } else { 200 }, CandidateKind::Keyword, ["and", "or"]);
        let grammar = keywords(place);
        let preferred: &[&str] = match operator {
            "summarize" | "make-series" if !place.has_word("by") => {
                &["by", "on", "from", "to", "step", "default"]
            }
            "sort" | "order" | "top" => &["desc", "asc", "nulls", "by"],
            "project-reorder" => &["asc", "desc"],
            "mv-expand" | "mv-apply" | "mvexpand" => &["to typeof(", "on", "limit"],
            "join" | "lookup" => &["on"],
            "partition" => &["by"],
            _ => &[],
        };
        if place.call().is_none() {
            question.ranking.words(
                0,
                CandidateKind::Keyword,
                preferred
                    .iter()
                    .copied()
                    .filter(|word| word.len() > 4 || grammar.is_empty() || grammar.contains(word)),
            );
        }
        question.ranking.words(100, CandidateKind::Keyword, grammar);
    }

    /// The type of the value that ends before the cursor, where that shows.
    fn type_before(&self, question: &Question<'_>) -> Option<ScalarType> {
        let place = question.place;
        let last = place.back(1);
        if last != ")" {
            return column_type(question, last);
        }
        let mut depth = 0_i32;
        let mut back = 1;
        while back <= place.tokens.len() {
            match place.back(back) {
                ")" => depth += 1,
                "(" => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                break;
            }
            back += 1;
        }
        let name = place.back(back + 1);
        // What an expression decides is not known by its name, but tests are.
        let tests = name.starts_with("is") || name == "not" || name.contains("_is_");
        table::find(name)?.overloads.first()?.returns.or(tests.then_some(ScalarType::Bool))
    }

    fn aggregates(&self, question: &mut Question<'_>, base: u32) {
        for aggregate in aggregate::all() {
            let popular = popular::AGGREGATES.iter().position(|name| *name == aggregate.name);
            let weight = base + popular.map_or(120, |place| step(place) * 3);
            let detail = signatures(aggregate.name).into_iter().next().unwrap_or_default();
            // A call without arguments is whole.
            let text = if aggregate.name == "count" { "count()".to_string() } else { call(aggregate.name) };
            question.ranking.add(weight, CandidateKind::Aggregate, text, detail);
        }
    }

    fn variables(&self, question: &mut Question<'_>) {
        let tables_fit = question.place.list_of().is_some()
            || matches!(question.place.call(), Some(("toscalar" | "materialize", _)));
        for (place, (name, kind)) in question.scope.names.iter().enumerate() {
            let (weight, text, detail) = match kind {
                NameKind::Value(ty) => (
                    if compared(question.place).is_some() || question.place.call().is_some() {
                        30
                    } else {
                        380
                    },
                    quoted_name(name),
                    ty.name(),
                ),
                NameKind::Table => (if tables_fit { 20 } else { 900 }, quoted_name(name), "table"),
                NameKind::Function => (500, call(name), "function"),
            };
            question.ranking.add(weight + step(place), CandidateKind::Variable, text, detail);
        }
    }

    /// The columns of the stage.
    pub(crate) fn columns(&self, question: &mut Question<'_>, base: u32) {
        let wanted = wanted(question.place);
        if question.scope.open {
            // Of a table that is not known, the names are known that the query uses already.
            for (at, name) in names_before(question.place).into_iter().enumerate() {
                question.ranking.add(base + 480 + step(at), CandidateKind::Column, name, "");
            }
        }
        let renames = (question.place.operator(), question.place.back(1)) == (Some("project"), "=")
            && question.place.call().is_none();
        let few = question.scope.columns.len() <= 12;
        let listed: Vec<&str> =
            question.place.operands().iter().map(|token| token.span.of(question.text)).collect();
        let lists = matches!(
            question.place.operator(),
            Some(
                "project"
                    | "project-away"
                    | "project-keep"
                    | "project-reorder"
                    | "distinct"
                    | "project-rename"
                    | "summarize"
            )
        );
        let hidden = question.scope.hidden.iter().map(|column| (column, true));
        let columns: Vec<_> =
            question.scope.columns.iter().map(|column| (column, false)).chain(hidden).collect();
        for (place, (column, hidden)) in columns.into_iter().enumerate() {
            let mut weight = match popular::COLUMNS.iter().position(|name| *name == column.name) {
                _ if hidden => 850,
                _ if mentions(question.text, &column.name) > 0 => 400 + step(place).min(90),
                // `project name = ` most often gives a column another name.
                Some(popular) if renames => 398 + step(popular),
                _ if few => 500 + step(place),
                Some(popular) => 600 + step(popular),
                None => 720 + step(place).min(80),
            };
            match wanted {
                Some(ty) if ty == column.ty => weight -= 150,
                // Some functions take anything, and some types more often than others.
                Some(_) if !matches!(question.place.call(), Some(("tostring", _))) => weight += 250,
                _ => {}
            }
            // A column that is named already is not listed again, but another aggregate may take it.
            if lists && question.place.call().is_none() && listed.contains(&column.name.as_str()) {
                weight += 250;
            }
            question.ranking.add(
                base + weight,
                CandidateKind::Column,
                quoted_name(&column.name),
                column.ty.name(),
            );
        }
    }

    fn functions(&self, question: &mut Question<'_>, operator: &str) {
        let place = question.place;
        if matches!(operator, "project-away" | "project-keep" | "project-reorder" | "project-rename")
            && place.call().is_none()
        {
            return;
        }
        let base = match (operator, place.back(1)) {
            ("extend", "=") | ("project", "=") => 395,
            _ if place.call().is_some_and(|(name, _)| aggregate::find(name).is_some()) => 720,
            ("distinct" | "project-reorder" | "project-away" | "project-keep" | "mv-expand", _)
            | (_, "by") => 720,
            _ => 640,
        };
        for function in table::all() {
            let popular = popular::FUNCTIONS.iter().position(|name| *name == function.name);
            let mut weight = popular.map_or(900, |place| base + step(place) * 4);
            let is_part = base == 395 && matches!(function.name, "ago" | "bin");
            if is_part {
                weight += 200;
            }
            let returns = function.overloads.first().and_then(|overload| overload.returns);
            if compares_with(place, question) == Some(ScalarType::DateTime)
                && returns == Some(ScalarType::DateTime)
            {
                weight = 10 + popular.map_or(80, step);
            }
            if place.back(1) == "by" && function.name == "bin" {
                weight = 300;
            }
            if !is_part && mentions(question.text, function.name) > 0 {
                weight = weight.saturating_sub(100);
            }
            let detail = function.signatures().into_iter().next().unwrap_or_default();
            for alias in function.aliases {
                let popular = popular::FUNCTIONS.iter().position(|name| name == alias);
                let weight = popular.map_or(950, |place| base + step(place) * 4);
                question.ranking.add(
                    weight,
                    CandidateKind::Function,
                    call(alias),
                    format!("as {}()", function.name),
                );
            }
            question.ranking.add(weight, CandidateKind::Function, call(function.name), detail);
        }
        match (place.in_list(), place.back(1)) {
            (true, _) => question.ranking.words(
                100,
                CandidateKind::Keyword,
                ["dynamic(", "datetime(", "null", "true", "false"],
            ),
            (false, "=") => question.ranking.words(405, CandidateKind::Keyword, ["dynamic("]),
            _ => {}
        }
        if matches!(place.call(), Some((_, _))) || place.back(1) == "=" {
            question.ranking.words(
                880,
                CandidateKind::Keyword,
                ["dynamic(", "datetime(", "null", "true", "false"],
            );
        }
        if operator == "serialize" {
            for (at, name) in
                ["row_number", "prev", "next", "row_cumsum", "row_window_session", "row_rank_dense"]
                    .iter()
                    .enumerate()
            {
                question.ranking.add(300 + step(at), CandidateKind::Function, call(name), "");
            }
        }
        if compares_with(place, question) == Some(ScalarType::DateTime) {
            question.ranking.words(12, CandidateKind::Keyword, ["datetime("]);
        }
    }

    /// A string that is not closed: the values of the column that it is compared with.
    pub(crate) fn strings(&self, question: &mut Question<'_>) {
        let Some(column) = compared(question.place) else { return };
        let source = question.place.source_text();
        for (at, value) in self.values.values(&source, &column).iter().enumerate() {
            question.ranking.add(step(at), CandidateKind::Value, value.clone(), column.clone());
        }
    }

    fn values_of(&self, question: &mut Question<'_>, column: &str) {
        if column_type(question, column) != Some(ScalarType::String) {
            return;
        }
        let source = question.place.source_text();
        for (at, value) in self.values.values(&source, column).iter().enumerate().take(20) {
            let text = format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""));
            question.ranking.add(step(at), CandidateKind::Value, text, column);
        }
    }
}

/// The names before the cursor, the last first.
fn names_before<'t>(place: &Place<'t>) -> Vec<&'t str> {
    let mut names = Vec::new();
    for (index, token) in place.tokens.iter().enumerate().rev() {
        let name = place.word(index);
        if token.kind == TextTokenKind::Name && !names.contains(&name) && !COMPARISONS.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// The words that the grammar has here.
fn keywords(place: &Place<'_>) -> Vec<&'static str> {
    let mut words = kql_parser::continuations(place.text_before());
    words.retain(|word| word.starts_with(|c: char| c.is_ascii_alphabetic()));
    words
}

/// The column that the value at the cursor is compared with.
fn compared(place: &Place<'_>) -> Option<String> {
    if let Some(index) = place.list_of() {
        return Some(place.word(index).to_string());
    }
    let operator = place.back(1);
    let is_value = COMPARISONS.contains(&operator) && !matches!(operator, "in" | "regex" | "between");
    is_value.then(|| place.back(2).to_string())
}

/// The type of what the value at the cursor is compared with.
fn compares_with(place: &Place<'_>, question: &Question<'_>) -> Option<ScalarType> {
    let between = place.back(1) == "(" && matches!(place.back(2), "between" | "!between");
    let name = if between { place.back(3).to_string() } else { compared(place)? };
    column_type(question, &name)
}

fn column_type(question: &Question<'_>, name: &str) -> Option<ScalarType> {
    let mut columns = question.scope.columns.iter().chain(&question.scope.hidden);
    columns.find(|column| column.name == name).map(|column| column.ty)
}

/// The type that fits best at a place: what the function or the operator takes.
fn wanted(place: &Place<'_>) -> Option<ScalarType> {
    if let Some((name, argument)) = place.call() {
        match name {
            "bin" | "startofday" | "startofweek" | "startofmonth" | "format_datetime" | "hourofday"
            | "dayofweek"
                if argument == 0 =>
            {
                return Some(ScalarType::DateTime);
            }
            "arg_max" | "arg_min" if argument == 0 => return Some(ScalarType::DateTime),
            "parse_json" | "todynamic" | "tostring" | "array_length" | "bag_keys" => {
                return Some(ScalarType::Dynamic);
            }
            _ => {}
        }
        let function = table::find(name)?;
        let types: Vec<_> = function
            .overloads
            .iter()
            .filter_map(|overload| overload.params.get(argument))
            .map(|param| param.ty)
            .collect();
        return match types.as_slice() {
            [ParamType::Is(ty), rest @ ..] if rest.iter().all(|other| *other == ParamType::Is(*ty)) => {
                Some(*ty)
            }
            _ => None,
        };
    }
    match place.operator()? {
        "mv-expand" | "mv-apply" | "mvexpand" => Some(ScalarType::Dynamic),
        "parse" | "parse-where" | "parse-kv" => Some(ScalarType::String),
        _ => None,
    }
}
