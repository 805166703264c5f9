//! Where settings come from. Each source is laid over those before it: file, environment, flags.

use toml::de::{DeTable, DeValue};

use super::error::{ConfigError, Place, Problem};
use super::setting::{Form, Setting};
use super::{Config, TABLE};

/// What the name of every environment variable begins with.
pub const PREFIX: &str = "CHATSPEC_";

/// Variables that are not settings: the file itself, and the server's address for the examples of clients.
const OTHER_VARIABLES: [&str; 2] = ["CHATSPEC_CONFIG", "CHATSPEC_URL"];

const HINT: &str = "`chatspec serve --print-config` prints every setting";

impl Config {
    /// Lays the text of a TOML file over the settings.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] with the name of the file and a line, if it is no TOML, names what cannot be set, or sets what
    /// cannot be used.
    pub fn lay_file(&mut self, file: &str, text: &str) -> Result<(), ConfigError> {
        let place = |offset: usize| Place::File {
            file: file.to_owned(),
            line: text[..offset.min(text.len())].matches('\n').count() + 1,
        };
        let table = DeTable::parse(text).map_err(|error| {
            let offset = error.span().map_or(0, |span| span.start);
            Problem::new(error.message(), "write TOML").at(place(offset))
        })?;
        for (key, value) in table.get_ref() {
            let setting = find(key.get_ref(), Setting::key)
                .ok_or_else(|| unknown(key.get_ref()).at(place(key.span().start)))?;
            let at = || place(value.span().start);
            let texts = texts(setting, value.get_ref()).map_err(|problem| problem.at(at()))?;
            setting
                .set(self, &texts)
                .map_err(|problem| named(setting, problem).at(at()))?;
        }
        Ok(())
    }

    /// Lays those environment variables over the settings that begin with [`PREFIX`]. Lists are separated by commas.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] with the name of a variable that is no setting, or sets what cannot be used.
    pub fn lay_environment(
        &mut self,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<(), ConfigError> {
        let ours = |name: &str| name.starts_with(PREFIX) && !OTHER_VARIABLES.contains(&name);
        for (name, value) in variables {
            if !ours(&name) {
                continue;
            }
            let place = Place::Variable(name.clone());
            let Some(setting) = find(&name, Setting::variable) else {
                return Err(unknown(&name).at(place));
            };
            let texts = match setting.form {
                Form::List => value
                    .split(',')
                    .map(|part| part.trim().to_owned())
                    .filter(|part| !part.is_empty())
                    .collect(),
                _ => vec![value],
            };
            setting
                .set(self, &texts)
                .map_err(|problem| problem.at(place))?;
        }
        Ok(())
    }

    /// Lays one flag over the settings: all the values that a list has, or one.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] with the name of the flag, if the setting cannot be this.
    pub fn lay_flag(&mut self, setting: &Setting, values: &[String]) -> Result<(), ConfigError> {
        setting
            .set(self, values)
            .map_err(|problem| problem.at(Place::Flag(setting.key())))
    }
}

fn find(name: &str, named: impl Fn(&Setting) -> String) -> Option<&'static Setting> {
    TABLE.iter().find(|setting| named(setting) == name)
}

fn unknown(name: &str) -> Problem {
    Problem::new(format!("there is no setting {name:?}"), HINT)
}

/// In a file the place is a line, which does not say what is set there.
fn named(setting: &Setting, problem: Problem) -> Problem {
    Problem {
        problem: format!("{}: {}", setting.key(), problem.problem),
        ..problem
    }
}

/// The texts of a value of the right form.
fn texts(setting: &Setting, value: &DeValue<'_>) -> Result<Vec<String>, Problem> {
    let wrong = |form: &str| {
        let problem = format!("{} takes no {}", setting.key(), value.type_str());
        Err(Problem::new(problem, format!("write {form}")))
    };
    match (setting.form, value) {
        (Form::Number, DeValue::Integer(number)) if number.radix() == 10 => {
            Ok(vec![number.as_str().to_owned()])
        }
        (Form::Number, _) => wrong("a whole number in decimal, without quotes"),
        (Form::Switch, DeValue::Boolean(is)) => Ok(vec![is.to_string()]),
        (Form::Switch, _) => wrong("true or false, without quotes"),
        (Form::Text | Form::File, DeValue::String(text)) => Ok(vec![text.clone().into_owned()]),
        (Form::Text | Form::File, _) => wrong("a string in quotes"),
        (Form::List, DeValue::Array(items)) => {
            let strings = items.iter().map(|item| item.get_ref().as_str());
            match strings.map(|text| text.map(str::to_owned)).collect() {
                Some(texts) => Ok(texts),
                None => wrong("strings in quotes, in square brackets"),
            }
        }
        (Form::List, _) => wrong("strings in quotes, in square brackets"),
    }
}
