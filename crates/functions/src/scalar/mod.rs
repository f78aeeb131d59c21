//! The scalar functions, one file a family.

mod bin;
mod convert;
mod logic;
mod string;

use crate::table::Family;

/// Every family in the order of the manual.
pub(crate) fn families() -> Vec<Family> {
    vec![
        Family { name: "bin", functions: bin::functions() },
        Family { name: "convert", functions: convert::functions() },
        Family { name: "logic", functions: logic::functions() },
        Family { name: "string", functions: string::functions() },
    ]
}
