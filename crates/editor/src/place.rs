//! Where the cursor stands: in which stage of which pipeline, behind what, and what is typed of the word.

use kql_parser::span::Span;
use kql_parser::{TextToken, TextTokenKind, tokens};

/// A stretch between two brackets, or the whole text.
#[derive(Debug, Clone)]
struct Level {
    /// The bracket that opens it.
    open: Option<usize>,
    /// Where its text begins.
    begin: usize,
    /// The token with which its statement begins.
    start: usize,
    /// The pipes of its statement.
    pipes: Vec<usize>,
}

/// The cursor among the tokens before it.
#[derive(Debug)]
pub(crate) struct Place<'t> {
    text: &'t str,
    /// The tokens before the word at the cursor, without comments.
    pub tokens: Vec<TextToken>,
    /// What is typed of the word.
    pub typed: Span,
    /// The cursor is inside a string that is not closed.
    pub in_string: bool,
    levels: Vec<Level>,
    /// The level whose statement or pipeline the cursor is in; the ones behind it are brackets of its expressions.
    table_level: usize,
}

/// Words before a bracket in which a table may stand.
const TABLE_OPENERS: &[&str] = &[
    "join",
    "lookup",
    "union",
    "toscalar",
    "materialize",
    "totable",
    "fork",
    "partition",
    "mv-apply",
    "facet",
    "on",
];

impl<'t> Place<'t> {
    /// Looks at the text before the cursor; `None` inside a comment.
    pub(crate) fn of(text: &'t str, cursor: usize) -> Option<Self> {
        let before = text.get(..cursor)?;
        let all = tokens(before);
        if all.last().is_some_and(|last| last.kind == TextTokenKind::Comment && ends_at(last, cursor)) {
            return None;
        }
        let mut tokens: Vec<TextToken> =
            all.into_iter().filter(|token| token.kind != TextTokenKind::Comment).collect();
        let (typed, in_string) = typed_part(before, &mut tokens);
        let (levels, table_level) = levels(before, &tokens);
        Some(Place { text: before, tokens, typed, in_string, levels, table_level })
    }

