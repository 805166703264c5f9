//! `chatspec lint`: checks fixtures.

use chatspec_judge::client;
use chatspec_judge::fixture::lint;

use crate::args::Lint;
use crate::data::{self, Data, plural};
use crate::exit::{Exit, Failure};
use crate::output::out::outln;

/// Loads and lints files and folders; every mistake has a place and a mend. What nobody has reviewed is one.
pub fn run(args: &Lint) -> Result<Exit, Failure> {
    let rules = Data::open(args.data.as_deref())?.rules()?;
    let texts = data::given(&args.files)?;
    let count = texts.len();
    let (scripts, fixtures): (Vec<_>, Vec<_>) = texts
        .into_iter()
        .partition(|(path, text)| client::is_script(path, text));
    let scripts = scripts
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()));
    let mut errors = data::scripts(scripts, &rules).err().unwrap_or_default();
    match data::load(fixtures.into_iter(), &rules) {
        Ok(fixtures) => errors.extend(fixtures.iter().filter_map(lint::unreviewed)),
        Err(found) => errors.extend(found),
    }
    if !errors.is_empty() {
        return Err(data::broken(&errors));
    }
    outln!("{}: nothing to say", plural(count, "fixture"));
    Ok(Exit::Conforms)
}
