//! Attacks that the sign-ins show.

use serde_json::json;

use super::{Truth, sign_in, taken_over};
use crate::clock::{MINUTE, SECOND, at};
use crate::people::{HANOI, PORTAL, Person, RECIFE, everyone, person};
use crate::random::Random;
use crate::rows::{SignIn, Tables, token};
use crate::usual::indicator;

pub(super) fn passwords(tables: &mut Tables, truth: &mut Truth, random: &mut Random) {
    let address = "203.0.113.45";
    let start = at(2, 10, 0);
    for (number, user) in everyone(0).iter().take(20).enumerate() {
        let mut event = SignIn::failed(user, address, "50126");
        event.agent = ("python-requests/2.32.3", "", "");
        sign_in(tables, start + number as i64 * 24 * SECOND, &event, random);
    }
    let dana = person("Dana Ortiz");
    let mut event = taken_over(&dana, address);
    event.agent = ("python-requests/2.32.3", "", "");
    sign_in(tables, at(2, 19, 30), &event, random);
    truth.add(
        "sign_in/password_spray.kql",
        "one password tried on twenty accounts from one address, which fits one",
        start,
        at(2, 19, 30),
        json!({ "IPAddress": [address], "Succeeded": [dana.upn] }),
    );
    tables.put("ThreatIntelIndicators", at(0, 0, 0), indicator("indicator--spray", address, true, 90));
    truth.add(
        "hybrid/threat_intel_sign_in.kql",
        "sign-ins from an address of the threat intelligence",
        start,
        at(2, 19, 30),
        json!({ "IPAddress": [address] }),
    );
    truth.add(
        "sign_in/untrusted_address_failures.kql",
        "failures from an address that no list trusts",
        start,
        at(2, 19, 30),
        json!({ "IPAddress": [address] }),
    );

    let (liam, address) = (person("Liam Novak"), "203.0.113.77");
    for number in 0..15 {
        sign_in(
            tables,
            at(3, 30, 0) + number * 40 * SECOND,
            &SignIn::failed(&liam, address, "50126"),
            random,
        );
    }
    sign_in(tables, at(3, 50, 0), &taken_over(&liam, address), random);
    truth.add(
        "sign_in/brute_force.kql",
        "many passwords tried on one account from one address until one fits",
        at(3, 30, 0),
        at(3, 50, 0),
        json!({ "UserPrincipalName": [liam.upn], "IPAddress": [address] }),
    );

    let marcus = person("Marcus Lee");
    for number in 0..12 {
        let address = format!("203.0.113.{}", 100 + number);
        sign_in(
            tables,
            at(4, 10, 0) + number * 3 * MINUTE,
            &SignIn::failed(&marcus, &address, "50126"),
            random,
        );
    }
    truth.add(
        "sign_in/credential_stuffing.kql",
        "one account tried from twelve addresses",
        at(4, 10, 0),
        at(4, 43, 0),
        json!({ "UserPrincipalName": [marcus.upn] }),
    );

    let (noah, address) = (person("Noah Fischer"), "203.0.113.60");
    for number in 0..12 {
        let code = if number < 8 { "50126" } else { "50053" };
        sign_in(tables, at(5, 0, 0) + number * 15 * SECOND, &SignIn::failed(&noah, address, code), random);
    }
    truth.add(
        "sign_in/lockout_burst.kql",
        "wrong passwords until the account locks",
        at(5, 0, 0),
        at(5, 2, 45),
        json!({ "UserPrincipalName": [noah.upn] }),
    );

    let former = Person {
        name: "Former Employee".into(),
        upn: "former.employee@contoso.com".into(),
        ..person("Ivan Petrov")
    };
    for number in 0..3 {
        sign_in(
            tables,
            at(5, 20, 0) + number * 40 * SECOND,
            &SignIn::failed(&former, "203.0.113.64", "50057"),
            random,
        );
    }
    truth.add(
        "sign_in/disabled_account.kql",
        "sign-ins to an account that is disabled",
        at(5, 20, 0),
        at(5, 21, 20),
        json!({ "UserPrincipalName": [former.upn] }),
    );
}

