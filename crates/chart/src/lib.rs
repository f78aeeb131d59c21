//! Charts of results that end with `render`: which columns are x, series and y is decided once ([`columns`]), the points
//! are read and stacked ([`points`]), and the same chart is drawn as text for a terminal or as an SVG image.
//!
//! Drawing is our own: a chart here is a few shapes over two scales, and both pictures share the scales, their ticks and
//! their labels. The image needs no script, no font and no network, so that it can be put into a report.

mod chart;
mod columns;
mod look;
mod points;
mod scale;
mod svg;
mod text;

pub use chart::{Card, Chart, Mark, Picture, Plot, Slice};
pub use svg::svg;
pub use text::{Room, text};
