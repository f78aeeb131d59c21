//! The prompt: queries over several lines, commands, and a history.

mod act;
mod command;
mod directive;
mod helper;
mod script;
mod session;
mod show;

use std::cell::RefCell;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::rc::Rc;

use kql_parser::{TextTokenKind, tokens};
use rustyline::config::Configurer;
use rustyline::error::ReadlineError;
use rustyline::history::DefaultHistory;
use rustyline::{Cmd, ColorMode, CompletionType, Config, Editor, KeyCode, KeyEvent, Modifiers};

use crate::args::{DataArgs, TimeArgs};
use crate::errors::Failure;
use crate::{colour, interrupt, panics};

use helper::Helper;
pub use session::Session;

/// Whether the prompt goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// It asks again.
    Goes,
    /// It asks again, after something that could not be done.
    Failed,
    /// It ends.
    Ends,
}

/// Reads and answers until the end of input.
pub fn run(args: &DataArgs, times: &TimeArgs) -> Result<(), Failure> {
    let mut session = Session::new(args, times)?;
    panics::silence();
    interrupt::install()?;
    session.greet();
    if !std::io::stdin().is_terminal() {
        return script::piped(&mut session);
    }
    let session = Rc::new(RefCell::new(session));
    let mut editor: Editor<Helper, DefaultHistory> =
        Editor::with_config(config()).map_err(|error| Failure::usage(error.to_string()))?;
    editor.set_helper(Some(Helper::new(Rc::clone(&session))));
    // Alt-Enter begins the next stage of the pipeline.
    editor.bind_sequence(KeyEvent(KeyCode::Enter, Modifiers::ALT), Cmd::Insert(1, "\n| ".to_string()));
    let history = history_file();
    if let Some(history) = &history {
        // The first session has no history to read.
        let _ = editor.load_history(history);
    }
    loop {
        let prompt = session.borrow().prompt();
        let waiting = session.borrow_mut().edited.take();
        let line = match &waiting {
            Some(text) => editor.readline_with_initial(&prompt, (text, "")),
            None => editor.readline(&prompt),
        };
        match line {
            Ok(line) => {
                let text = line.trim_end();
                if text.is_empty() {
                    continue;
                }
                if is_kept(text) {
                    let _ = editor.add_history_entry(text);
                }
                let flow = session.borrow_mut().line(text)?;
                if flow == Flow::Ends {
                    break;
                }
            }
            Err(ReadlineError::Interrupted) => {}
            Err(ReadlineError::Eof) => break,
            Err(error) => return Err(Failure::usage(error.to_string())),
        }
    }
    if let Some(history) = &history
        && let Err(error) = editor.save_history(history)
    {
        eprintln!("kql: {}: {error}", history.display());
    }
    Ok(())
}

fn config() -> Config {
    let mut config = Config::builder()
        .history_ignore_space(true)
        .completion_type(CompletionType::List)
        .completion_show_all_if_ambiguous(true)
        .auto_add_history(false)
        .build();
    if !colour::on_stdout() {
        config.set_color_mode(ColorMode::Disabled);
    }
    config
}

/// Whether a text goes into the history: not where it begins with a blank, or holds an obfuscated string, which Kusto
/// keeps out of its logs.
fn is_kept(text: &str) -> bool {
    !text.starts_with(char::is_whitespace) && !is_secret(text)
}

fn is_secret(text: &str) -> bool {
    tokens(text).into_iter().any(|token| {
        let part = token.span.of(text);
        match token.kind {
            TextTokenKind::String | TextTokenKind::Unknown => part.starts_with(['h', 'H']),
            // What a query was made a comment of, or a directive takes, is a secret still.
            TextTokenKind::Comment => is_secret(part.trim_start_matches(['/', '#'])),
            _ => false,
        }
    })
}

fn history_file() -> Option<PathBuf> {
    let base = std::env::var_os("XDG_STATE_HOME").map(PathBuf::from);
    let base = base.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".local/state")))?;
    let folder = base.join("kql");
    std::fs::create_dir_all(&folder).ok()?;
    Some(folder.join("history"))
}

#[cfg(test)]
mod tests {
    use super::is_kept;

    #[test]
    fn secrets_are_not_kept() {
        for text in ["T | where Path == 'c' and Hash == 'x'", "print 'h\"x\"', h", "// why h"] {
            assert!(is_kept(text), "{text}");
        }
        for text in [
            " T | count",
            "externaldata(a:string)[h'https://x?sig=1']",
            "print h\"secret\"",
            "print H@'secret'",
            "print h@\"secret\"",
            "print h```secret```",
            "print h~~~secret~~~",
            "print h'not closed",
            ".explain print h'secret'",
            "#crp key=h'secret'",
            "T\n// | where Key == h'secret'\n| count",
        ] {
            assert!(!is_kept(text), "{text}");
        }
    }
}
