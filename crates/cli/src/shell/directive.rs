//! The directives of Kusto.Cli, as commands of ours.

/// What each directive is here; the argument follows. A text without a dot is told and nothing else.
const DIRECTIVES: &[(&str, &str)] = &[
    ("save", ".save"),
    ("clip", ".copy"),
    ("crp", ".set"),
    ("qp", ".param"),
    ("timeon", ".timing on"),
    ("timeoff", ".timing off"),
    ("markdownon", ".mode markdown"),
    ("markdownoff", ".mode chart"),
    ("tableon", ".mode chart"),
    ("script", ".read"),
    ("blockmode", "a query runs when it is complete, or at a blank line; there are no other modes"),
    ("lineinput", "a query runs when it is complete, or at a blank line; there are no other modes"),
    ("connect", "there is no cluster to connect to: the data is in local files"),
    ("dbcontext", "there is one database: the data that was loaded"),
    ("quit", ".quit"),
    ("exit", ".quit"),
];

/// A line as a command, or a remark about it; an error where there is no such directive.
pub fn as_command(line: &str) -> Result<String, String> {
    let line = line.trim();
    if matches!(line, "q" | "quit" | "exit") {
        return Ok(".quit".to_string());
    }
    if let Some(topic) = line.strip_prefix('?') {
        return Ok(format!(".help {}", topic.trim()));
    }
    let Some(directive) = line.strip_prefix('#') else { return Ok(line.to_string()) };
    let (name, argument) = directive.split_once(char::is_whitespace).unwrap_or((directive, ""));
    match DIRECTIVES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
        Some((_, command)) if command.starts_with('.') => Ok(format!("{command} {}", argument.trim())),
        Some((_, remark)) => Ok((*remark).to_string()),
        None => Err(format!("there is no directive #{name}; .help lists the commands")),
    }
}

#[cfg(test)]
mod tests {
    use super::as_command;

    #[test]
    fn directives_are_commands() {
        assert_eq!(as_command("#save rows.csv"), Ok(".save rows.csv".to_string()));
        assert_eq!(as_command("#TIMEON"), Ok(".timing on ".to_string()));
        assert_eq!(as_command("? strlen"), Ok(".help strlen".to_string()));
        assert_eq!(as_command("q"), Ok(".quit".to_string()));
        assert!(as_command("#connect x").is_ok_and(|remark| remark.starts_with("there is no cluster")));
        assert!(as_command("#nosuch").is_err());
    }
}
