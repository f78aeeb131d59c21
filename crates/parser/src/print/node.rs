//! A node of the printed tree and how it is laid out.

use std::fmt;

/// How wide a node may be on one line.
const WIDTH: usize = 100;

/// A word, or a list in parentheses.
#[derive(Debug, Clone)]
pub(super) enum Node {
    Word(String),
    List(Vec<Node>),
}

impl Node {
    /// A list that begins with a word.
    pub fn list(head: impl Into<String>, items: impl IntoIterator<Item = Node>) -> Node {
        Node::List([Node::Word(head.into())].into_iter().chain(items).collect())
    }

    /// A list that is left out when it has no items.
    pub fn group(head: &str, items: impl IntoIterator<Item = Node>) -> Option<Node> {
        let items: Vec<Node> = items.into_iter().collect();
        (!items.is_empty()).then(|| Node::list(head, items))
    }

    fn flat(&self) -> String {
        match self {
            Node::Word(word) => word.clone(),
            Node::List(items) => format!("({})", items.iter().map(Node::flat).collect::<Vec<_>>().join(" ")),
        }
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, indent: usize) -> fmt::Result {
        let flat = self.flat();
        match self {
            Node::List(items) if indent + flat.chars().count() > WIDTH => {
                f.write_str("(")?;
                for (at, item) in items.iter().enumerate() {
                    if at > 0 {
                        write!(f, "\n{:1$}", "", indent + 2)?;
                    }
                    item.write(f, indent + 2)?;
                }
                f.write_str(")")
            }
            _ => f.write_str(&flat),
        }
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, 0)
    }
}
