//! AADNonInteractiveUserSignInLogs: tokens that clients fetch on behalf of a person. Columns that are dynamic in SigninLogs
//! are strings here.

use serde_json::{Map, Value, json};

use crate::clock::{SECOND, Timeline, at, iso};
use crate::people::{AGENTS, APPS, PLACES, Person, everyone, person, reason};
use crate::scenarios::REPLAYS;
use kql_tenant::random::Random;

/// Rows of the last hour, and before it.
const RECENT: usize = 1847;
const OLDER: usize = 73;

struct Fetch {
    user: Person,
    address: String,
    code: &'static str,
    app: usize,
}

/// The rows in the order of time.
pub fn rows() -> Vec<Map<String, Value>> {
    let everyone = everyone();
    let mut random = Random::new(3);
    let mut line = Timeline::new();
    line.put(at(14, 32, 0), usual(&everyone, &mut random));
    for (name, address, count) in REPLAYS {
        for number in 0..count {
            let fetch = Fetch { user: person(name), address: address.to_string(), code: "0", app: 3 };
            line.put(at(13, 52, 20) + number * 211 * SECOND, fetch);
        }
    }
    for _ in 0..OLDER {
        let time = Timeline::<Fetch>::older_time(&mut random);
        line.put(time, usual(&everyone, &mut random));
    }
    while line.recent() < RECENT {
        let time = Timeline::<Fetch>::recent_time(&mut random, at(14, 31, 59));
        line.put(time, usual(&everyone, &mut random));
    }
    let mut random = Random::new(4);
    line.into_events().map(|(time, fetch)| row(time, &fetch, &mut random)).collect()
}

/// A token of an ordinary day. One that fails may come from an address that is not the person's own.
fn usual(everyone: &[Person], random: &mut Random) -> Fetch {
    let user = random.pick(everyone).clone();
    let app = random.range(0, APPS.len() as i64) as usize;
    let address = random.pick(&user.addresses).clone();
    match random.range(0, 100) {
        0 => Fetch { user, address: "203.0.113.201".to_string(), code: "70044", app },
        1 | 2 => Fetch { user, address, code: "70044", app },
        3 => Fetch { user, address, code: "50076", app },
        _ => Fetch { user, address, code: "0", app },
    }
}

fn row(time: i64, fetch: &Fetch, random: &mut Random) -> Map<String, Value> {
    let Fetch { user, code, .. } = fetch;
    let (app, _, _) = APPS[fetch.app];
    let (agent, system, _) = AGENTS[user.agent];
    let place = if fetch.address.starts_with("203.0.113.") { PLACES[5] } else { user.place };
    let status = match *code {
        "0" => json!({ "errorCode": 0 }),
        code => json!({ "errorCode": code.parse::<i64>().unwrap_or(0), "failureReason": reason(code) }),
    };
    let location = json!({ "city": place.0, "countryOrRegion": place.2 });
    let mut row = Map::new();
    let mut set = |name: &str, value: Value| {
        row.insert(name.to_string(), value);
    };
    set("TimeGenerated", json!(iso(time)));
    set("Category", json!("NonInteractiveUserSignInLogs"));
    set("ResultType", json!(code));
    set("CorrelationId", json!(random.guid()));
    set("Location", json!(place.2));
    set("AppDisplayName", json!(app));
    set("ClientAppUsed", json!("Mobile Apps and Desktop clients"));
    set("ConditionalAccessStatus", json!("notApplied"));
    set("DeviceDetail", json!(json!({ "operatingSystem": system }).to_string()));
    set("IPAddress", json!(fetch.address));
    set("IsInteractive", json!(false));
    set("LocationDetails", json!(location.to_string()));
    set("Status", json!(status.to_string()));
    set("UserAgent", json!(agent));
    set("UserPrincipalName", json!(user.upn));
    set("Type", json!("AADNonInteractiveUserSignInLogs"));
    row
}
