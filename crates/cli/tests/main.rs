//! The binary: its commands, the prompt, the pack of queries. One binary for all of them: each would link the whole engine.
#![allow(clippy::expect_used)]

mod bench;
mod charts;
mod commands;
mod common;
mod export;
mod inspect;
mod jsonl;
#[cfg(unix)]
mod killed;
mod pack;
mod prompt;
mod queries;
mod run;
