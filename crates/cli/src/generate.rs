//! What is made from the description of the command line: completions of shells, and the manual page.

use std::io::{Write, stdout};

use clap::CommandFactory;
use clap_complete::Shell;

use crate::args::{Cli, GenerateArgs};
use crate::errors::Failure;

/// Prints it.
pub fn run(args: &GenerateArgs) -> Result<(), Failure> {
    let mut command = Cli::command();
    let mut text = Vec::new();
    match args.kind.parse::<Shell>() {
        Ok(shell) => clap_complete::generate(shell, &mut command, "kql", &mut text),
        Err(_) => clap_mangen::Man::new(command).render(&mut text)?,
    }
    stdout().write_all(&text)?;
    Ok(())
}
