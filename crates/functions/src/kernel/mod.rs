//! Algorithms that several functions share, over plain values.

pub mod calendar;
pub mod fourier;
pub mod geo;
pub mod ip;
pub mod measure;
pub mod needles;
pub mod parse_json;
pub mod percentile;
pub mod punycode;
pub mod regression;
pub mod season;
pub mod series;
pub mod special;
pub mod term;
