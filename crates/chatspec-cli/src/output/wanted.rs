//! Reports that the user asks for: a format, and where it goes.

use std::path::PathBuf;

use chatspec_judge::report::Report;

use super::{github, html, junit, markdown, tap, write};
use crate::exit::Failure;

/// The formats, in the order in which help and errors name them.
const FORMATS: [(&str, Format); 6] = [
    ("json", Format::Json),
    ("junit", Format::Junit),
    ("tap", Format::Tap),
    ("html", Format::Html),
    ("markdown", Format::Markdown),
    ("github", Format::Github),
];

/// How a report is written. Every format is made from the JSON one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// The whole truth, by `schemas/suite/report.json`.
    Json,
    /// JUnit XML.
    Junit,
    /// TAP version 14.
    Tap,
    /// One page that needs nothing else.
    Html,
    /// Markdown as GitHub reads it.
    Markdown,
    /// Annotations on stdout, Markdown appended to the summary of the step.
    Github,
}

/// One report, as on the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Its format.
    pub format: Format,
    /// Where it goes.
    pub to: To,
}

/// Where a report goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum To {
    /// Standard output.
    Stdout,
    /// A file.
    File(PathBuf),
    /// Where the environment says: `$GITHUB_STEP_SUMMARY`, and nowhere where it is not set.
    Environment,
}

impl Wanted {
    /// Reads `FORMAT=PATH`; `-` is stdout, and `github` goes without a path.
    pub fn parse(text: &str) -> Result<Wanted, String> {
        let (word, path) = match text.split_once('=') {
            Some((word, path)) => (word, Some(path)),
            None => (text, None),
        };
        let (_, format) = FORMATS
            .into_iter()
            .find(|(name, _)| *name == word)
            .ok_or_else(|| {
                let names: Vec<&str> = FORMATS.iter().map(|(name, _)| *name).collect();
                format!("`{word}` is no format; there are {}", names.join(", "))
            })?;
        let to = match path {
            None if format == Format::Github => To::Environment,
            None => {
                return Err(format!(
                    "no path; write {word}=PATH, or {word}=- for stdout"
                ));
            }
            Some("") => return Err("the path is empty".to_owned()),
            Some("-") => To::Stdout,
            Some(path) => To::File(PathBuf::from(path)),
        };
        Ok(Wanted { format, to })
    }

    /// Whether stdout is this report's alone, so that nothing else may be printed there.
    pub fn takes_stdout(&self) -> bool {
        self.to == To::Stdout
    }

    /// Renders the report and puts it where it goes.
    pub fn deliver(&self, report: &Report, stdout_taken: bool) -> Result<(), Failure> {
        let text = match self.format {
            Format::Json => write::json(report)?,
            Format::Junit => junit::render(report)?,
            Format::Tap => tap::render(report),
            Format::Html => html::render(report),
            Format::Markdown => markdown::render(report),
            Format::Github => return github::deliver(report, &self.to, stdout_taken),
        };
        match &self.to {
            To::Stdout => super::out::out!(text),
            To::File(path) => write::replace(path, &text)?,
            To::Environment => {}
        }
        Ok(())
    }
}

/// Whether a report takes stdout; refuses two that want it.
pub fn stdout_taken(reports: &[Wanted], already: bool) -> Result<bool, Failure> {
    let takers = reports
        .iter()
        .filter(|wanted| wanted.takes_stdout())
        .count();
    if takers + usize::from(already) > 1 {
        return Err(Failure::usage(
            "give stdout to two reports: write one of them to a file",
        ));
    }
    Ok(takers == 1 || already)
}

#[cfg(test)]
mod tests {
    use super::{Format, To, Wanted};

    #[test]
    fn paths_dashes_and_the_environment() {
        let parsed = |text: &str| Wanted::parse(text).map(|wanted| (wanted.format, wanted.to));
        assert_eq!(parsed("json=-"), Ok((Format::Json, To::Stdout)));
        assert_eq!(
            parsed("html=a=b.html"),
            Ok((Format::Html, To::File("a=b.html".into())))
        );
        assert_eq!(parsed("github"), Ok((Format::Github, To::Environment)));
        assert_eq!(
            parsed("github=s.md"),
            Ok((Format::Github, To::File("s.md".into())))
        );
        for wrong in ["json", "json=", "yaml=x", ""] {
            assert!(parsed(wrong).is_err(), "{wrong}");
        }
    }
}
