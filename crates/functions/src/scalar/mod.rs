//! The scalar functions, one file a family.

mod bin;
mod context;
mod convert;
mod datetime;
pub mod dynamic;
mod geo;
pub mod ip;
mod logic;
mod math;
mod series;
mod sketch;
pub mod string;
mod window;

use crate::table::Family;

/// Every family in the order of the manual.
pub(crate) fn families() -> Vec<Family> {
    let mut families = vec![
        Family { name: "bin", functions: bin::functions() },
        Family { name: "context", functions: context::functions() },
        Family { name: "convert", functions: convert::functions() },
        Family { name: "datetime", functions: datetime::functions() },
        Family { name: "geo", functions: geo::functions() },
        Family { name: "ip", functions: ip::functions() },
        Family { name: "logic", functions: logic::functions() },
        Family { name: "math", functions: math::functions() },
        Family { name: "series", functions: series::functions() },
        Family { name: "sketch", functions: sketch::functions() },
        Family { name: "window", functions: window::functions() },
    ];
    families.extend(string::families());
    families.extend(dynamic::families());
    families
}
