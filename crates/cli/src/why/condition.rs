//! Conditions that no row fulfils: what the column holds instead.

use kql_parser::ast::{BinaryOp, Expr, ExprKind};
use kql_parser::closest;
use kql_types::ScalarType;

use super::{Inquiry, one_line};

/// How many different values are looked at.
const VALUES: usize = 2000;

/// How many values are named.
const NAMED: usize = 3;

impl Inquiry<'_> {
    /// What is to be said of a predicate that no row fulfils.
    pub(super) fn conditions(&self, before: usize, predicate: &Expr) -> Vec<String> {
        let mut parts = Vec::new();
        conjuncts(predicate, &mut parts);
        let texts: Vec<&str> = parts.iter().map(|part| part.span.of(self.text)).collect();
        let counts: Vec<String> =
            texts.iter().enumerate().map(|(index, text)| format!("c{index} = countif({text})")).collect();
        let Some(row) = self
            .after(before, &format!("| summarize {}", counts.join(", ")))
            .and_then(|rows| rows.into_iter().next())
        else {
            return Vec::new();
        };
        let mut remarks = Vec::new();
        for (part, count) in parts.iter().zip(&row) {
            if count == "0" {
                let found = self.condition(before, part);
                if found.is_empty() {
                    remarks.push(format!("no row fulfils `{}`", one_line(part.span.of(self.text))));
                }
                remarks.extend(found);
            }
        }
        if remarks.is_empty() {
            let alone: Vec<String> =
                texts.iter().zip(&row).map(|(text, count)| format!("`{}` {count}", one_line(text))).collect();
            remarks.push(format!(
                "each condition alone keeps rows, all of them together none: {}",
                alone.join(", ")
            ));
        }
        remarks
    }

    /// What is to be said of a single condition that no row fulfils.
    fn condition(&self, before: usize, condition: &Expr) -> Vec<String> {
        match &condition.kind {
            ExprKind::Paren(inner) => self.condition(before, inner),
            ExprKind::Binary { op, left, right, .. } => {
                let (left_text, right_text) = (left.span.of(self.text), right.span.of(self.text));
                let Some(wanted) = self.value(right_text) else { return Vec::new() };
                match self.type_of(before, left_text) {
                    Some(ScalarType::DateTime) => self.span(before, left_text, right_text, &wanted),
                    Some(ScalarType::String | ScalarType::Dynamic | ScalarType::Guid) => {
                        self.text_values(before, left_text, *op, &[wanted])
                    }
                    Some(_) => self.span(before, left_text, right_text, &wanted),
                    None => Vec::new(),
                }
            }
            ExprKind::In { left, list, .. } => {
                let wanted: Vec<String> =
                    list.iter().filter_map(|item| self.value(item.span.of(self.text))).collect();
                if wanted.is_empty() {
                    return Vec::new();
                }
                self.text_values(before, left.span.of(self.text), BinaryOp::Equal, &wanted)
            }
            ExprKind::Between { value, low, high, .. } => {
                let range = format!("{} .. {}", low.span.of(self.text), high.span.of(self.text));
                let Some(from) = self.value(low.span.of(self.text)) else { return Vec::new() };
                self.span(before, value.span.of(self.text), &range, &from)
            }
            ExprKind::Call(call) if matches!(call.name.text.as_str(), "isnotempty" | "isnotnull") => {
                match call.args.as_slice() {
                    [value] => {
                        vec![format!("`{}` is empty in every row", one_line(value.span.of(self.text)))]
                    }
                    _ => Vec::new(),
                }
            }
            _ => Vec::new(),
        }
    }

    fn type_of(&self, before: usize, value: &str) -> Option<ScalarType> {
        let rows = self.after(before, &format!("| project v = {value} | getschema | project ColumnType"))?;
        ScalarType::from_name(rows.first()?.first()?)
    }

    /// Values that have an order: where those of the data lie.
    fn span(&self, before: usize, value: &str, asked: &str, wanted: &str) -> Vec<String> {
        let Some(row) = self
            .after(before, &format!("| summarize tostring(min({value})), tostring(max({value}))"))
            .and_then(|rows| rows.into_iter().next())
        else {
            return Vec::new();
        };
        let [low, high] = row.as_slice() else { return Vec::new() };
        if low.is_empty() {
            return vec![format!("`{value}` is null in every row")];
        }
        let mut remarks = vec![format!(
            "`{value}` lies between {low} and {high}; you compared with {}{}",
            one_line(asked),
            if asked == wanted { String::new() } else { format!(", which is {wanted}") }
        )];
        if ["ago(", "now("].iter().any(|clock| asked.contains(clock)) {
            remarks.push(
                "with `--now data` (at the prompt `.now data`) ago() and now() count from the newest event"
                    .to_string(),
            );
        }
        remarks
    }

    /// Texts: the ones of the data that are nearest to what was asked for.
    fn text_values(&self, before: usize, value: &str, op: BinaryOp, wanted: &[String]) -> Vec<String> {
        let query = format!(
            "| summarize n = count() by v = tostring({value}) | top {VALUES} by n | project v, tostring(n)"
        );
        let Some(rows) = self.after(before, &query) else { return Vec::new() };
        let values: Vec<(&str, &str)> = rows
            .iter()
            .filter_map(|row| match row.as_slice() {
                [value, count] => Some((value.as_str(), count.as_str())),
                _ => None,
            })
            .collect();
        if values.iter().all(|(value, _)| value.is_empty()) {
            return vec![format!("`{value}` is empty in every row")];
        }
        let times = |count: &str| if count == "1" { "once".to_string() } else { format!("{count} times") };
        let mut remarks = Vec::new();
        for wanted in wanted.iter().take(NAMED) {
            let has = |(found, count): (&str, &str)| {
                format!("`{value}` has '{found}' {}, you compared with '{wanted}'", times(count))
            };
            let find = |test: &dyn Fn(&str) -> bool| {
                values.iter().copied().find(|(found, _)| !found.is_empty() && test(found))
            };
            if let Some(near) = find(&|found| found.to_lowercase() == wanted.to_lowercase()) {
                let insensitive = if matches!(op, BinaryOp::Equal | BinaryOp::NotEqual) {
                    "; `=~` and `in~` take no heed of case"
                } else {
                    ""
                };
                remarks.push(format!("{}{insensitive}", has(near)));
            } else if let Some(near) = find(&|found| found.trim() == wanted.trim()) {
                remarks.push(format!("{}: blanks around it make the difference", has(near)));
            } else if let Some(near) = find(&|found| found.to_lowercase().contains(&wanted.to_lowercase())) {
                let whole = if matches!(op, BinaryOp::Equal | BinaryOp::EqualCi) {
                    "; `has` and `contains` look inside"
                } else {
                    "; `contains` looks inside words"
                };
                remarks.push(format!("{}{whole}", has(near)));
            } else if let Some(near) =
                closest(wanted, values.iter().map(|(found, _)| *found).filter(|found| !found.is_empty()))
            {
                let count = values.iter().find(|(found, _)| *found == near).map_or("", |(_, count)| *count);
                remarks.push(has((near, count)));
            }
        }
        if remarks.is_empty() {
            let most: Vec<String> = values
                .iter()
                .take(NAMED)
                .map(|(found, count)| format!("'{found}' {}", times(count)))
                .collect();
            remarks.push(format!(
                "`{value}` has {}{}",
                most.join(", "),
                if values.len() > NAMED { " and others" } else { "" }
            ));
        }
        remarks
    }
}

/// The conditions that `and` holds together.
fn conjuncts<'e>(predicate: &'e Expr, parts: &mut Vec<&'e Expr>) {
    match &predicate.kind {
        ExprKind::Binary { op: BinaryOp::And, left, right, .. } => {
            conjuncts(left, parts);
            conjuncts(right, parts);
        }
        ExprKind::Paren(inner) => conjuncts(inner, parts),
        _ => parts.push(predicate),
    }
}
