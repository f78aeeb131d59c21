//! The sign-ins that detections are to find, with the traps that they are not to fall for.

use crate::clock::{SECOND, at};
use crate::people::{Person, person};
use crate::signins::SignIn;

/// Clients of protocols that cannot ask for a second factor, with how often each succeeds.
const LEGACY: [(&str, i64); 7] = [
    ("IMAP", 3),
    ("POP3", 2),
    ("SMTP", 2),
    ("Mapi", 1),
    ("AutoDiscover", 1),
    ("Exchange ActiveSync", 3),
    ("Other clients", 2),
];

/// Users and addresses of stolen tokens: they succeed without interaction from where the user never signed in.
pub const REPLAYS: [(&str, &str, i64); 3] = [
    ("Ana Silva", "203.0.113.150", 9),
    ("Marcus Lee", "198.51.100.77", 5),
    ("Priya Shah", "203.0.113.151", 1),
];

/// All of them with their times.
pub fn all(everyone: &[Person]) -> Vec<(i64, SignIn)> {
    let mut events = Vec::new();
    spray(everyone, &mut events);
    brute_force(&mut events);
    mfa_fatigue(&mut events);
    single_codes(&mut events);
    legacy(everyone, &mut events);
    // A failed interactive sign-in from the address of a replay does not make the address a known one.
    events.push((at(13, 41, 3), SignIn::failed(&person("Ana Silva"), "203.0.113.150", "50126")));
    events
}

/// One address tries one password on twenty accounts; it fits one.
fn spray(everyone: &[Person], events: &mut Vec<(i64, SignIn)>) {
    let address = "203.0.113.45";
    for (number, user) in everyone.iter().take(20).enumerate() {
        let time = at(14, 2, 0) + number as i64 * 12 * SECOND;
        events.push((time, SignIn::failed(user, address, "50126").with_agent("python-requests/2.32.3")));
    }
    events.push((
        at(14, 7, 30),
        SignIn::succeeded(&person("Dana Ortiz"), address).with_agent("python-requests/2.32.3"),
    ));
}

/// One account is tried until it locks, and is open again a quarter of an hour later.
fn brute_force(events: &mut Vec<(i64, SignIn)>) {
    let (user, address) = (person("Liam Novak"), "203.0.113.77");
    for number in 0..12 {
        events.push((at(13, 50, 5) + number * 19 * SECOND, SignIn::failed(&user, address, "50126")));
    }
    for number in 0..2 {
        events.push((at(13, 55, 0) + number * 20 * SECOND, SignIn::failed(&user, address, "50053")));
    }
    events.push((at(14, 10, 12), SignIn::succeeded(&user, address)));
}

/// Prompts that are ignored or declined until one is approved.
fn mfa_fatigue(events: &mut Vec<(i64, SignIn)>) {
    let (user, address) = (person("Priya Shah"), "203.0.113.90");
    for number in 0..11 {
        let code = if number % 2 == 0 { "50074" } else { "500121" };
        events.push((at(13, 58, 0) + number * 83 * SECOND, SignIn::failed(&user, address, code)));
    }
    events.push((at(14, 14, 2), SignIn::succeeded(&user, address).with_second_factor()));
}

fn single_codes(events: &mut Vec<(i64, SignIn)>) {
    let mut left = Person::of("Former Employee", 91);
    left.upn = "former.employee@contoso.com".to_string();
    for number in 0..2 {
        events.push((at(14, 20, 0) + number * 40 * SECOND, SignIn::failed(&left, "198.51.100.200", "50057")));
    }
    let user = person("Omar Haddad");
    for app in 0..5 {
        let mut event = SignIn::failed(&user, "203.0.113.120", "53003");
        event.app = app;
        events.push((at(14, 16, 0) + app as i64 * 31 * SECOND, event));
    }
    for (number, name) in ["Grace Kim", "Mia Rossi", "Ben Carter", "Nora Berg"].into_iter().enumerate() {
        let user = person(name);
        let address = user.addresses[0].clone();
        let time = at(13, 44, 0) + number as i64 * 307 * SECOND;
        events.push((time, SignIn::failed(&user, &address, "70044")));
        let mut event = SignIn::failed(&user, &address, "50076");
        if number < 2 {
            event.client = "Other clients";
        }
        events.push((time + 45 * SECOND, event));
    }
    for number in 0..3 {
        let mut event = SignIn::failed(&person("Ivan Petrov"), "198.51.100.19", "700016");
        event.app_name = Some(("", "0f1e2d3c-0000-4000-8000-00000000000".to_string() + &number.to_string()));
        events.push((at(13, 47, 0) + number * 50 * SECOND, event));
        let user = person(["Hana Sato", "Tom Baker", "Rosa Jimenez"][number as usize]);
        let mut event = SignIn::failed(&user, &user.addresses[1], "90095");
        event.app_name = Some(("Calendar Sync Pro", "6d0c1e9f-7b1a-4c0e-8d52-ab34cd56ef78".to_string()));
        events.push((at(14, 21, 30) + number * 95 * SECOND, event));
    }
}

fn legacy(everyone: &[Person], events: &mut Vec<(i64, SignIn)>) {
    let mut number = 0;
    for (client, count) in LEGACY {
        for _ in 0..count {
            let user = &everyone[(5 + number as usize * 3) % everyone.len()];
            let mut event = SignIn::succeeded(user, "198.51.100.240");
            event.client = client;
            event.app = 5;
            events.push((at(13, 37, 10) + number * 171 * SECOND, event.with_agent("BAV2ROPC")));
            number += 1;
        }
    }
    for number in 0..4 {
        let mut event = SignIn::failed(&everyone[number + 8], "198.51.100.241", "50126");
        event.client = "IMAP";
        events.push((at(13, 39, 0) + number as i64 * 211 * SECOND, event.with_agent("BAV2ROPC")));
    }
}
