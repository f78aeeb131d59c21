//! IP addresses: reading, comparing, ranges, finding them in a text, where they are on the globe.

mod compare;
pub mod location;
mod parse;
mod range;
mod search;

use crate::function::Function;

pub(super) fn functions() -> Vec<Function> {
    let mut functions = range::functions();
    functions.extend(compare::functions());
    functions.extend(parse::functions());
    functions.extend(search::functions());
    functions.extend(location::functions());
    functions
}
