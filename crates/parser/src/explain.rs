//! From a failure to its diagnostic: what was expected, what was found, and what might have been meant.

use crate::diagnostic::{Diagnostic, Kind, closest};
use crate::input::Input;
use crate::operator::OPERATORS;
use crate::span::Span;
use crate::token::{LexFault, Symbol, Token, TokenKind};
use crate::trace::Expected;
use crate::{codes, habit, keyword};

/// The diagnostic of the farthest failure, given all tokens of the query.
pub(crate) fn explain(all: Input<'_>) -> Diagnostic {
    let at = all.trace.farthest(all);
    match at.peek(0).map(|token| (token.kind, token.span)) {
        Some((TokenKind::Bad(fault), span)) => unreadable(fault, span, span.of(all.text)),
        Some((TokenKind::Directive, span)) => {
            Diagnostic::new(Kind::Unsupported, codes::UNSUPPORTED, "a `#` directive is not supported", span)
        }
        _ => unexpected(all, at),
    }
}

fn unexpected(all: Input<'_>, at: Input<'_>) -> Diagnostic {
    // The rest of a query of another language says nothing about where it went wrong.
    if all.word(0).is_some_and(|word| word.eq_ignore_ascii_case("select")) {
        let message = "a query begins with a table, and not with `select`";
        return Diagnostic::new(Kind::Syntax, codes::UNEXPECTED, message, all.span())
            .hint("columns are chosen behind a pipe: `T | where a == 1 | project a, b`");
    }
    let (found, span) = match (at.peek(0), all.tokens.last()) {
        (Some(token), _) => (format!("`{}`", abridged(token.span.of(all.text))), token.span),
        (None, last) => {
            let end = last.map_or(0, |token| token.span.end);
            ("the end of the query".to_string(), Span { start: end, end })
        }
    };
    let expected = all.trace.expected();
    let texts: Vec<String> = expected.iter().map(ToString::to_string).collect();
    let message = match texts.as_slice() {
        [] => format!("{found} is not expected here"),
        [one] => format!("expected {one}, found {found}"),
        [first @ .., last] => format!("expected {} or {last}, found {found}", first.join(", ")),
    };
    let mut diagnostic = Diagnostic::new(Kind::Syntax, codes::UNEXPECTED, message, span);
    if let Some((name, keyword)) = all.trace.context() {
        diagnostic = diagnostic.label(keyword, format!("while parsing `{name}`"));
    }
    if let Some(open) = unclosed(all, at, &expected) {
        diagnostic = diagnostic.label(open, format!("this `{}` is not closed", open.of(all.text)));
    }
    if let Some(hint) = hint(all, at, &expected) {
        diagnostic = diagnostic.hint(hint);
    }
    diagnostic.expected = texts;
    diagnostic
}

/// The first line of a token, cut when it is long.
fn abridged(text: &str) -> String {
    let line = text.lines().next().unwrap_or("");
    match line.char_indices().nth(40) {
        Some((cut, _)) => format!("{}…", line.get(..cut).unwrap_or("")),
        None if line.len() < text.len() => format!("{line}…"),
        None => line.to_string(),
    }
}

