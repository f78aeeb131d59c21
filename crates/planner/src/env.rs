//! What names stand for: `let` statements, parameters and query parameters.

use std::collections::HashSet;
use std::rc::Rc;

use kql_functions::Typed;
use kql_parser::ast::{FunctionDecl, Statement};

use crate::frame::Frame;
use crate::graph::Graph;

// A query has a handful of names, so the size of a binding does not matter.
#[allow(clippy::large_enum_variant)]
/// What a name stands for.
#[derive(Debug, Clone)]
pub enum Binding {
    /// A scalar value. A function's parameter may be an expression over the columns of the caller.
    Scalar(Typed),
    /// A parameter whose value depends on the caller's row, seen from a sub-query that does not run once a row.
    OfRow,
    /// A table.
    Tabular(Frame),
    /// A graph.
    Graph(Box<Graph>),
    /// A function with the names that were in sight where it was written.
    Function(Rc<Function>),
    /// Several databases.
    EntityGroup(Rc<[String]>),
    /// One of them, while a sub-query runs for each.
    Entity(String),
    /// A pattern with the names that were in sight where it was declared.
    Pattern(Rc<Pattern>),
}

/// A function written in the query or stored in a file.
#[derive(Debug)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// Parameters and body.
    pub decl: FunctionDecl,
    /// What its body sees besides its parameters.
    pub env: Env,
    /// It comes from a file, into whose text the spans of its body point.
    pub stored: bool,
}

/// A declared pattern.
#[derive(Debug)]
pub struct Pattern {
    /// Its name.
    pub name: String,
    /// How many arguments a call has; any number, while only the name is declared.
    pub arity: Option<usize>,
    /// Whether a path follows the call.
    pub has_path: bool,
    /// The rows of the calls that mean something.
    pub rules: Vec<PatternCase>,
    /// What the rules see.
    pub env: Env,
}

/// What one call of a pattern means.
#[derive(Debug)]
pub struct PatternCase {
    /// The arguments, and the path behind them.
    pub values: Vec<String>,
    /// The statements that give the rows.
    pub body: Vec<Statement>,
}

/// Names in sight, innermost last. A copy shares what was there when it was made.
#[derive(Debug, Clone, Default)]
pub struct Env(Option<Rc<Node>>);

#[derive(Debug)]
struct Node {
    name: String,
    binding: Binding,
    parent: Env,
}

impl Env {
    /// This and one more name.
    pub fn with(&self, name: impl Into<String>, binding: Binding) -> Self {
        Env(Some(Rc::new(Node { name: name.into(), binding, parent: self.clone() })))
    }

    /// What a name stands for.
    pub fn get(&self, name: &str) -> Option<&Binding> {
        let mut env = self;
        while let Some(node) = &env.0 {
            if node.name == name {
                return Some(&node.binding);
            }
            env = &node.parent;
        }
        None
    }

    /// These names as a sub-query sees them: it runs once, so values that depend on a row are out of its reach.
    pub fn sealed(&self) -> Self {
        let mut sealed = self.clone();
        let mut seen = HashSet::new();
        let mut env = self;
        while let Some(node) = &env.0 {
            if seen.insert(node.name.as_str())
                && matches!(&node.binding, Binding::Scalar(value) if !value.expr.column_refs().is_empty())
            {
                sealed = sealed.with(&node.name, Binding::OfRow);
            }
            env = &node.parent;
        }
        sealed
    }

    /// The names in sight, innermost first; a hidden one repeats.
    pub fn names(&self) -> Vec<&str> {
        let mut names = Vec::new();
        let mut env = self;
        while let Some(node) = &env.0 {
            names.push(node.name.as_str());
            env = &node.parent;
        }
        names
    }
}

impl Drop for Node {
    /// A long chain of names is freed in a loop: the derived drop would recurse once a name.
    fn drop(&mut self) {
        let mut next = self.parent.0.take();
        while let Some(node) = next {
            match Rc::try_unwrap(node) {
                Ok(mut node) => next = node.parent.0.take(),
                Err(_) => break,
            }
        }
    }
}
