//! A row of the table.

use std::fmt;

use super::Config;
use super::error::Problem;

/// The least and the greatest number that a setting may be.
pub(super) type Bounds = (u64, u64);

/// How a setting is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Number,
    Switch,
    Text,
    File,
    List,
}

/// One thing that an operator can set.
pub struct Setting {
    /// Name of the field of [`Config`].
    pub name: &'static str,
    /// What it belongs to.
    pub group: &'static str,
    /// Unit of a number, where that is not plain.
    pub unit: &'static str,
    /// The least and the greatest number that it may be.
    pub bounds: Option<(u64, u64)>,
    pub(super) lines: &'static [&'static str],
    pub(super) form: Form,
    pub(super) read: fn(&mut Config, &[String]) -> Result<(), Problem>,
    pub(super) show: fn(&Config) -> Vec<String>,
}

impl Setting {
    /// Its name as a flag, without dashes before it, and in a file.
    pub fn key(&self) -> String {
        self.name.replace('_', "-")
    }

    /// Its name as an environment variable.
    pub fn variable(&self) -> String {
        format!("{}{}", super::PREFIX, self.name.to_uppercase())
    }

    /// What it does, in a sentence or two.
    pub fn doc(&self) -> String {
        let words: Vec<&str> = self.lines.iter().map(|line| line.trim()).collect();
        words.join(" ")
    }

    /// Whether it is any number of values.
    pub fn is_list(&self) -> bool {
        self.form == Form::List
    }

    /// Whether it is yes or no: a flag alone says yes.
    pub fn is_switch(&self) -> bool {
        self.form == Form::Switch
    }

    /// What stands for its value in a line of help.
    pub fn value_name(&self) -> &'static str {
        match (self.form, self.unit) {
            (Form::Number, "milliseconds") => "MS",
            (Form::Number, "bytes") => "BYTES",
            (Form::Number, _) => "NUMBER",
            (Form::Switch, _) => "BOOL",
            (Form::Text, "") => "TEXT",
            (Form::Text, _) => "RATE",
            (Form::File, _) => "FILE",
            (Form::List, _) => "VALUE",
        }
    }

    /// Unit and bounds of a number, empty for anything else: `milliseconds, 50 to 600000`.
    pub fn range(&self) -> String {
        let bounds = self.bounds.map(|(min, max)| format!("{min} to {max}"));
        let unit = (!self.unit.is_empty()).then(|| self.unit.to_owned());
        let parts: Vec<String> = unit.into_iter().chain(bounds).collect();
        parts.join(", ")
    }

    /// What it is where nobody sets it.
    pub fn default(&self) -> Vec<String> {
        self.show(&Config::default())
    }

    /// What it is in a configuration: one text, or as many as a list has, or none where nothing is set.
    pub fn show(&self, config: &Config) -> Vec<String> {
        (self.show)(config)
    }

    pub(super) fn set(&self, config: &mut Config, texts: &[String]) -> Result<(), Problem> {
        (self.read)(config, texts)
    }
}

impl fmt::Debug for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Setting({})", self.name)
    }
}

/// Makes [`Config`] and the table of its settings.
///
/// A row is its sentence, its name, its type, how that is written, its default, and the bounds of a number. A group says what rows belong to.
macro_rules! table {
    (@bounds) => { None };
    (@bounds $min:literal ..= $max:literal) => { Some(($min, $max)) };
    ($($group:literal { $(
        $(#[doc = $doc:literal])+
        $name:ident: $is:ty as $kind:ty = $default:expr $(, $min:literal ..= $max:literal)?;
    )+ })+) => {
        /// Settings of a server. The defaults are those of the protocol's `hardened` profile.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct Config { $($(
            $(#[doc = $doc])+
            pub $name: $is,
        )+)+ }

        impl Default for Config {
            fn default() -> Self {
                Self { $($($name: $default,)+)+ }
            }
        }

        /// Everything that can be set, in the order in which it is shown.
        pub const TABLE: &[Setting] = &[$($(Setting {
            name: stringify!($name),
            group: $group,
            unit: <$kind as Kind>::UNIT,
            bounds: table!(@bounds $($min ..= $max)?),
            lines: &[$($doc),+],
            form: <$kind as Kind>::FORM,
            read: |config, texts| {
                config.$name = <$kind as Kind>::read(texts, table!(@bounds $($min ..= $max)?))?;
                Ok(())
            },
            show: |config| <$kind as Kind>::show(&config.$name),
        },)+)+];
    };
}
pub(super) use table;
