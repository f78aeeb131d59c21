//! A made-up tenant for trying queries on: a month of an organisation's logs, and attacks in its last day.
//!
//! The same [`Options`] give the same bytes. People, places and addresses are invented: names of contoso.com, addresses of
//! the documentation ranges. What happens on ordinary days ([`usual`]) and the attacks ([`attacks`]) come as files of their
//! own, so that the quiet tenant is the same one without them.

mod attacks;
mod clock;
mod export;
mod people;
pub mod random;
mod rows;
mod usual;

pub use clock::NOW;
pub use export::File;
pub use people::{NAMES, Place, TENANT};

use rows::Tables;

/// What tenant is wanted.
#[derive(Debug, Clone)]
pub struct Options {
    /// How many people work there; at least those of the attacks.
    pub people: usize,
    /// The days before the end, which is 2026-03-21T14:35:00Z.
    pub days: i64,
    /// Another number gives other noise.
    pub seed: u64,
}

impl Default for Options {
    fn default() -> Self {
        Options { people: 24, days: 30, seed: 1 }
    }
}

/// The files of a tenant.
#[derive(Debug, Clone)]
pub struct Tenant {
    /// The ordinary days.
    pub quiet: Vec<File>,
    /// The attacks.
    pub attacks: Vec<File>,
    /// What the attacks are and which query finds them, as JSON.
    pub truth: String,
}

/// Makes a tenant.
pub fn tenant(options: &Options) -> Tenant {
    let people = people::everyone(options.people);
    let mut quiet = Tables::default();
    usual::fill(&mut quiet, &people, options);
    let mut planted = Tables::default();
    let truth = attacks::fill(&mut planted);
    Tenant { quiet: export::files(quiet), attacks: export::files(planted), truth }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_bytes_each_time() {
        let (a, b) = (tenant(&Options::default()), tenant(&Options::default()));
        assert_eq!(a.quiet.len(), b.quiet.len());
        assert!(a.quiet.iter().zip(&b.quiet).all(|(a, b)| a.name == b.name && a.text == b.text));
        assert_eq!(a.truth, b.truth);
    }

    #[test]
    fn any_size() {
        let rows = |people, days| {
            let tenant = tenant(&Options { people, days, seed: 1 });
            tenant.quiet.iter().map(|file| file.text.len()).sum::<usize>()
        };
        assert!(rows(24, 10) < rows(24, 20) && rows(24, 10) < rows(60, 10));
    }
}
