//! `chatspec completions` and `chatspec man`: both from the definition of the arguments.

use clap::CommandFactory;

use crate::args::{Args, Completions, Man};
use crate::exit::{Exit, Failure};
use crate::output::out::out;

/// Prints the completions of a shell.
pub fn completions(args: &Completions) -> Result<Exit, Failure> {
    let mut text = Vec::new();
    let mut command = Args::command();
    clap_complete::generate(args.shell, &mut command, "chatspec", &mut text);
    out!(String::from_utf8_lossy(&text));
    Ok(Exit::Conforms)
}

/// Prints the manual page of the program, or of one command, as `man -l -` reads it.
pub fn page(args: &Man) -> Result<Exit, Failure> {
    let mut program = Args::command();
    program.build();
    let command = match &args.command {
        None => program,
        Some(name) => {
            let known: Vec<&str> = program
                .get_subcommands()
                .map(clap::Command::get_name)
                .collect();
            let unknown = || {
                Failure::usage(format!(
                    "find the command {name:?}; there are {}",
                    known.join(", ")
                ))
            };
            let found = program.find_subcommand(name).ok_or_else(unknown)?;
            found.clone()
        }
    };
    // As `git-log(1)`: pages of commands have names of their own.
    let title = match &args.command {
        None => "chatspec".to_owned(),
        Some(name) => format!("chatspec-{name}"),
    };
    let mut text = Vec::new();
    clap_mangen::Man::new(command)
        .title(title)
        .render(&mut text)
        .map_err(|error| Failure::ours(format!("write the manual page: {error}")))?;
    out!(String::from_utf8_lossy(&text));
    Ok(Exit::Conforms)
}