/// What was probably meant, as far as the token that was found tells.
fn hint(all: Input<'_>, at: Input<'_>, expected: &[Expected]) -> Option<String> {
    let expects = |text| expected.contains(&Expected::Text(text));
    let expects_name = expected.iter().any(|one| matches!(one, Expected::Thing("a name" | "an expression")));
    if at.tokens.len() == all.tokens.len() {
        return Some("a query begins with a table, such as `T | where a == 1`".to_string());
    }
    let before = Before::of(all, at);
    match at.peek(0).map(|token| token.kind) {
        Some(TokenKind::Word) => {
            let word = at.word(0).unwrap_or("");
            match word {
                _ if before.kind == Some(TokenKind::Word) && before.text == "not" => {
                    Some("`not(…)` takes its condition in parentheses".to_string())
                }
                "by" if before.text == "count" => {
                    Some("groups are counted by `summarize count() by a`".to_string())
                }
                "as" if LISTS.contains(&before.operator) => {
                    Some(format!("a column gets its name before it: `NewName = {}`", before.text))
                }
                _ if before.is_number() && UNITS.contains(&word) => {
                    Some(format!("a timespan is written without a blank: `{}{word}`", before.text))
                }
                _ if before.text == "between" => Some(BETWEEN.to_string()),
                _ if expects("|") && habit::infix(word).is_some() => habit::infix(word).map(str::to_string),
                "not" => {
                    Some("a negated operator is written `!in`, `!has`, `!contains` and so on".to_string())
                }
                _ if expects("|") && OPERATORS.contains(&word) => Some(format!("write `|` before `{word}`")),
                _ if expects_name && !keyword::is_name(word) => {
                    Some(format!("to use `{word}` as a name, write `['{word}']`"))
                }
                _ if misspelt(word, expected).is_some() => {
                    misspelt(word, expected).map(|near| format!("did you mean `{near}`?"))
                }
                _ if before.is_test() => {
                    Some(format!("a function takes its arguments in parentheses: `{}({word})`", before.text))
                }
                _ if expects(",") && LISTS.contains(&before.operator) => {
                    Some(format!("write `,` before `{word}`"))
                }
                _ if expects(";") && is_new_line(all, at) => {
                    Some("statements are separated by `;`, operators by `|`".to_string())
                }
                _ => None,
            }
        }
        Some(TokenKind::Symbol(Symbol::Assign)) if before.operator == "render" => {
            Some("properties stand in parentheses: `with (title = \"…\")`".to_string())
        }
        Some(TokenKind::Symbol(Symbol::OpenBrace)) if before.text == ")" => {
            Some("a parameter has a type, as in `(x: long) { x + 1 }`".to_string())
        }
        Some(TokenKind::Symbol(Symbol::Comma)) if expected == [Expected::Text("..")] => {
            Some(BETWEEN.to_string())
        }
        _ if before.text == "between" => Some(BETWEEN.to_string()),
        Some(TokenKind::Symbol(Symbol::Assign)) => Some("to compare, write `==`".to_string()),
        Some(TokenKind::Symbol(Symbol::Pipe)) if expected == [Expected::Thing("an operator")] => {
            Some("write `or`, or a single `|` before an operator".to_string())
        }
        Some(TokenKind::Symbol(Symbol::Pipe)) if expects(")") => {
            Some("close the parenthesis first; a query among arguments needs its own parentheses".to_string())
        }
        _ if expected == [Expected::Text("(")] => Some("the values stand in parentheses".to_string()),
        _ => None,
    }
}

const BETWEEN: &str = "a range is written `between (a .. b)`";

/// Operators whose operands are lists.
const LISTS: &[&str] = &[
    "distinct",
    "extend",
    "order",
    "project",
    "project-away",
    "project-keep",
    "project-rename",
    "project-reorder",
    "sort",
    "summarize",
    "union",
];

/// Units of timespans.
const UNITS: &[&str] =
    &["d", "day", "days", "h", "hour", "hours", "m", "min", "minutes", "ms", "s", "sec", "seconds"];

/// What stands before the token that was found.
struct Before<'t> {
    kind: Option<TokenKind>,
    text: &'t str,
    /// The operator of the stage.
    operator: &'t str,
}

impl<'t> Before<'t> {
    fn of(all: Input<'t>, at: Input<'t>) -> Self {
        let count = all.tokens.len().saturating_sub(at.tokens.len());
        let before = all.tokens.get(..count).unwrap_or_default();
        let last = before.last();
        let ends = |token: &Token| {
            matches!(token.kind, TokenKind::Symbol(Symbol::Pipe | Symbol::Semicolon | Symbol::OpenBrace))
        };
        let first = before.iter().rposition(ends).map_or(0, |place| place + 1);
        // `project-away` is three tokens.
        let words = before.get(first..).unwrap_or_default();
        let mut end = words.first().map_or(0, |token| token.span.end);
        let begin = words.first().map_or(0, |token| token.span.start);
        for token in words.iter().skip(1) {
            if token.span.start != end
                || matches!(token.kind, TokenKind::Symbol(symbol) if symbol != Symbol::Minus)
            {
                break;
            }
            end = token.span.end;
        }
        Before {
            kind: last.map(|token| token.kind),
            text: last.map_or("", |token| token.span.of(all.text)),
            operator: Span { start: begin, end }.of(all.text),
        }
    }

    fn is_number(&self) -> bool {
        self.text.bytes().all(|byte| byte.is_ascii_digit()) && !self.text.is_empty()
    }

    /// A function that tests or converts, as people write it who forget the parentheses.
    fn is_test(&self) -> bool {
        self.kind == Some(TokenKind::Word)
            && [
                "isempty",
                "isnotempty",
                "isnull",
                "isnotnull",
                "tolower",
                "toupper",
                "tostring",
                "ago",
                "count",
            ]
            .contains(&self.text)
    }
}

/// What goes on an expression, for a guess at a misspelt word.
const INFIX: &[&str] = &[
    "and",
    "or",
    "in",
    "has",
    "has_any",
    "has_all",
    "contains",
    "startswith",
    "endswith",
    "between",
    "matches",
];