pub(super) fn second_factors(tables: &mut Tables, truth: &mut Truth, random: &mut Random) {
    let (priya, address) = (person("Priya Shah"), "203.0.113.90");
    for number in 0..11 {
        let code = if number % 2 == 0 { "50074" } else { "500121" };
        sign_in(tables, at(6, 0, 0) + number * 83 * SECOND, &SignIn::failed(&priya, address, code), random);
    }
    sign_in(tables, at(6, 16, 0), &taken_over(&priya, address), random);
    truth.add(
        "sign_in/mfa_fatigue.kql",
        "prompts until one is approved",
        at(6, 0, 0),
        at(6, 16, 0),
        json!({ "UserPrincipalName": [priya.upn] }),
    );

    let (grace, address) = (person("Grace Kim"), "203.0.113.61");
    for (number, client) in ["IMAP", "Other clients", "POP3", "Other clients"].into_iter().enumerate() {
        let mut event = SignIn::failed(&grace, address, "50076");
        event.client = client;
        sign_in(tables, at(6, 30, 0) + number as i64 * MINUTE, &event, random);
    }
    truth.add(
        "sign_in/mfa_bypass_legacy.kql",
        "a password that is right, tried over protocols without a second factor",
        at(6, 30, 0),
        at(6, 33, 0),
        json!({ "UserPrincipalName": [grace.upn], "IPAddress": [address] }),
    );
}

pub(super) fn refusals(tables: &mut Tables, truth: &mut Truth, random: &mut Random) {
    let (omar, address) = (person("Omar Haddad"), "203.0.113.120");
    for app in 0..5 {
        let code = if app == 4 { "53004" } else { "53003" };
        let event = SignIn::failed(&omar, address, code).app(app);
        sign_in(tables, at(7, 0, 0) + app as i64 * 31 * SECOND, &event, random);
    }
    truth.add(
        "sign_in/conditional_access_evasion.kql",
        "application after application until a policy lets one pass",
        at(7, 0, 0),
        at(7, 2, 4),
        json!({ "UserPrincipalName": [omar.upn] }),
    );

    let ivan = person("Ivan Petrov");
    for number in 0..6 {
        let mut event = SignIn::failed(&ivan, "203.0.113.180", "700016");
        event.app = (String::new(), format!("0f1e2d3c-0000-4000-8000-00000000000{number}"), String::new());
        sign_in(tables, at(7, 20, 0) + number * 50 * SECOND, &event, random);
    }
    truth.add(
        "sign_in/unknown_application.kql",
        "applications that do not exist, one after the other",
        at(7, 20, 0),
        at(7, 24, 10),
        json!({ "IPAddress": ["203.0.113.180"] }),
    );

    for (number, name) in ["Rosa Jimenez", "Tom Baker", "Karin Lund"].into_iter().enumerate() {
        let user = person(name);
        let mut event = SignIn::failed(&user, &user.addresses[1], "90095");
        event.app = (
            "Calendar Sync Pro".into(),
            "6d0c1e9f-7b1a-4c0e-8d52-ab34cd56ef78".into(),
            "Microsoft Graph".into(),
        );
        sign_in(tables, at(8, 5, 0) + number as i64 * 7 * MINUTE, &event, random);
    }
    truth.add(
        "sign_in/consent_phishing.kql",
        "several people are led to an application that wants too much",
        at(8, 5, 0),
        at(8, 19, 0),
        json!({ "AppDisplayName": ["Calendar Sync Pro"] }),
    );
}

