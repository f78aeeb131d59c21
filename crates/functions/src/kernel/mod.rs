//! Algorithms that several functions share, over plain values.

pub mod calendar;
pub mod ip;
pub mod needles;
pub mod special;
pub mod term;
