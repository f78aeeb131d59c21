//! Statements and functions as nodes.

use super::expr::{column_decl, expr, name, word};
use super::node::Node;
use crate::ast::{FunctionDecl, FunctionParameter, ParameterKind, PatternDecl, Statement, StatementKind};

pub(super) fn statement(statement: &Statement) -> Node {
    match &statement.kind {
        StatementKind::Let { name: left, value } => Node::list("let", [name(left), expr(value)]),
        StatementKind::Set { name: option, value } => {
            Node::list("set", [name(option)].into_iter().chain(value.as_ref().map(expr)))
        }
        StatementKind::QueryParameters(columns) => {
            Node::list("declare-query-parameters", columns.iter().map(column_decl))
        }
        StatementKind::Pattern(declared) => pattern(declared),
        StatementKind::Restrict(entities) => Node::list("restrict-access", entities.iter().map(expr)),
        StatementKind::Alias { name: left, value } => Node::list("alias", [name(left), expr(value)]),
        StatementKind::Expr(value) => expr(value),
    }
}

fn pattern(declared: &PatternDecl) -> Node {
    let Some(definition) = &declared.definition else {
        return Node::list("declare-pattern", [name(&declared.name)]);
    };
    let parameters = Node::List(definition.parameters.iter().map(column_decl).collect());
    let path = definition.path.as_ref().map(|path| Node::list("path", [column_decl(path)]));
    let rules = definition.rules.iter().map(|rule| {
        let values = Node::List(rule.values.iter().map(expr).collect());
        let path = rule.path.as_ref().map(|path| Node::list("path", [expr(path)]));
        Node::list("rule", [values].into_iter().chain(path).chain(rule.body.iter().map(statement)))
    });
    Node::list("declare-pattern", [name(&declared.name), parameters].into_iter().chain(path).chain(rules))
}

pub(super) fn function(declaration: &FunctionDecl) -> Node {
    let head = if declaration.view { "view" } else { "function" };
    let parameters = Node::List(declaration.parameters.iter().map(parameter).collect());
    Node::list(head, [parameters].into_iter().chain(declaration.body.iter().map(statement)))
}

fn parameter(parameter: &FunctionParameter) -> Node {
    match &parameter.kind {
        ParameterKind::Scalar { type_name, default: None } => {
            word(format!("{}:{}", parameter.name.text, type_name.text))
        }
        ParameterKind::Scalar { type_name, default: Some(value) } => {
            Node::list("=", [word(format!("{}:{}", parameter.name.text, type_name.text)), expr(value)])
        }
        ParameterKind::Tabular(columns) => {
            let columns = match columns {
                Some(columns) => columns.iter().map(column_decl).collect(),
                None => vec![word("*")],
            };
            Node::list("table", [name(&parameter.name)].into_iter().chain(columns))
        }
    }
}
