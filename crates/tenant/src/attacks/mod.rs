//! The attacks of the last day, each once, with what finds it.
//!
//! Unless an attack is about places, attackers come from where their victim lives, so that each is found by what it is.

mod hybrid;
mod sign_in;
mod workload;

use serde_json::{Map, Value, json};

use crate::clock::iso;
use crate::people::Person;
use crate::random::Random;
use crate::rows::{SignIn, Tables};

/// What was planted, as it is written to the file of the truth.
struct Truth(Vec<Value>);

impl Truth {
    /// An attack between two times, the query that finds it, and values that must stand in columns of the result.
    fn add(&mut self, query: &str, title: &str, from: i64, to: i64, entities: Value) {
        let mut entry = Map::new();
        entry.insert("query".into(), json!(query));
        entry.insert("attack".into(), json!(title));
        entry.insert("from".into(), json!(iso(from)));
        entry.insert("to".into(), json!(iso(to)));
        entry.insert("found".into(), entities);
        self.0.push(Value::Object(entry));
    }
}
/// Fills the tables with the attacks; the truth about them as JSON, one attack a line.
pub fn fill(tables: &mut Tables) -> String {
    let mut truth = Truth(Vec::new());
    let mut random = Random::new(77);
    sign_in::passwords(tables, &mut truth, &mut random);
    sign_in::second_factors(tables, &mut truth, &mut random);
    sign_in::refusals(tables, &mut truth, &mut random);
    sign_in::successes(tables, &mut truth, &mut random);
    sign_in::places(tables, &mut truth, &mut random);
    workload::workloads(tables, &mut truth, &mut random);
    workload::directory(tables, &mut truth, &mut random);
    hybrid::risky_chain(tables, &mut truth, &mut random);
    hybrid::on_premises(tables, &mut truth, &mut random);
    hybrid::data(tables, &mut truth, &mut random);
    hybrid::products(tables, &mut truth);
    let lines: Vec<String> = truth.0.iter().map(Value::to_string).collect();
    format!("[\n{}\n]\n", lines.join(",\n"))
}

fn sign_in(tables: &mut Tables, time: i64, event: &SignIn, random: &mut Random) {
    tables.put("SigninLogs", time, event.row(time, random));
}

/// A successful sign-in of an attacker, who has no device of the organisation.
fn taken_over(user: &Person, address: &str) -> SignIn {
    SignIn { managed: false, ..SignIn::of(user, address) }
}
