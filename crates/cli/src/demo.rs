//! `kql demo`: a made-up tenant to try queries on, and a prompt over it.

use std::fs;
use std::io::IsTerminal;
use std::path::Path;

use kql_tenant::{File, Options};
use kql_types::datetime;

use crate::args::{DataArgs, DemoArgs, TimeArgs};
use crate::errors::Failure;
use crate::shell;

/// Queries that show the point within a minute, each with what to look for.
const QUERIES: [(&str, &str); 5] = [
    (
        "Which tables got rows in the last day?",
        "union withsource=Table * | where TimeGenerated > ago(1d) | summarize Rows = count(), Last = max(TimeGenerated) by Table",
    ),
    (
        "Which addresses get many passwords wrong?",
        "SigninLogs | where TimeGenerated > ago(1d) and ResultType == \"50126\" | summarize Failures = count(), Accounts = dcount(UserPrincipalName) by IPAddress | where Accounts > 5",
    ),
    (
        "Whom did that address get in as?",
        "SigninLogs | where IPAddress == \"203.0.113.45\" and ResultType == \"0\" | project TimeGenerated, UserPrincipalName, AppDisplayName, AuthenticationRequirement",
    ),
    (
        "Which tokens work from where their owners never signed in?",
        "AADNonInteractiveUserSignInLogs | where ResultType == \"0\" | join kind=leftanti (SigninLogs | where ResultType == \"0\") on UserPrincipalName, IPAddress | summarize Tokens = count() by UserPrincipalName, IPAddress",
    ),
    (
        "What changed in the directory in the last day?",
        "AuditLogs | where TimeGenerated > ago(1d) | project TimeGenerated, OperationName, Actor = tostring(InitiatedBy.user.userPrincipalName), Target = tostring(TargetResources[0].displayName)",
    ),
];

/// Writes the tenant and opens the prompt on it.
pub fn run(args: &DemoArgs) -> Result<(), Failure> {
    let quiet = args.folder.join("quiet");
    let occupied = fs::read_dir(&args.folder).is_ok_and(|mut entries| entries.next().is_some());
    if occupied && !quiet.is_dir() {
        let message = format!("{}: the folder holds something else; name another one", args.folder.display());
        return Err(Failure::usage(message));
    }
    let options = Options { people: args.people, days: args.days.into(), seed: args.seed };
    let tenant = kql_tenant::tenant(&options);
    write(&quiet, &tenant.quiet)?;
    let mut folders = vec![quiet];
    if !args.quiet {
        folders.push(args.folder.join("attacks"));
        write(&args.folder.join("attacks"), &tenant.attacks)?;
        write_file(&args.folder.join("truth.json"), tenant.truth.as_bytes())?;
    }
    let now =
        datetime::to_text(datetime::UNIX_EPOCH_TICKS + kql_tenant::NOW * datetime::TICKS_PER_MILLISECOND);
    let paths: Vec<String> = folders.iter().map(|folder| folder.display().to_string()).collect();
    eprintln!(
        "A tenant of {} people over {} days is in {}. Its present is {now}.\n",
        options.people.max(24),
        options.days,
        args.folder.display()
    );
    for (number, (what, query)) in QUERIES.iter().enumerate() {
        eprintln!("{}. {what}\n   {query}\n", number + 1);
    }
    if args.no_prompt || !std::io::stdin().is_terminal() {
        let data: Vec<String> = paths.iter().map(|path| format!("--data {path}")).collect();
        eprintln!("Open it with: kql {} --now {now}", data.join(" "));
        return Ok(());
    }
    shell::run(&DataArgs { data: paths, now: Some(now), ..DataArgs::default() }, &TimeArgs::default())
}

fn write(folder: &Path, files: &[File]) -> Result<(), Failure> {
    let fail = |error: std::io::Error| Failure::usage(format!("{}: {error}", folder.display()));
    fs::create_dir_all(folder).map_err(fail)?;
    for file in files {
        let bytes = file.gzip().map_err(fail)?;
        write_file(&folder.join(format!("{}.gz", file.name)), &bytes)?;
    }
    Ok(())
}

fn write_file(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    fs::write(path, bytes).map_err(|error| Failure::usage(format!("{}: {error}", path.display())))
}
