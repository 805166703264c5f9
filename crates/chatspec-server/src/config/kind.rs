//! Kinds of settings: what a value is in the program, and how it is written.

use std::fmt::Display;
use std::marker::PhantomData;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use super::error::Problem;
use super::setting::{Bounds, Form};
use crate::rate::Rate;

/// A kind of setting.
pub(super) trait Kind {
    /// What the program has.
    type Is;
    /// How it is written.
    const FORM: Form;
    /// What a number counts; empty where that says nothing.
    const UNIT: &'static str = "";
    /// Reads what was written, which is one text for anything but a list.
    fn read(texts: &[String], bounds: Option<Bounds>) -> Result<Self::Is, Problem>;
    /// Writes it.
    fn show(is: &Self::Is) -> Vec<String>;
}

/// A duration of whole milliseconds.
pub(super) struct Milliseconds;

impl Kind for Milliseconds {
    type Is = Duration;
    const FORM: Form = Form::Number;
    const UNIT: &'static str = "milliseconds";

    fn read(texts: &[String], bounds: Option<Bounds>) -> Result<Duration, Problem> {
        number(texts, bounds).map(Duration::from_millis)
    }

    fn show(is: &Duration) -> Vec<String> {
        vec![is.as_millis().to_string()]
    }
}

macro_rules! counts {
    ($($(#[doc = $doc:literal])+ $name:ident, $unit:literal;)+) => {$(
        $(#[doc = $doc])+
        pub(super) struct $name;

        impl Kind for $name {
            type Is = usize;
            const FORM: Form = Form::Number;
            const UNIT: &'static str = $unit;

            fn read(texts: &[String], bounds: Option<Bounds>) -> Result<usize, Problem> {
                // Bounds of counts are far below what any machine can count to.
                number(texts, bounds).map(|number| usize::try_from(number).unwrap_or(usize::MAX))
            }

            fn show(is: &usize) -> Vec<String> {
                vec![is.to_string()]
            }
        }
    )+};
}

counts! {
    /// A length in bytes.
    Bytes, "bytes";
    /// A number of things.
    Count, "";
}

/// A text that is never empty.
pub(super) struct Text;

impl Kind for Text {
    type Is = String;
    const FORM: Form = Form::Text;

    fn read(texts: &[String], _: Option<Bounds>) -> Result<String, Problem> {
        match texts.last() {
            Some(text) if !text.is_empty() => Ok(text.clone()),
            _ => Err(Problem::new("is empty", "write a text")),
        }
    }

    fn show(is: &String) -> Vec<String> {
        vec![is.clone()]
    }
}

/// Yes or no.
pub(super) struct Switch;

impl Kind for Switch {
    type Is = bool;
    const FORM: Form = Form::Switch;

    fn read(texts: &[String], _: Option<Bounds>) -> Result<bool, Problem> {
        let text = texts.last().map_or("", |text| text.trim());
        text.parse().map_err(|_| {
            Problem::new(
                format!("{text:?} is neither yes nor no"),
                "write true or false",
            )
        })
    }

    fn show(is: &bool) -> Vec<String> {
        vec![is.to_string()]
    }
}

/// A file, or none.
pub(super) struct File;

impl Kind for File {
    type Is = Option<PathBuf>;
    const FORM: Form = Form::File;

    fn read(texts: &[String], _: Option<Bounds>) -> Result<Option<PathBuf>, Problem> {
        Ok(texts
            .last()
            .filter(|path| !path.is_empty())
            .map(PathBuf::from))
    }

    fn show(is: &Option<PathBuf>) -> Vec<String> {
        is.iter().map(|path| path.display().to_string()).collect()
    }
}

/// Something that is written as text, or nothing.
pub(super) struct Maybe<T>(PhantomData<T>);

impl<T: FromStr<Err: Display> + Display> Kind for Maybe<T> {
    type Is = Option<T>;
    const FORM: Form = Form::Text;

    fn read(texts: &[String], _: Option<Bounds>) -> Result<Option<T>, Problem> {
        let text = texts.last().map(String::as_str).unwrap_or_default();
        if text.is_empty() {
            return Ok(None);
        }
        // It may hold a password, so it is not repeated.
        let parse = text.parse();
        parse
            .map(Some)
            .map_err(|mend: T::Err| Problem::new("cannot be used", mend.to_string()))
    }

    fn show(is: &Option<T>) -> Vec<String> {
        is.iter().map(T::to_string).collect()
    }
}

/// Any number of things that are written as text.
pub(super) struct List<T>(PhantomData<T>);

impl<T: FromStr<Err: Display> + Display> Kind for List<T> {
    type Is = Vec<T>;
    const FORM: Form = Form::List;

    fn read(texts: &[String], _: Option<Bounds>) -> Result<Vec<T>, Problem> {
        let parse = |text: &String| {
            text.parse().map_err(|mend: T::Err| {
                Problem::new(format!("{text:?} cannot be used"), mend.to_string())
            })
        };
        texts.iter().map(parse).collect()
    }

    fn show(is: &Vec<T>) -> Vec<String> {
        is.iter().map(T::to_string).collect()
    }
}

/// So many a second, and so many at once.
pub(super) struct PerSecond;

impl Kind for PerSecond {
    type Is = Rate;
    const FORM: Form = Form::Text;
    const UNIT: &'static str = "a second/at once";

    fn read(texts: &[String], _: Option<Bounds>) -> Result<Rate, Problem> {
        let text = texts.last().map_or("", |text| text.trim());
        text.parse().map_err(|_| {
            Problem::new(
                format!("{text:?} is no rate"),
                "write so many a second and so many at once, such as 20/256, or none",
            )
        })
    }

    fn show(is: &Rate) -> Vec<String> {
        vec![is.to_string()]
    }
}

fn number(texts: &[String], bounds: Option<Bounds>) -> Result<u64, Problem> {
    let text = texts.last().map_or("", |text| text.trim());
    let (min, max) = bounds.unwrap_or((0, u64::MAX));
    let mend = || format!("write a whole number from {min} to {max}");
    match text.replace('_', "").parse::<u64>() {
        Ok(number) if (min..=max).contains(&number) => Ok(number),
        Ok(_) => Err(Problem::new(format!("{text} is out of bounds"), mend())),
        Err(_) => Err(Problem::new(
            format!("{text:?} is no number that can be used"),
            mend(),
        )),
    }
}
