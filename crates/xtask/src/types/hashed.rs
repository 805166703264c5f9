//! Whether generated files are up to date, by the hashes in their first two lines: of the schema that they are made of,
//! and of all that follows.

use std::fs;
use std::path::Path;

use super::{Language, script};
use crate::requirements::hash_of;

/// Compares the hashes of each file with the schemas as they are, and with the file.
///
/// # Errors
/// One line a file that is not of its schema, or was changed by hand; and the mend.
pub fn check(root: &Path, language: &Language) -> Result<(), Vec<String>> {
    let folder = script::folder(root, language).join(language.folder);
    let schemas = root.join("schemas/protocol/v1");
    let mut problems: Vec<String> = language
        .files
        .iter()
        .filter_map(|file| {
            let why = match fs::read_to_string(folder.join(file)) {
                Ok(text) => differs(&schemas, &text)?,
                Err(_) => "the file is missing".to_owned(),
            };
            let (name, folder) = (language.name, language.folder);
            Some(format!("clients/{name}/{folder}/{file}: {why} (CODEGEN)"))
        })
        .collect();
    if problems.is_empty() {
        return Ok(());
    }
    problems.push(format!("to mend this: clients/{}/generate", language.name));
    Err(problems)
}

/// Why this is not what the generator makes, if so.
fn differs(schemas: &Path, text: &str) -> Option<String> {
    let Some((schema, of_schema, of_rest, rest)) = head(text) else {
        return Some("its first two lines hold no hashes".to_owned());
    };
    let Ok(is) = fs::read_to_string(schemas.join(schema)) else {
        return Some(format!("it is of {schema}, which cannot be read"));
    };
    if hash_of(&is) != of_schema {
        return Some(format!("{schema} has changed since it was made"));
    }
    (hash_of(rest) != of_rest).then(|| "it was changed by hand".to_owned())
}

/// The name of the schema, its hash, the hash of what follows, and that.
fn head(text: &str) -> Option<(&str, &str, &str, &str)> {
    let (first, text) = text.split_once('\n')?;
    let (second, rest) = text.split_once('\n')?;
    let (schema, of_schema) = first.strip_prefix("// of ")?.split_once(" sha256:")?;
    let of_rest = second.strip_prefix("// below this line sha256:")?;
    Some((schema, of_schema, of_rest, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_schema_and_another_text_are_told_apart() {
        let schemas = tempfile::tempdir().unwrap();
        let schema = schemas.path().join("one.json");
        fs::write(&schema, "{}").unwrap();
        let text = format!(
            "// of one.json sha256:{}\n// below this line sha256:{}\nstruct One;\n",
            hash_of("{}"),
            hash_of("struct One;\n")
        );
        let differs = |text: &str| differs(schemas.path(), text).unwrap_or_default();
        assert_eq!(differs(&text), "");
        assert_eq!(
            differs(&text.replace("struct", "enum")),
            "it was changed by hand"
        );
        assert_eq!(
            differs("struct One;\n"),
            "its first two lines hold no hashes"
        );
        assert_eq!(
            differs(&text.replace("one.json", "two.json")),
            "it is of two.json, which cannot be read"
        );
        fs::write(&schema, "{\"type\":\"object\"}").unwrap();
        assert_eq!(differs(&text), "one.json has changed since it was made");
    }
}
