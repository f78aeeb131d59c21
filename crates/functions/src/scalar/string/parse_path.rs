//! File paths and command lines.

use kql_types::ScalarType;
use kql_types::dynamic::BagWriter;

use super::parse_url::quoted;
use super::part::array;
use crate::column::JsonText;
use crate::function::{Function, Overload, Param};
use crate::row;
use crate::{CallError, Typed, resolve};

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new(
            "parse_path",
            "A bag of the parts of a file path with slashes of either kind: Scheme, RootPath, DirectoryPath, \
             DirectoryName, Filename, Extension and AlternateDataStreamName.",
            &[
                (
                    "parse_path(@'C:\\temp\\file.txt')",
                    "{\"Scheme\":\"\",\"RootPath\":\"C:\",\"DirectoryPath\":\"C:\\\\temp\",\"DirectoryName\":\"temp\",\
                     \"Filename\":\"file.txt\",\"Extension\":\"txt\",\"AlternateDataStreamName\":\"\"}",
                ),
                (
                    "parse_path('file://C:/temp/file.txt:some.exe')",
                    "{\"Scheme\":\"file\",\"RootPath\":\"C:\",\"DirectoryPath\":\"C:/temp\",\"DirectoryName\":\"temp\",\
                     \"Filename\":\"file.txt\",\"Extension\":\"txt\",\"AlternateDataStreamName\":\"some.exe\"}",
                ),
                ("parse_path(@'\\\\shared\\users\\temp\\file.txt.gz').DirectoryPath", "\\\\shared\\users\\temp"),
            ],
        )
        .on(row!(|path: &str| -> JsonText { parse(path) })),
        Function::new(
            "parse_command_line",
            "An array of the arguments of a command line, told apart as Windows does; the second argument is \
             'windows', the only way that there is.",
            &[("parse_command_line('echo \"hello world!\"', 'windows')", "[\"echo\",\"hello world!\"]")],
        )
        .on(Overload::expand(
            vec![
                Param::is("command_line", ScalarType::String),
                Param::is("parser_type", ScalarType::String).constant(),
            ],
            parse_command_line,
        )),
        Function::new("windows_arguments", "What parse_command_line computes.", &[])
            .internal()
            .on(row!(|command_line: &str| -> Option<JsonText> {
                let arguments = arguments(command_line);
                (!arguments.is_empty()).then(|| array(arguments.iter().map(String::as_str)))
            })),
    ]
}

fn is_slash(character: char) -> bool {
    matches!(character, '/' | '\\')
}

fn parse(path: &str) -> JsonText {
    let (scheme, path) = path.split_once("://").unwrap_or(("", path));
    let (directory, name) = match path.rfind(is_slash) {
        Some(slash) => (path.get(..slash).unwrap_or_default(), path.get(slash + 1..).unwrap_or_default()),
        None => ("", path),
    };
    let (name, stream) = name.split_once(':').unwrap_or((name, ""));
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    // A long path `\\?\C:\…` has its drive behind the prefix.
    let anchored = directory.strip_prefix(r"\\?\").unwrap_or(directory);
    let root = match anchored.as_bytes() {
        [letter, b':', ..] if letter.is_ascii_alphabetic() => anchored.get(..2).unwrap_or_default(),
        _ => "",
    };
    let directory_name = directory.rsplit(is_slash).next().filter(|name| *name != root).unwrap_or_default();
    let mut bag = BagWriter::new();
    for (key, text) in [
        ("Scheme", scheme),
        ("RootPath", root),
        ("DirectoryPath", directory),
        ("DirectoryName", directory_name),
        ("Filename", name),
        ("Extension", extension),
        ("AlternateDataStreamName", stream),
    ] {
        bag.set(key, Some(&quoted(text)));
    }
    JsonText(bag.finish())
}

fn parse_command_line(args: &[Typed]) -> Result<Typed, CallError> {
    match args {
        [line, parser]
            if parser.literal_str().is_some_and(|parser| parser.eq_ignore_ascii_case("windows")) =>
        {
            resolve::call("windows_arguments", vec![line.clone()])
        }
        _ => Err(CallError::argument(1, "the only kind of command line is 'windows'")),
    }
}

/// The arguments as Windows' `CommandLineToArgvW` finds them.
fn arguments(line: &str) -> Vec<String> {
    let mut arguments = Vec::new();
    let mut characters = line.trim_start_matches([' ', '\t']).chars().peekable();
    if characters.peek().is_none() {
        return arguments;
    }
    // The program's name knows no backslash escapes: it ends at the next quote, or at white space.
    let mut program = String::new();
    if characters.next_if_eq(&'"').is_some() {
        program.extend(characters.by_ref().take_while(|character| *character != '"'));
    } else {
        while let Some(character) = characters.next_if(|character| !matches!(character, ' ' | '\t')) {
            program.push(character);
        }
    }
    arguments.push(program);
    loop {
        while characters.next_if(|character| matches!(character, ' ' | '\t')).is_some() {}
        if characters.peek().is_none() {
            return arguments;
        }
        let mut argument = String::new();
        let mut quoted = false;
        while let Some(&character) = characters.peek() {
            if !quoted && matches!(character, ' ' | '\t') {
                break;
            }
            let mut backslashes = 0;
            while characters.next_if_eq(&'\\').is_some() {
                backslashes += 1;
            }
            if characters.peek() == Some(&'"') {
                // Before a quote, two backslashes are one, and a left-over one makes the quote a letter.
                argument.extend(std::iter::repeat_n('\\', backslashes / 2));
                characters.next();
                if backslashes % 2 == 1 || quoted && characters.next_if_eq(&'"').is_some() {
                    argument.push('"');
                } else {
                    quoted = !quoted;
                }
            } else if backslashes > 0 {
                argument.extend(std::iter::repeat_n('\\', backslashes));
            } else if let Some(character) = characters.next() {
                argument.push(character);
            }
        }
        arguments.push(argument);
    }
}