/// The keyword that was expected here, or may always follow an expression, and that the word is nearly.
fn misspelt(word: &str, expected: &[Expected]) -> Option<&'static str> {
    let keywords: Vec<&'static str> = expected
        .iter()
        .filter_map(|one| match one {
            Expected::Text(text) if text.starts_with(|c: char| c.is_ascii_alphabetic()) => Some(*text),
            _ => None,
        })
        .collect();
    let infix = INFIX.iter().copied().filter(|_| expected.contains(&Expected::Text("|")));
    let near = closest(word, keywords.iter().copied().chain(infix))?;
    // A word that is right and stands in the wrong place is not misspelt.
    (near != word).then_some(near)
}

/// Whether the token that was found is the first on its line.
fn is_new_line(all: Input<'_>, at: Input<'_>) -> bool {
    let before = all.tokens.len().saturating_sub(at.tokens.len() + 1);
    let from = all.tokens.get(before).map_or(0, |token| token.span.end);
    Span { start: from, end: at.span().start }.of(all.text).contains('\n')
}

fn unreadable(fault: LexFault, span: Span, text: &str) -> Diagnostic {
    let start = span.start as usize;
    let last = Span::new((span.end as usize).saturating_sub(1), span.end as usize);
    match fault {
        LexFault::OpenString => {
            let quote: String =
                text.chars().take_while(|c| !c.is_alphanumeric() && !c.is_whitespace()).take(3).collect();
            let message = "a string is not closed";
            let first = Span::new(start, start + quote.len().min(text.len()).max(1));
            let hint = match text.starts_with("```") || text.starts_with("~~~") {
                true => "end it with the same three characters",
                false => "a string ends on its own line, unless it is written between ``` and ```",
            };
            Diagnostic::new(Kind::Syntax, codes::OPEN_STRING, message, first).hint(hint)
        }
        LexFault::Escape => {
            let message = "this backslash begins no escape";
            Diagnostic::new(Kind::Syntax, codes::ESCAPE, message, last)
                .hint("write `\\\\` for a backslash, or put `@` before the string")
        }
        LexFault::OpenLiteral => {
            let message = format!("`{text}` is not closed");
            Diagnostic::new(Kind::Syntax, codes::UNEXPECTED, message, span)
        }
        LexFault::Character => {
            let message = format!("`{text}` has no meaning here");
            let diagnostic = Diagnostic::new(Kind::Syntax, codes::CHARACTER, message, span);
            match text {
                "\u{201c}" | "\u{201d}" | "\u{2018}" | "\u{2019}" => {
                    diagnostic.hint("a typographic quote begins no string; write \" or '")
                }
                "!" => diagnostic
                    .hint("`not(…)` negates a condition; `!=`, `!has` and others negate an operator"),
                "&" => diagnostic.hint("write `and`"),
                _ => diagnostic,
            }
        }
    }
}

/// The innermost bracket that is open at `at`, if the query ends there or goes on as if it were closed.
fn unclosed(all: Input<'_>, at: Input<'_>, expected: &[Expected]) -> Option<Span> {
    let before = all.tokens.len().saturating_sub(at.tokens.len());
    let (symbol, span) = innermost_open(all.tokens.get(..before)?)?;
    let closing = match symbol {
        Symbol::OpenParen => Symbol::CloseParen,
        Symbol::OpenBracket => Symbol::CloseBracket,
        _ => Symbol::CloseBrace,
    };
    let ends_here = match at.peek(0).map(|token| token.kind) {
        None => true,
        Some(TokenKind::Symbol(Symbol::Pipe)) => expected.contains(&Expected::Text(closing.text())),
        Some(TokenKind::Symbol(found)) => {
            found != closing
                && matches!(
                    found,
                    Symbol::CloseParen | Symbol::CloseBracket | Symbol::CloseBrace | Symbol::Semicolon
                )
        }
        _ => false,
    };
    ends_here.then_some(span)
}

fn innermost_open(tokens: &[Token]) -> Option<(Symbol, Span)> {
    let mut open = Vec::new();
    for token in tokens {
        match token.kind {
            TokenKind::Symbol(symbol @ (Symbol::OpenParen | Symbol::OpenBracket | Symbol::OpenBrace)) => {
                open.push((symbol, token.span));
            }
            TokenKind::Symbol(Symbol::CloseParen | Symbol::CloseBracket | Symbol::CloseBrace) => {
                open.pop();
            }
            _ => {}
        }
    }
    open.pop()
}
