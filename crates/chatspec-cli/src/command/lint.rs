//! `chatspec lint`: checks fixtures.

use crate::args::Lint;
use crate::data::{self, Data, plural};
use crate::exit::{Exit, Failure};
use crate::output::out::outln;

/// Loads and lints files and folders; every mistake has a place and a mend.
pub fn run(args: &Lint) -> Result<Exit, Failure> {
    let rules = Data::open(args.data.as_deref())?.rules()?;
    let texts = data::given(&args.files)?;
    let count = texts.len();
    data::load(texts.into_iter(), &rules).map_err(|errors| data::broken(&errors))?;
    outln!("{}: nothing to say", plural(count, "fixture"));
    Ok(Exit::Conforms)
}
