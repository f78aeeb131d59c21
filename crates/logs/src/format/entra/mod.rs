//! Microsoft Entra's logs as its own interfaces write them: one record in camel case or under display names becomes the
//! row that Log Analytics would hold.

pub(super) mod audit;
pub(super) mod diagnostic;
pub(super) mod graph;
pub(super) mod portal_csv;
pub(super) mod signin;

use crate::format::Target;
use crate::layout::Layout;

/// The column that a camel-case key means by its name alone: the same in any case.
fn by_name(layout: &Layout, key: &str, rank: u8) -> Target {
    if key.contains('@') {
        return Target::Drop;
    }
    layout.slot_folded(key).map_or(Target::Extra, |slot| Target::Column(slot, rank))
}

/// The columns of these names, those that the table has.
fn columns(layout: &Layout, names: &[(&str, u8)]) -> Target {
    let slots: Vec<_> = names.iter().filter_map(|(name, rank)| Some((layout.slot(name)?, *rank))).collect();
    match slots.as_slice() {
        [] => Target::Extra,
        [(slot, rank)] => Target::Column(*slot, *rank),
        _ => Target::Columns(slots),
    }
}
