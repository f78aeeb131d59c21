//! What an editor asks about a query while it is being written: what may stand at the cursor, how its text is coloured,
//! and what a function takes. The prompt is one such editor; a language server or a web page is another.
//!
//! Nothing is declared here that is known elsewhere: operators and keywords come from the parser, the columns of a
//! stage from planning what stands before it, functions from their table, kinds of charts and joins from the planner.
//! What is only known here is what people write most, which orders the candidates ([`popular`]).

mod candidate;
mod colour;
mod complete;
mod operand;
mod place;
pub mod popular;
mod rank;
mod signature;

pub use candidate::{Candidate, CandidateKind, Completion};
pub use colour::{Class, colours};
pub use complete::{Completer, NoValues, Values};
pub use signature::{Signature, signature_at, signatures};
