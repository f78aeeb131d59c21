//! The types crate: cells, dates, numbers and dynamics. One binary for all of them: each would link the whole engine.

mod cell;
mod datetime;
mod dynamic;
mod number;
