//! The words that operators take, for whoever helps to write a query.

pub use crate::operator::join::KINDS as JOIN_KINDS;
pub use crate::operator::render::{CHARTS, property_names as render_properties};

/// The plugins of `evaluate`.
pub fn plugins() -> impl Iterator<Item = &'static str> {
    crate::plugin::names()
}
