//! The functions: operators, aggregates and their properties. One binary for all of them: each would link the whole engine.
#![allow(clippy::unwrap_used)]

mod aggregates;
mod operators;
mod properties;