pub(super) fn successes(tables: &mut Tables, truth: &mut Truth, random: &mut Random) {
    let elena = person("Elena Popa");
    let mut event = taken_over(&elena, "203.0.113.62").app(2);
    event.client = "IMAP";
    sign_in(tables, at(8, 40, 0), &event, random);
    truth.add(
        "sign_in/legacy_authentication.kql",
        "mail is read over IMAP",
        at(8, 40, 0),
        at(8, 40, 0),
        json!({ "UserPrincipalName": [elena.upn], "ClientAppUsed": ["IMAP"] }),
    );

    let karin = person("Karin Lund");
    let mut event = taken_over(&karin, "203.0.113.65");
    event.second_factor = false;
    sign_in(tables, at(9, 0, 0), &event, random);
    truth.add(
        "sign_in/single_factor_success.kql",
        "someone who always has a second factor signs in without one",
        at(9, 0, 0),
        at(9, 0, 0),
        json!({ "UserPrincipalName": [karin.upn] }),
    );

    let luca = person("Luca Conti");
    sign_in(tables, at(9, 15, 0), &taken_over(&luca, "203.0.113.66").app(PORTAL), random);
    truth.add(
        "sign_in/unmanaged_device.kql",
        "the portal of Azure from a device that nobody manages",
        at(9, 15, 0),
        at(9, 15, 0),
        json!({ "UserPrincipalName": [luca.upn] }),
    );

    let stranger = Person {
        name: "Sam Reed".into(),
        upn: "sam.reed@northwind.example".into(),
        id: "e2c5b7a1-90d4-4f6e-8a3b-16c9d05f7b21".into(),
        ..person("Ben Carter")
    };
    let mut event = taken_over(&stranger, "203.0.113.67").app(3);
    (event.home, event.access) = ("d4a7e0c3-6b19-4f52-8e7d-0c35a9b1f684", "b2bCollaboration");
    sign_in(tables, at(9, 30, 0), &event, random);
    truth.add(
        "sign_in/cross_tenant_access.kql",
        "a guest from a tenant that was never seen before",
        at(9, 30, 0),
        at(9, 30, 0),
        json!({ "UserPrincipalName": [stranger.upn] }),
    );

    let jack = person("Jack Murphy");
    let mut event = taken_over(&jack, &jack.addresses[1]);
    event.app =
        ("Shadow Notes".into(), "ab9e4d20-5c71-4e83-b6f0-29d8c7a14e35".into(), "Microsoft Graph".into());
    sign_in(tables, at(9, 45, 0), &event, random);
    truth.add(
        "sign_in/rare_application.kql",
        "an application that nobody used before",
        at(9, 45, 0),
        at(9, 45, 0),
        json!({ "AppDisplayName": ["Shadow Notes"] }),
    );

    let ana = person("Ana Silva");
    for number in 0..9 {
        let time = at(10, 0, 0) + number * 4 * MINUTE;
        tables.put("AADNonInteractiveUserSignInLogs", time, token(&ana, "203.0.113.150", 2, "0", random));
    }
    truth.add(
        "sign_in/token_replay.kql",
        "a stolen token works from where its owner never signed in",
        at(10, 0, 0),
        at(10, 32, 0),
        json!({ "UserPrincipalName": [ana.upn], "IPAddress": ["203.0.113.150"] }),
    );
}

pub(super) fn places(tables: &mut Tables, truth: &mut Truth, random: &mut Random) {
    let hana = person("Hana Sato");
    sign_in(tables, at(10, 40, 0), &SignIn::of(&hana, &hana.addresses[1]), random);
    let mut event = taken_over(&hana, "203.0.113.68");
    event.place = HANOI;
    sign_in(tables, at(11, 20, 0), &event, random);
    truth.add(
        "sign_in/impossible_travel.kql",
        "two places that no aeroplane joins in forty minutes",
        at(10, 40, 0),
        at(11, 20, 0),
        json!({ "UserPrincipalName": [hana.upn] }),
    );

    let felix = person("Felix Wagner");
    let mut event = taken_over(&felix, "203.0.113.69");
    event.place = RECIFE;
    sign_in(tables, at(11, 30, 0), &event, random);
    truth.add(
        "sign_in/first_seen_country.kql",
        "a country from which the person never signed in",
        at(11, 30, 0),
        at(11, 30, 0),
        json!({ "UserPrincipalName": [felix.upn], "Country": ["BR"] }),
    );
}
