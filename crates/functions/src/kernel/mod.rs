//! Algorithms that several functions share, over plain values.

pub mod calendar;
pub mod special;
