//! Numbers: rounding, powers and logarithms, trigonometry, bits, extremes, probability.

mod bits;
mod extreme;
mod power;
mod probability;
mod rounding;
mod trigonometry;

use crate::function::Function;

pub(super) fn functions() -> Vec<Function> {
    let mut functions = rounding::functions();
    functions.extend(power::functions());
    functions.extend(trigonometry::functions());
    functions.extend(bits::functions());
    functions.extend(extreme::functions());
    functions.extend(probability::functions());
    functions
}
