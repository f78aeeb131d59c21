//! Joins without a match: what the keys of both sides look like.

use kql_parser::ast::{Expr, ExprKind, Join};

use super::{Inquiry, one_line};

/// How many keys of a side are named.
const NAMED: usize = 3;

impl Inquiry<'_> {
    /// What is to be said of a join that leaves no rows.
    pub(super) fn join(&self, before: usize, join: &Join) -> Vec<String> {
        let right = join.right.span.of(self.text);
        let table = format!("{}\n{right}", self.statements);
        let count = self.rows(&format!("{table}\n| count"));
        let none = count
            .is_ok_and(|rows| rows.first().and_then(|row| row.first()).is_some_and(|count| count == "0"));
        if none {
            return vec![format!("the right side gives no rows: {}", one_line(right))];
        }
        let mut remarks = Vec::new();
        for condition in &join.on {
            let Some((left, right)) = keys(condition) else { continue };
            let samples = |rows: Vec<Vec<String>>| {
                let keys: Vec<String> = rows
                    .into_iter()
                    .filter_map(|row| row.into_iter().next())
                    .map(|key| format!("'{key}'"))
                    .collect();
                keys.join(", ")
            };
            let wanted = |key: &str| {
                format!("| summarize n = count() by v = tostring({key}) | top {NAMED} by n | project v")
            };
            let of_left = self.after(before, &wanted(left)).map(samples).unwrap_or_default();
            let of_right = self.rows(&format!("{table}\n{}", wanted(right))).map(samples).unwrap_or_default();
            remarks.push(format!(
                "`{left}` on the left is {of_left} and so on; `{right}` on the right is {of_right} and so on"
            ));
        }
        remarks
    }
}

/// The columns that a condition compares: `a`, or `$left.a == $right.b`.
fn keys(condition: &Expr) -> Option<(&str, &str)> {
    match &condition.kind {
        ExprKind::Name(name) => Some((name, name)),
        ExprKind::Paren(inner) => keys(inner),
        ExprKind::Binary { left, right, .. } => {
            let (one, other) = (side(left)?, side(right)?);
            if one.0 == "$left" { Some((one.1, other.1)) } else { Some((other.1, one.1)) }
        }
        _ => None,
    }
}

fn side(expr: &Expr) -> Option<(&str, &str)> {
    let ExprKind::Member { target, name } = &expr.kind else { return None };
    let ExprKind::Name(side) = &target.kind else { return None };
    Some((side, &name.text))
}
