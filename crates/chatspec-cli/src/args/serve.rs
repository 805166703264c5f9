//! The arguments of `chatspec serve`. Those that set something are made from the server's own table.

use std::path::PathBuf;

use chatspec_server::{Setting, TABLE};
use clap::{Arg, ArgAction, ArgMatches, Command, Error, FromArgMatches, Parser};

#[derive(Debug, Parser)]
pub struct Serve {
    /// Read settings from a TOML file [env: CHATSPEC_CONFIG]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Print all settings as they would be, as such a file, and serve nothing
    #[arg(long)]
    pub print_config: bool,
    #[command(flatten)]
    pub flags: Flags,
}

/// Settings that are given as flags, with what is given.
#[derive(Debug)]
pub struct Flags(pub Vec<(&'static Setting, Vec<String>)>);

impl FromArgMatches for Flags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let given = TABLE.iter().filter_map(|setting| {
            let values = matches.get_many::<String>(setting.name)?;
            Some((setting, values.cloned().collect()))
        });
        Ok(Flags(given.collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Flags::from_arg_matches(matches)?;
        Ok(())
    }
}

impl clap::Args for Flags {
    fn augment_args(command: Command) -> Command {
        TABLE
            .iter()
            .fold(command, |command, setting| command.arg(flag(setting)))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

fn flag(setting: &Setting) -> Arg {
    let default = setting.default().join(", ");
    let facts = [setting.range(), format!("default {default}")];
    let facts: Vec<&str> = facts
        .iter()
        .map(String::as_str)
        .filter(|fact| !fact.is_empty() && *fact != "default ")
        .collect();
    let help = match facts.is_empty() {
        true => setting.doc(),
        false => format!("{} [{}]", setting.doc(), facts.join("; ")),
    };
    let flag = Arg::new(setting.name)
        .long(setting.key())
        .value_name(setting.value_name())
        .help(help)
        .help_heading(setting.group);
    if setting.is_switch() {
        let flag = flag.num_args(0..=1).require_equals(true);
        return flag.default_missing_value("true");
    }
    flag.action(match setting.is_list() {
        true => ArgAction::Append,
        false => ArgAction::Set,
    })
}
