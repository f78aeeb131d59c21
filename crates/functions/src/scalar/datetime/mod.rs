//! Datetimes and timespans: parts of them, arithmetic over the calendar, making, printing, zones.

mod clock;
mod format;
mod make;
mod part;
mod period;
mod zone;

use crate::function::Function;

pub(super) fn functions() -> Vec<Function> {
    let mut functions = clock::functions();
    functions.extend(period::functions());
    functions.extend(part::functions());
    functions.extend(make::functions());
    functions.extend(format::functions());
    functions.extend(zone::functions());
    functions
}
