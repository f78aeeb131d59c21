//! Expressions and literals as nodes.

use super::node::Node;
use super::operator::{operator, parameters};
use super::statement::function;
use crate::ast::{
    Call, ColumnDecl, DynamicLiteral, Expr, ExprKind, Literal, Name, NamedExpr, OrderedExpr, UnaryOp,
};

pub(super) fn word(text: impl Into<String>) -> Node {
    Node::Word(text.into())
}

pub(super) fn name(name: &Name) -> Node {
    identifier(&name.text)
}

fn identifier(text: &str) -> Node {
    let plain =
        text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '$' | '.')) && !text.is_empty();
    word(if plain { text.to_string() } else { format!("[{text:?}]") })
}

pub(super) fn column_decl(column: &ColumnDecl) -> Node {
    let declared = word(format!("{}:{}", identifier(&column.name.text), column.type_name.text));
    match &column.default {
        Some(value) => Node::list("=", [declared, expr(value)]),
        None => declared,
    }
}

pub(super) fn named(column: &NamedExpr) -> Node {
    assign(&column.names, &column.expr)
}

fn assign(names: &[Name], value: &Expr) -> Node {
    match names {
        [] => expr(value),
        [one] => Node::list("=", [name(one), expr(value)]),
        many => Node::list("=", [Node::List(many.iter().map(name).collect()), expr(value)]),
    }
}

pub(super) fn ordered(key: &OrderedExpr) -> Node {
    let order = key.ascending.map(|ascending| word(if ascending { "asc" } else { "desc" }));
    let nulls = key.nulls_first.map(|first| word(if first { "nulls-first" } else { "nulls-last" }));
    match (order, nulls) {
        (None, None) => named(&key.expr),
        (order, nulls) => Node::List([named(&key.expr)].into_iter().chain(order).chain(nulls).collect()),
    }
}

pub(super) fn call(call: &Call) -> Node {
    Node::list("call", [name(&call.name)].into_iter().chain(call.args.iter().map(expr)))
}

pub(super) fn expr(tree: &Expr) -> Node {
    match &tree.kind {
        ExprKind::Literal(value) => literal(value),
        ExprKind::Name(text) => identifier(text),
        ExprKind::Wildcard(text) => word(text),
        ExprKind::Member { target, name: key } => Node::list(".", [expr(target), name(key)]),
        ExprKind::MemberCall { target, call: method } => Node::list(".", [expr(target), call(method)]),
        ExprKind::Index { target, index } => Node::list("[]", [expr(target), expr(index)]),
        ExprKind::Call(function) => call(function),
        ExprKind::Unary { op, operand } => Node::list(
            match op {
                UnaryOp::Minus => "-",
                UnaryOp::Plus => "+",
            },
            [expr(operand)],
        ),
        ExprKind::Binary { op, left, right, .. } => Node::list(op.text(), [expr(left), expr(right)]),
        ExprKind::In { op, left, list, .. } => {
            Node::list(op.text(), [expr(left)].into_iter().chain(list.iter().map(expr)))
        }
        ExprKind::Between { negated, value, low, high } => {
            Node::list(if *negated { "!between" } else { "between" }, [expr(value), expr(low), expr(high)])
        }
        ExprKind::Paren(inner) => Node::list("paren", [expr(inner)]),
        ExprKind::Pipeline(pipeline) => Node::list(
            "pipe",
            [expr(&pipeline.source)].into_iter().chain(pipeline.operators.iter().map(operator)),
        ),
        ExprKind::Source(source) => operator(source),
        ExprKind::DataTable(table) => {
            let columns = Node::List(table.columns.iter().map(column_decl).collect());
            let values = table.values.iter().map(expr);
            Node::list("datatable", parameters(&table.params).chain([columns]).chain(values))
        }
        ExprKind::ExternalData(table) => {
            let columns = Node::List(table.columns.iter().map(column_decl).collect());
            let uris = table.uris.iter().map(expr);
            let with = Node::group("with", parameters(&table.properties));
            Node::list("externaldata", parameters(&table.params).chain([columns]).chain(uris).chain(with))
        }
        ExprKind::Function(declaration) => function(declaration),
        ExprKind::EntityGroup(entities) => Node::list("entity_group", entities.iter().map(expr)),
        ExprKind::Named { names, value } => assign(names, value),
    }
}

fn literal(value: &Literal) -> Node {
    fn typed(head: &str, text: impl ToString) -> Node {
        Node::list(head, [word(text.to_string())])
    }
    match value {
        Literal::Bool(Some(value)) => word(value.to_string()),
        Literal::Bool(None) => typed("bool", "null"),
        Literal::Int(Some(value)) => typed("int", value),
        Literal::Int(None) => typed("int", "null"),
        Literal::Long(Some(value)) => word(value.to_string()),
        Literal::Long(None) => typed("long", "null"),
        Literal::Real(Some(value)) => word(format!("{value:?}")),
        Literal::Real(None) => typed("real", "null"),
        Literal::Decimal(text) => typed("decimal", text),
        Literal::DateTime(text) => typed("datetime", text),
        Literal::Timespan(text) => typed("timespan", text),
        Literal::String(text) => word(format!("{text:?}")),
        Literal::Guid(text) => typed("guid", text),
        Literal::Dynamic(value) => Node::list("dynamic", [dynamic(value)]),
        Literal::Type(text) => typed("typeof", text),
    }
}

fn dynamic(value: &DynamicLiteral) -> Node {
    match value {
        DynamicLiteral::Null => word("null"),
        DynamicLiteral::Bool(value) => word(value.to_string()),
        DynamicLiteral::Long(value) => word(value.to_string()),
        DynamicLiteral::Real(value) => word(format!("{value:?}")),
        DynamicLiteral::String(text) => word(format!("{text:?}")),
        DynamicLiteral::Array(items) => Node::list("array", items.iter().map(dynamic)),
        DynamicLiteral::Bag(pairs) => Node::list(
            "bag",
            pairs.iter().map(|(key, value)| Node::List(vec![word(format!("{key:?}")), dynamic(value)])),
        ),
        DynamicLiteral::Typed(value) => literal(value),
    }
}
