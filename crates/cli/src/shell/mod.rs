//! The prompt: queries over several lines, commands, and a history.

mod act;
mod command;
mod directive;
mod helper;
mod session;
mod show;
mod values;

use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;

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
    /// It ends.
    Ends,
}

/// Reads and answers until the end of input.
pub fn run(args: &DataArgs, times: &TimeArgs) -> Result<(), Failure> {
    let session = Session::new(args.clone(), times)?;
    panics::silence();
    interrupt::install()?;
    session.greet();
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
                let text = line.trim();
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

/// Whether a text goes into the history: not where it holds an obfuscated string, which Kusto keeps out of its logs.
fn is_kept(text: &str) -> bool {
    !["h\"", "h'", "h@\"", "h@'", "H\"", "H'"].iter().any(|secret| {
        text.match_indices(secret).any(|(at, _)| {
            !text
                .get(..at)
                .and_then(|head| head.chars().next_back())
                .is_some_and(|c| c.is_alphanumeric() || c == '_')
        })
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
    fn obfuscated_strings_are_not_kept() {
        assert!(is_kept("T | where Path == 'c' and Hash == 'x'"));
        assert!(!is_kept("externaldata(a:string)[h'https://x?sig=1']"));
        assert!(!is_kept("print h\"secret\""));
    }
}
