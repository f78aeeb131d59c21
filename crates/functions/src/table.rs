//! The library as one table, and look-ups in it.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::function::Function;
use crate::scalar;

/// A family of functions: a section of the manual, and a file.
pub struct Family {
    /// The name of the section and the file.
    pub name: &'static str,
    /// Its rows.
    pub functions: Vec<Function>,
}

static FAMILIES: LazyLock<Vec<Family>> = LazyLock::new(scalar::families);

static BY_NAME: LazyLock<HashMap<&'static str, &'static Function>> = LazyLock::new(|| {
    rows()
        .flat_map(|function| {
            std::iter::once(function.name)
                .chain(function.aliases.iter().copied())
                .map(move |name| (name, function))
        })
        .collect()
});

/// Every family in the order of the manual.
pub fn families() -> &'static [Family] {
    &FAMILIES
}

/// Every scalar function that a query can call.
pub fn all() -> impl Iterator<Item = &'static Function> {
    rows().filter(|function| !function.internal)
}

/// Every row, those for the library's own use included.
fn rows() -> impl Iterator<Item = &'static Function> {
    families().iter().flat_map(|family| &family.functions)
}

/// The function of a name or an alias that a query may call; names are case-sensitive.
pub fn find(name: &str) -> Option<&'static Function> {
    find_row(name).filter(|function| !function.internal)
}

/// The row of a name or an alias, for the library's own use.
pub fn find_row(name: &str) -> Option<&'static Function> {
    BY_NAME.get(name).copied()
}
