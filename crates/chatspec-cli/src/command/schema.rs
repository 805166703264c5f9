//! `chatspec schema`: the schemas, and messages held against them.

mod corpus;
mod diff;
mod replay;
mod validate;

pub(super) use self::validate::opinion;

use std::path::Path;

use crate::args::{Schema, SchemaCommand};
use crate::data::Data;
use crate::exit::{Exit, Failure};
use crate::output::out::{out, outln};

/// Runs one of its commands.
pub async fn run(args: &Schema) -> Result<Exit, Failure> {
    match &args.command {
        SchemaCommand::Print { name, data } => print(name.as_deref(), data.as_deref()),
        SchemaCommand::Validate(args) => validate::run(args),
        SchemaCommand::Diff(args) => diff::run(args),
        SchemaCommand::Replay(args) => replay::run(args).await,
        SchemaCommand::Corpus(args) => corpus::run(args),
    }
}

/// Prints one schema, or the names of all.
fn print(name: Option<&str>, data: Option<&Path>) -> Result<Exit, Failure> {
    let data = Data::open(data)?;
    match name {
        None => data
            .below("schemas/")
            .for_each(|(path, _)| outln!("{}", path.trim_start_matches("schemas/"))),
        Some(name) => {
            let path = format!("schemas/{}", name.trim_start_matches("schemas/"));
            let found = data.below("schemas/").find(|(known, _)| *known == path);
            let (_, text) = found.ok_or_else(|| {
                let known: Vec<&str> = data.below("schemas/").map(|(path, _)| path).collect();
                Failure::usage(format!(
                    "find the schema {name:?}; there are {}",
                    known.join(", ")
                ))
            })?;
            out!(text);
        }
    }
    Ok(Exit::Conforms)
}
