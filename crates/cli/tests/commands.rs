//! What the commands print: every Markdown file of `testdata/commands` is a suite.
//!
//! Below a heading, fences are files (the second word of the fence is their name) and sessions (`console`). In a session
//! a line `$ kql …` is a command, run in the folder of the files; below it stands what it prints, standard error behind
//! standard output, and `[exit N]` where it does not end with 0. `…` stands for any text, alone on a line for any lines.
//! `NAME=VALUE` before a command sets a variable, `< FILE` behind it is its input. A file with `after` behind its name is
//! not written: it has to be there by then.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use regex::Regex;

use crate::common::root;
use crate::common::scratch::folder;

#[test]
fn pages() {
    let mut pages: Vec<_> = fs::read_dir(root("testdata/commands"))
        .expect("a folder")
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    pages.sort();
    let only = std::env::var("ONLY").unwrap_or_default();
    let mut failures = Vec::new();
    let mut count = 0;
    for page in pages.iter().filter(|page| page.to_string_lossy().contains(&only)) {
        let text = fs::read_to_string(page).expect("text");
        let name = page.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        for (number, case) in text.split("\n## ").skip(1).enumerate() {
            count += 1;
            let folder = folder(&format!("commands/{name}-{number}"));
            if let Err(why) = check(case, &folder) {
                failures.push(format!("{name}.md: {}\n{why}\n", case.lines().next().unwrap_or_default()));
            }
        }
    }
    assert!(count > 0 || !only.is_empty(), "no case was found");
    assert!(failures.is_empty(), "{} of {count} cases fail:\n{}", failures.len(), failures.join("\n"));
}

fn check(case: &str, folder: &Path) -> Result<(), String> {
    let mut lines = case.lines();
    while let Some(line) = lines.next() {
        let Some(fence) = line.strip_prefix("```") else { continue };
        let body: Vec<&str> = lines.by_ref().take_while(|line| !line.starts_with("```")).collect();
        let text: String = body.iter().map(|line| format!("{line}\n")).collect();
        match fence.split_whitespace().collect::<Vec<_>>().as_slice() {
            ["console"] => session(&body, folder)?,
            [_, name, "after"] => {
                let found =
                    fs::read_to_string(folder.join(name)).map_err(|error| format!("{name}: {error}"))?;
                if found != text {
                    return Err(format!("{name} is expected to be\n{text}and is\n{found}"));
                }
            }
            [_, name] => {
                let path = folder.join(name);
                fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
                fs::write(path, text).expect("a file");
            }
            other => return Err(format!("there is no fence {other:?}")),
        }
    }
    Ok(())
}

fn session(lines: &[&str], folder: &Path) -> Result<(), String> {
    let mut commands: Vec<(&str, String)> = Vec::new();
    for line in lines {
        match (line.strip_prefix("$ "), commands.last_mut()) {
            (Some(command), _) => commands.push((command, String::new())),
            (None, Some((_, expected))) => *expected += &format!("{line}\n"),
            (None, None) => return Err("a session begins with `$ `".to_string()),
        }
    }
    for (command, expected) in commands {
        let printed = run(command, folder);
        if !pattern(&expected).is_match(&printed) {
            return Err(format!("$ {command}\nis expected to print\n{expected}and prints\n{printed}"));
        }
    }
    Ok(())
}

/// What a command prints, with its exit code where that is not 0.
fn run(line: &str, folder: &Path) -> String {
    let (line, input) = line.split_once(" < ").map_or((line, None), |(line, file)| (line, Some(file)));
    let mut command = Command::new(env!("CARGO_BIN_EXE_kql"));
    command.current_dir(folder).env("XDG_STATE_HOME", folder.join(".state"));
    for name in ["CI", "GITHUB_ACTIONS"] {
        command.env_remove(name);
    }
    let mut begun = false;
    for word in words(line) {
        match word.split_once('=') {
            Some((name, value)) if !begun => drop(command.env(name, value)),
            _ if !begun => {
                assert_eq!(word, "kql", "a command is kql");
                begun = true;
            }
            _ => drop(command.arg(word)),
        }
    }
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let input = input.map(|file| fs::read(folder.join(file)).expect("a file")).unwrap_or_default();
    // A command that reads no input may have ended already.
    let _ = child.stdin.take().expect("a pipe").write_all(&input);
    let output = child.wait_with_output().expect("the binary ends");
    let mut printed = String::from_utf8_lossy(&output.stdout).into_owned();
    printed += &String::from_utf8_lossy(&output.stderr);
    match output.status.code() {
        Some(0) => {}
        code => printed += &format!("[exit {}]\n", code.unwrap_or(-1)),
    }
    printed
}

/// The words of a line; quotes hold blanks together.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for c in line.chars() {
        match (c, quote) {
            (c, Some(open)) if c == open => quote = None,
            ('"' | '\'', None) => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (' ', None) => words.extend(word.take()),
            (c, _) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

/// Expected lines as a pattern.
fn pattern(expected: &str) -> Regex {
    let lines = expected.lines().map(|line| match line {
        "…" => "(?s:.*)".to_string(),
        line => format!("{}\n", regex::escape(line).replace('…', ".*")),
    });
    Regex::new(&format!("^{}$", lines.collect::<String>())).expect("a pattern")
}
