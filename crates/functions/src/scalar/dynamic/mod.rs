//! Arrays, bags and paths into them.

mod array;
mod array_edit;
pub mod array_sort;
mod bag;
mod bag_path;
pub mod pack;
pub mod path;
mod range;
mod set;
pub mod value;

use crate::table::Family;

/// The families of this folder in the order of the manual.
pub(super) fn families() -> Vec<Family> {
    vec![
        Family { name: "dynamic", functions: value::functions() },
        Family { name: "array", functions: array_functions() },
        Family { name: "bag", functions: bag_functions() },
        Family { name: "set", functions: set::functions() },
    ]
}

fn array_functions() -> Vec<crate::Function> {
    [array::functions(), array_edit::functions(), array_sort::functions(), range::functions()].concat()
}

fn bag_functions() -> Vec<crate::Function> {
    [pack::functions(), bag::functions()].concat()
}
