//! Series, which are dynamic arrays of numbers: arithmetic, filling gaps, filters, fitting, decomposition, anomalies.

mod arithmetic;
mod decompose;
mod fill;
mod filter;
mod fit;
mod outliers;
mod periods;
mod reduce;

use crate::function::Function;

pub(super) fn functions() -> Vec<Function> {
    let mut functions = arithmetic::functions();
    functions.extend(reduce::functions());
    functions.extend(fill::functions());
    functions.extend(filter::functions());
    functions.extend(fit::functions());
    functions.extend(outliers::functions());
    functions.extend(decompose::functions());
    functions.extend(periods::functions());
    functions
}
