//! The function library: tables of rows, one row a function, from which everything else is derived.
//!
//! A row ([`Function`]) holds the name, the typed overloads with their kernels, the documentation and examples.
//! [`resolve`](resolve::resolve) picks the overload for the types of a call, coerces the arguments and yields a
//! DataFusion expression; the only `ScalarUDFImpl` of the library is in [`adapter`].

pub mod adapter;
pub mod aggregate;
pub mod column;
pub mod error;
pub mod fill;
pub mod function;
pub mod kernel;
pub mod memo;
pub mod operator;
pub mod regex_cache;
pub mod resolve;
pub mod scalar;
pub mod table;
pub mod tuple;
pub mod typed;

pub use error::CallError;
pub use function::{Example, Function, Naming, Overload, Param, ParamType};
pub use typed::Typed;
