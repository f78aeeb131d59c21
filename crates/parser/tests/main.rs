//! The parser: its pairs of text and tree, spans, tokens and splitting. One binary for all of them: each would link the whole engine.

mod pairs;
mod prefixes;
mod spans;
mod split;
mod tokens;
