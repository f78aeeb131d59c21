//! The aggregate functions of `summarize`, one file a family.
//!
//! A row ([`Aggregate`]) holds the name, the parameters, the documentation and examples, how columns are named, and
//! what makes the DataFusion expression. [`resolve`] checks a call against its row.

pub mod arg;
mod average;
mod bag;
mod best_row;
mod bits;
pub mod call;
mod count;
mod dcount;
mod digest;
mod distinct;
mod extreme;
mod fold;
pub mod hll;
mod kept;
mod limit;
mod list;
mod percentile;
pub mod row;
mod schema;
mod set;
mod sum;
pub mod tdigest;
mod text_set;
mod udaf;
mod variance;

use std::collections::HashMap;
use std::sync::LazyLock;

pub use arg::arg_extreme;
pub use call::{AggregateCall, Argument, Output, resolve, resolve_in_order};
pub use row::{Accepts, Aggregate, Naming, Parameter};

/// A family of aggregates: a section of the manual, and a file.
pub struct Family {
    /// The name of the section and the file.
    pub name: &'static str,
    /// Its rows.
    pub aggregates: Vec<Aggregate>,
}

static FAMILIES: LazyLock<Vec<Family>> = LazyLock::new(|| {
    vec![
        Family { name: "count", aggregates: count::aggregates() },
        Family { name: "dcount", aggregates: dcount::aggregates() },
        Family { name: "sum", aggregates: sum::aggregates() },
        Family { name: "average", aggregates: average::aggregates() },
        Family { name: "extreme", aggregates: extreme::aggregates() },
        Family { name: "arg", aggregates: arg::aggregates() },
        Family { name: "list", aggregates: list::aggregates() },
        Family { name: "set", aggregates: set::aggregates() },
        Family { name: "bag", aggregates: bag::aggregates() },
        Family { name: "variance", aggregates: variance::aggregates() },
        Family { name: "percentile", aggregates: percentile::aggregates() },
        Family { name: "tdigest", aggregates: tdigest::aggregates() },
        Family { name: "bits", aggregates: bits::aggregates() },
        Family { name: "schema", aggregates: schema::aggregates() },
    ]
});

static BY_NAME: LazyLock<HashMap<&'static str, &'static Aggregate>> = LazyLock::new(|| {
    all()
        .flat_map(|aggregate| {
            std::iter::once(aggregate.name)
                .chain(aggregate.aliases.iter().copied())
                .map(move |name| (name, aggregate))
        })
        .collect()
});

/// Every family in the order of the manual.
pub fn families() -> &'static [Family] {
    &FAMILIES
}

/// Every aggregate.
pub fn all() -> impl Iterator<Item = &'static Aggregate> {
    families().iter().flat_map(|family| &family.aggregates)
}

/// The aggregate of a name or an alias; names are case-sensitive.
pub fn find(name: &str) -> Option<&'static Aggregate> {
    BY_NAME.get(name).copied()
}
