//! `chatspec schema print`: the schemas.

use crate::args::{Schema, SchemaCommand};
use crate::data::Data;
use crate::exit::{Exit, Failure};
use crate::output::out::{out, outln};

/// Prints one schema, or the names of all.
pub fn run(args: &Schema) -> Result<Exit, Failure> {
    let SchemaCommand::Print { name, data } = &args.command;
    let data = Data::open(data.as_deref())?;
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
