//! Dynamic values. A dynamic is JSON text as it came, of any spacing, and never the text `null`: a null of any
//! kind is an Arrow null. Everything here works on such text without building a tree, and is safe on text
//! that is no JSON: it then finds nothing.

mod canonical;
mod convert;
mod finder;
mod paths;
mod scan;
mod text;
mod validate;
mod writer;

pub use canonical::{canonical, compact, sorted};
pub use convert::{
    expand_to_bool, expand_to_int, expand_to_long, expand_to_real, to_bool, to_datetime, to_decimal, to_guid,
    to_int, to_long, to_real, to_timespan,
};
pub use finder::PathFinder;
pub use paths::PathSet;
pub use scan::{
    Elements, Entries, JsonKind, PathStep, array_length, elements, entries, get_index, get_key, get_path,
    key_is, kind, type_name,
};
pub use text::{Number, number, quote, tostring, unquote};
pub use validate::{from_serde, parse_json, to_serde};

pub use crate::json::is_json;
pub use writer::{ArrayWriter, BagWriter};