    /// The text up to the typed word.
    pub(crate) fn text_before(&self) -> &'t str {
        self.text.get(..self.typed.start as usize).unwrap_or("")
    }

    /// The text of a token.
    pub(crate) fn word(&self, index: usize) -> &'t str {
        self.tokens.get(index).map_or("", |token| token.span.of(self.text))
    }

    /// The text of the token that stands `back` places before the typed word; 1 is the last one.
    pub(crate) fn back(&self, back: usize) -> &'t str {
        self.tokens.len().checked_sub(back).map_or("", |index| self.word(index))
    }

    fn level(&self) -> &Level {
        &self.levels[self.table_level]
    }

    /// The first token behind the last pipe, or of the statement.
    fn stage_start(&self) -> usize {
        self.level().pipes.last().map_or_else(|| self.source_start(), |pipe| pipe + 1)
    }

    /// The operator that the cursor is in, if one stands at the head of the stage.
    pub(crate) fn operator(&self) -> Option<&'t str> {
        let head = self.stage_start();
        let token = self.tokens.get(head)?;
        let is_operator = !self.level().pipes.is_empty()
            || token.kind == TextTokenKind::Operator
            || head > self.level().start && kql_parser::OPERATORS.contains(&self.word(head));
        is_operator.then(|| self.word(head))
    }

    /// Whether the next word is the first of its statement, so that a table or a statement's keyword stands here.
    pub(crate) fn at_source(&self) -> bool {
        if self.table_level + 1 != self.levels.len() || !self.level().pipes.is_empty() {
            return false;
        }
        let start = self.source_start();
        start == self.tokens.len()
    }

    /// Whether the next word is an operator behind a pipe.
    pub(crate) fn at_operator(&self) -> bool {
        self.back(1) == "|" && self.table_level + 1 == self.levels.len()
            || self.table_level + 1 == self.levels.len()
                && self.stage_start() == self.tokens.len()
                && self.level().open.is_some_and(|open| self.takes_body(open))
    }

    /// Where the table expression of the statement begins, behind `let name =`.
    fn source_start(&self) -> usize {
        let start = self.level().start;
        if self.word(start) == "let" && self.word(start + 2) == "=" { start + 3 } else { start }
    }

    /// The tokens of the stage behind its operator, with the number of brackets that are open before each.
    pub(crate) fn operands(&self) -> &[TextToken] {
        self.tokens.get(self.stage_start() + 1..).unwrap_or(&[])
    }

    /// Whether a word stands among the operands outside of brackets.
    pub(crate) fn has_word(&self, word: &str) -> bool {
        let mut depth = 0_i32;
        self.operands().iter().any(|token| {
            let text = token.span.of(self.text);
            match text {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" => depth -= 1,
                _ => {}
            }
            depth <= 0 && text == word
        })
    }

    /// The function whose arguments the cursor is in, and the number of the argument from 0.
    pub(crate) fn call(&self) -> Option<(&'t str, usize)> {
        if self.levels.len() == self.table_level + 1 {
            return None;
        }
        let open = self.levels.last()?.open?;
        let name = self.tokens.get(open.checked_sub(1)?)?;
        let is_call = matches!(name.kind, TextTokenKind::Function)
            || name.kind == TextTokenKind::Keyword
                && !matches!(name.span.of(self.text), "in" | "in~" | "!in" | "and" | "or");
        if self.word(open) != "(" || !is_call {
            return None;
        }
        Some((name.span.of(self.text), self.commas_since(open + 1)))
    }

    /// Whether the cursor is in a list of values, and of which column: `c in (…`, `c has_any (…`.
    pub(crate) fn list_of(&self) -> Option<usize> {
        let open = self.levels.last()?.open?;
        let word = self.word(open.checked_sub(1)?);
        let is_list = matches!(word.trim_start_matches('!'), "in" | "in~" | "has_any" | "has_all");
        (self.word(open) == "(" && is_list).then(|| open.checked_sub(2)).flatten()
    }

    /// Whether the cursor is in brackets, where the cells of a `datatable` and the values of a bag stand.
    pub(crate) fn in_list(&self) -> bool {
        let open = self.levels.last().and_then(|level| level.open);
        open.is_some_and(|open| self.word(open) == "[") || matches!(self.call(), Some(("dynamic", _)))
    }

    fn commas_since(&self, from: usize) -> usize {
        let mut depth = 0_i32;
        let mut commas = 0;
        for index in from..self.tokens.len() {
            match self.word(index) {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" => depth -= 1,
                "," if depth == 0 => commas += 1,
                _ => {}
            }
        }
        commas
    }

    /// Where the part of an expression begins that `and`, `or`, a comma or a bracket sets apart.
    pub(crate) fn condition_start(&self) -> usize {
        let first = self.levels.last().map_or(0, |level| level.begin).max(self.stage_start() + 1);
        let mut depth = 0_i32;
        let mut index = self.tokens.len();
        while index > first {
            match self.word(index - 1) {
                ")" | "]" | "}" => depth += 1,
                "(" | "[" | "{" => depth -= 1,
                "and" | "or" | "," | "where" | "by" | "on" | "=" if depth == 0 => return index,
                _ => {}
            }
            index -= 1;
        }
        index
    }

    /// A text whose planning gives what can be named at the cursor.
    pub(crate) fn scope_text(&self) -> String {
        let mut text = self.statements_before();
        text.push_str(&self.pipeline(self.table_level));
        text
    }

    /// A text that gives the table on the right of a join, for the conditions behind `on`.
    pub(crate) fn right_text(&self) -> Option<String> {
        let mut depth = 0_i32;
        let (first, mut start, mut end) = (self.stage_start() + 1, None, None);
        for index in first..self.tokens.len() {
            match self.word(index) {
                "(" => {
                    if depth == 0 && start.is_none() {
                        start = Some(index);
                    }
                    depth += 1;
                }
                ")" => depth -= 1,
                "on" if depth == 0 => {
                    end = Some(index);
                    break;
                }
                _ => {}
            }
        }
        let end = end?;
        let start = start.filter(|start| *start < end).unwrap_or(end.checked_sub(1)?);
        let (start, end) = (self.tokens.get(start)?.span.start, self.tokens.get(end)?.span.start);
        let right = Span { start, end }.of(self.text);
        Some(format!("{}{right}", self.statements_before()))
    }

    /// A text that gives the table that the pipeline begins with.
    pub(crate) fn source_text(&self) -> String {
        let level = self.level();
        let (Some(first), Some(pipe)) = (
            self.tokens.get(self.source_start()),
            level.pipes.first().and_then(|pipe| self.tokens.get(*pipe)),
        ) else {
            return String::new();
        };
        let source = Span { start: first.span.start, end: pipe.span.start };
        format!("{}{}", self.statements_before(), source.of(self.text))
    }

    /// The complete statements before the one at the cursor, those of the function around it included.
    fn statements_before(&self) -> String {
        let mut text = String::new();
        for (index, level) in self.levels.iter().enumerate().take(self.table_level + 1) {
            let is_body = level.open.is_some_and(|open| self.word(open) == "{");
            if index > 0 && !is_body {
                continue;
            }
            if let Some(open) = level.open {
                self.push_parameters(open, &mut text);
            }
            text.push_str(self.between(level.begin, level.start));
            text.push('\n');
        }
        text
    }

    /// The text of the tokens from one to before another.
    fn between(&self, from: usize, to: usize) -> &'t str {
        let (Some(first), Some(last)) = (
            self.tokens.get(from),
            to.checked_sub(1).filter(|last| *last >= from).and_then(|last| self.tokens.get(last)),
        ) else {
            return "";
        };
        first.span.to(last.span).of(self.text)
    }

    /// The parameters of the function whose body a brace opens, as statements that declare them.
    fn push_parameters(&self, brace: usize, text: &mut String) {
        let Some(close) = brace.checked_sub(1).filter(|close| self.word(*close) == ")") else { return };
        let mut depth = 0_i32;
        let mut open = close;
        loop {
            match self.word(open) {
                ")" => depth += 1,
                "(" => depth -= 1,
                _ => {}
            }
            if depth == 0 || open == 0 {
                break;
            }
            open -= 1;
        }
        let mut index = open + 1;
        while index + 2 < close {
            if self.word(index + 1) == ":" {
                let (name, ty) = (self.word(index), self.word(index + 2));
                let value = match ty {
                    "(" => "datatable(_:string)[]".to_string(),
                    "string" => "''".to_string(),
                    ty => format!("{ty}(null)"),
                };
                text.push_str(&format!("let {name} = {value};\n"));
            }
            index += 1;
        }
    }

    /// The pipeline of a level up to its last pipe.
    fn pipeline(&self, at: usize) -> String {
        let level = &self.levels[at];
        let start = if at == self.table_level { self.source_start() } else { level_source(self, level) };
        let own = level.pipes.last().map_or("", |pipe| self.between(start, *pipe));
        match level.open {
            Some(open) if at > 0 && self.takes_body(open) && self.is_body(level) => {
                let mut outer = self.pipeline(at - 1);
                outer.push_str(&self.expansion(at - 1));
                if !own.is_empty() {
                    outer.push_str("\n| ");
                    outer.push_str(own);
                }
                outer
            }
            _ => own.to_string(),
        }
    }

    /// What `mv-apply` does to the rows before its body sees them.
    fn expansion(&self, at: usize) -> String {
        let level = &self.levels[at];
        let head = level.pipes.last().map_or(level.start, |pipe| pipe + 1);
        if !matches!(self.word(head), "mv-apply" | "mvapply") {
            return String::new();
        }
        let on = (head..self.tokens.len()).find(|index| self.word(*index) == "on").unwrap_or(head);
        format!("\n| mv-expand {}", self.between(head + 1, on))
    }

    /// Whether a bracket opens a body of operators over the rows of the stage around it.
    fn takes_body(&self, open: usize) -> bool {
        let Some(before) = open.checked_sub(1) else { return false };
        let head = self
            .levels
            .iter()
            .take_while(|level| level.open != Some(open))
            .last()
            .and_then(|level| level.pipes.last())
            .map_or("", |pipe| self.word(pipe + 1));
        match head {
            "mv-apply" | "mvapply" => self.word(before) == "on",
            "partition" => true,
            "fork" => true,
            "facet" => self.word(before) == "with",
            _ => false,
        }
    }

    /// Whether what stands in a level is operators without a source.
    fn is_body(&self, level: &Level) -> bool {
        self.tokens
            .get(level.start)
            .is_none_or(|token| token.kind == TextTokenKind::Operator || self.word(level.start).contains('-'))
    }
}

