//! Completion and messages, at places and mistakes of real queries. One binary for all of them: each would link the whole engine.
#![allow(clippy::expect_used)]

mod common;
mod mistakes;
mod places;
