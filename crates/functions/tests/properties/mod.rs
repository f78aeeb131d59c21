//! Properties of the library over random values: nulls, empty and non-ASCII texts, extreme numbers and ticks.
//!
//! [`shapes`] checks of every function that constants, columns, slices and empty batches agree, and [`reference`] that
//! kernels do what a naive spelling of the rule does.

mod reference;
mod shapes;
mod values;