fn level_source(place: &Place<'_>, level: &Level) -> usize {
    let start = level.start;
    if place.word(start) == "let" && place.word(start + 2) == "=" { start + 3 } else { start }
}

fn ends_at(token: &TextToken, cursor: usize) -> bool {
    token.span.end as usize == cursor
}

/// Takes the word that the cursor is at the end of off the tokens.
fn typed_part(before: &str, tokens: &mut Vec<TextToken>) -> (Span, bool) {
    let cursor = before.len();
    let nothing = (Span::new(cursor, cursor), false);
    let Some(last) = tokens.last().copied() else { return nothing };
    // A string that is not closed ends with the text.
    if last.kind == TextTokenKind::Unknown && ends_at(&last, cursor) {
        let text = last.span.of(before);
        let quote = text.find(['"', '\'']).map(|at| at + 1);
        if let Some(quote) = quote {
            tokens.pop();
            return (Span::new(last.span.start as usize + quote, cursor), true);
        }
    }
    let is_word = matches!(
        last.kind,
        TextTokenKind::Operator | TextTokenKind::Keyword | TextTokenKind::Function | TextTokenKind::Name
    );
    // `project-` is half an operator.
    let tail: usize = before
        .bytes()
        .rev()
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        .count();
    let start = cursor - tail;
    let piped = before.get(..start).is_some_and(|head| head.trim_end().ends_with('|'));
    if piped && before.get(start..).is_some_and(|word| word.contains('-')) {
        while tokens.last().is_some_and(|token| token.span.start as usize >= start) {
            tokens.pop();
        }
        return (Span::new(start, cursor), false);
    }
    // `!ha` is half an operator too.
    if let Some(bang) = before.rfind('!')
        && before
            .get(bang + 1..)
            .is_some_and(|word| word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'))
        && !is_word_after_name(before, bang)
    {
        while tokens.last().is_some_and(|token| token.span.start as usize >= bang) {
            tokens.pop();
        }
        return (Span::new(bang, cursor), false);
    }
    if is_word && ends_at(&last, cursor) {
        tokens.pop();
        return (last.span, false);
    }
    nothing
}

fn is_word_after_name(before: &str, bang: usize) -> bool {
    !before.get(..bang).is_some_and(|head| head.ends_with(char::is_whitespace))
}

/// The brackets that are open at the end, and the innermost one that holds a pipeline.
fn levels(text: &str, tokens: &[TextToken]) -> (Vec<Level>, usize) {
    let level = |open: Option<usize>, begin: usize| Level { open, begin, start: begin, pipes: Vec::new() };
    let mut levels = vec![level(None, 0)];
    for (index, token) in tokens.iter().enumerate() {
        match token.span.of(text) {
            "(" | "[" | "{" if token.kind == TextTokenKind::Punctuation => {
                levels.push(level(Some(index), index + 1))
            }
            ")" | "]" | "}" if token.kind == TextTokenKind::Punctuation && levels.len() > 1 => {
                levels.pop();
            }
            "|" => {
                if let Some(last) = levels.last_mut() {
                    last.pipes.push(index);
                }
            }
            ";" => {
                if let Some(last) = levels.last_mut() {
                    last.start = index + 1;
                    last.pipes.clear();
                }
            }
            _ => {}
        }
    }
    let word = |index: usize| tokens.get(index).map_or("", |token| token.span.of(text));
    let holds_table = |at: usize| {
        let Some(level) = levels.get(at) else { return true };
        let Some(open) = level.open else { return true };
        if !level.pipes.is_empty() {
            return true;
        }
        if word(open) == "{" {
            return true;
        }
        if word(open) != "(" {
            return false;
        }
        let begins_with_operator =
            tokens.get(level.start).is_some_and(|token| token.kind == TextTokenKind::Operator);
        let before = open.checked_sub(1).map_or("", &word);
        let parent = levels.get(at.wrapping_sub(1));
        let head = parent.map_or("", |parent| {
            let first = parent.pipes.last().map_or(parent.start, |pipe| pipe + 1);
            word(first)
        });
        let head_at = parent.map_or(0, |parent| parent.pipes.last().map_or(parent.start, |pipe| pipe + 1));
        let has_on = (head_at..open).any(|index| word(index) == "on");
        begins_with_operator && TABLE_OPENERS.contains(&before)
            || matches!(before, "toscalar" | "materialize" | "totable")
            || matches!(head, "join" | "lookup") && !has_on && at > 0
            || head == "union" && matches!(before, "union" | "," | ")")
            || matches!(head, "mv-apply" | "mvapply") && before == "on"
            || matches!(head, "fork" | "partition")
            || matches!(before, "" | ";" | "{")
            || before == "=" && word(open.wrapping_sub(3)) == "let"
            || before == "(" && at > 1 && parent.is_some_and(|parent| parent.start == open)
    };
    let mut at = levels.len() - 1;
    while at > 0 && !holds_table(at) {
        at -= 1;
    }
    (levels, at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(text: &str) -> String {
        let place = Place::of(text, text.len()).expect("no comment");
        place.scope_text().split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_pipeline_before_the_stage() {
        assert_eq!(scope("T | where a == 1 | project "), "T | where a == 1");
        assert_eq!(scope("let x = 5; T | where f(a, "), "let x = 5; T");
        assert_eq!(scope("T | join kind=inner (U | where b == tolower("), "U");
        assert_eq!(scope("let T = U | take 5 | where "), "U | take 5");
        assert_eq!(scope("T | where a in (U | project b | where "), "U | project b");
        assert_eq!(scope("T | mv-apply x = y on (where "), "T | mv-expand x = y");
        assert_eq!(scope("let f = (a:string) { let b = 1; T | where "), "let a = ''; let b = 1; T");
    }

    #[test]
    fn the_typed_word() {
        let typed = |text: &'static str| Place::of(text, text.len()).map(|place| place.typed.of(text));
        assert_eq!(typed("T | project-aw"), Some("project-aw"));
        assert_eq!(typed("T | where a !ha"), Some("!ha"));
        assert_eq!(typed("T | where Us"), Some("Us"));
        assert_eq!(typed("T | where a == \"50"), Some("50"));
        assert_eq!(typed("T // comm"), None);
    }
}
