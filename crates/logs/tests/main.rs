//! The loader: formats, damage, import and the store. One binary for all of them: each would link the whole engine.

mod answers;
mod archives;
mod common;
mod damaged;
mod deferred;
mod entra;
mod formats;
mod importer;
mod mutations;
mod other_exports;
mod portal;
mod store;
