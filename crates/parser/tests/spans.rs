//! A node's span holds the node and nothing else: parsed alone, its text gives the same tree.

use std::fs;
use std::path::Path;

use kql_parser::ast::{Expr, ExprKind, Operator, OperatorKind, Query, Statement, StatementKind};
use kql_parser::{parse, print};

/// The tree without its place, which differs when the text stands alone.
fn tree(text: &str) -> Option<String> {
    parse(text).ok().map(|query| print::print(&query))
}

fn check_expr(text: &str, expr: &Expr) {
    let alone = expr.span.of(text);
    // Neither stands alone as a value.
    if matches!(expr.kind, ExprKind::Wildcard(_) | ExprKind::Named { .. }) {
        return;
    }
    let again = parse(&format!("print {alone}"))
        .unwrap_or_else(|found| panic!("{alone}\n{}", kql_parser::render(alone, &found[0])));
    let [Statement { kind: StatementKind::Expr(Expr { kind: ExprKind::Source(source), .. }), .. }] =
        again.statements.as_slice()
    else {
        panic!("{alone} is no single value");
    };
    let OperatorKind::Print { columns } = &source.kind else { panic!("{alone}") };
    assert_eq!(columns.len(), 1, "{alone}");
    let wrap = |expr: &Expr| {
        let kind = StatementKind::Expr(expr.clone());
        print::print(&Query { statements: vec![Statement { kind, span: expr.span }], span: expr.span })
    };
    assert_eq!(wrap(&columns[0].expr), wrap(expr), "{alone}");
    match &expr.kind {
        ExprKind::Binary { op_span, left, right, .. } => {
            assert!(left.span.end <= op_span.start && op_span.end <= right.span.start, "{alone}");
            if !matches!(left.kind, ExprKind::Wildcard(_)) {
                check_expr(text, left);
            }
            check_expr(text, right);
        }
        ExprKind::Unary { operand, .. } => check_expr(text, operand),
        ExprKind::In { left, list, .. } => {
            check_expr(text, left);
            list.iter()
                .filter(|one| !matches!(one.kind, ExprKind::Pipeline(_)))
                .for_each(|one| check_expr(text, one));
        }
        ExprKind::Between { value, low, high, .. } => {
            [value, low, high].into_iter().for_each(|one| check_expr(text, one));
        }
        ExprKind::Call(call)
            if !matches!(call.name.text.as_str(), "toscalar" | "totable" | "materialize") =>
        {
            assert!(call.name.span.of(text).contains(&call.name.text));
            call.args.iter().for_each(|one| check_expr(text, one));
        }
        _ => {}
    }
}

fn check_operator(text: &str, operator: &Operator) {
    let alone = operator.span.of(text);
    let again = tree(&format!("T | {alone}")).unwrap_or_else(|| panic!("{alone}"));
    let within = tree(text).expect("the whole parses");
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let printed = words(&again);
    let only = printed.strip_prefix("(pipe T ").and_then(|rest| rest.strip_suffix(')')).unwrap_or(&printed);
    assert!(words(&within).contains(only), "{alone}\n{only}");
    assert!(alone.starts_with(operator.keyword.of(text)), "{alone}");
    match &operator.kind {
        OperatorKind::Where { predicate, .. } => check_expr(text, predicate),
        OperatorKind::Extend { columns } | OperatorKind::Project { columns } => {
            columns.iter().for_each(|column| check_expr(text, &column.expr));
        }
        OperatorKind::Summarize(summarize) => {
            summarize
                .aggregates
                .iter()
                .chain(&summarize.by)
                .for_each(|column| check_expr(text, &column.expr));
        }
        _ => {}
    }
}

#[test]
fn spans_hold_their_nodes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/parser/ok");
    let mut checked = 0;
    for entry in fs::read_dir(folder).expect("the folder is readable") {
        let path = entry.expect("the folder is readable").path();
        if path.extension().is_none_or(|extension| extension != "kql") {
            continue;
        }
        let text = fs::read_to_string(&path).expect("the query is readable");
        for statement in parse(&text).expect("it parses").statements {
            let alone = statement.span.of(&text);
            assert!(tree(alone).is_some() && !alone.ends_with(';'), "{alone}");
            if let StatementKind::Expr(Expr { kind: ExprKind::Pipeline(pipeline), .. }) = statement.kind {
                pipeline.operators.iter().for_each(|operator| check_operator(&text, operator));
                checked += pipeline.operators.len();
            }
        }
    }
    assert!(checked > 50);
}
