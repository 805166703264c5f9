//! `chatspec matrix`: the reports of several servers, side by side.

use std::path::Path;

use crate::args::Matrix as Args;
use crate::command::report;
use crate::exit::{Exit, Failure};
use crate::output::matrix::{Matrix, badge, html, markdown};
use crate::output::out::out;
use crate::output::write;

/// Writes every form that is asked for; Markdown to stdout where none is.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    let mut matrix = Matrix::default();
    for given in &args.reports {
        let (name, path) = named(given);
        let report = report::load(path)?;
        let name = name.map_or_else(|| report.summary.target.clone(), str::to_owned);
        matrix.add(&name, report);
    }
    let badges = args.badge_svg.is_some() || args.badge_json.is_some();
    if badges && matrix.columns().len() != 1 {
        return Err(Failure::usage(format!(
            "make a badge: it is of one server, and these reports are of {} (a name, profile or revision each)",
            matrix.columns().len()
        )));
    }
    let mut written = false;
    let mut put = |path: &Option<std::path::PathBuf>, text: &dyn Fn() -> String| match path {
        None => Ok(()),
        Some(path) => {
            written = true;
            match path.as_os_str() == "-" {
                true => {
                    out!(text());
                    Ok(())
                }
                false => write::replace(path, &text()),
            }
        }
    };
    put(&args.html, &|| html::render(&matrix))?;
    put(&args.markdown, &|| markdown::render(&matrix))?;
    put(&args.badge_svg, &|| badge::svg(&matrix.columns()[0].report))?;
    put(&args.badge_json, &|| {
        badge::json(&matrix.columns()[0].report)
    })?;
    if !written {
        out!(markdown::render(&matrix));
    }
    Ok(Exit::Conforms)
}

/// `NAME=PATH`, or a path alone: also one that has a `=` in it, where there is such a file.
fn named(given: &str) -> (Option<&str>, &Path) {
    match given.split_once('=') {
        Some((name, path)) if !name.is_empty() && !Path::new(given).exists() => {
            (Some(name), Path::new(path))
        }
        _ => (None, Path::new(given)),
    }
}
