//! From JSON to [`Schema`].

use std::collections::BTreeSet;
use std::rc::Rc;

use serde_json::{Map, Value};

use super::{Kind, Schema, SchemaError, portable};
use crate::compat::automaton::Pattern;

/// The one draft that is understood.
const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";
/// Whole numbers beyond this one are not the same in every language.
const EXACT: f64 = 9_007_199_254_740_992.0;
/// Keywords that say nothing about which values are valid.
pub const ANNOTATIONS: &[&str] = &[
    "$comment",
    "contentEncoding",
    "contentMediaType",
    "contentSchema",
    "default",
    "deprecated",
    "description",
    "discriminator",
    "examples",
    "format",
    "readOnly",
    "title",
    "writeOnly",
];
/// Keywords of the draft that the algebra does not have.
const OUTSIDE: &[&str] = &[
    "$anchor",
    "$dynamicAnchor",
    "$dynamicRef",
    "$vocabulary",
    "contains",
    "dependentRequired",
    "dependentSchemas",
    "else",
    "if",
    "maxContains",
    "minContains",
    "patternProperties",
    "prefixItems",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
];

/// Parses a whole document. Local references are followed; the result has none.
///
/// # Errors
/// It is no schema, of another draft, refers to somewhere else or to itself, or has a keyword or a regular expression
/// outside the algebra.
pub fn parse(document: &Value) -> Result<Rc<Schema>, SchemaError> {
    let Value::Object(root) = document else {
        return Err(wrong("$", "is no schema: a document is an object"));
    };
    match root.get("$schema") {
        Some(Value::String(draft)) if draft.trim_end_matches('#') == DRAFT => {}
        Some(other) => {
            let what = format!("the draft {other} is not supported; there is {DRAFT}");
            return Err(wrong("$.$schema", what));
        }
        None => {
            let what =
                format!("is no schema, or of an unknown draft: it lacks \"$schema\": \"{DRAFT}\"");
            return Err(wrong("$", what));
        }
    }
    if let Some(defs) = root.get("$defs") {
        let parser = Parser { document };
        let Value::Object(defs) = defs else {
            return Err(wrong("$.$defs", "has to be an object"));
        };
        // A definition that nobody refers to is checked, too.
        for (name, definition) in defs {
            let mut seen = vec![format!("#/$defs/{name}")];
            parser.schema(definition, &step("$.$defs", name), &mut seen)?;
        }
    }
    Parser { document }.schema(document, "$", &mut vec!["#".to_owned()])
}

struct Parser<'a> {
    document: &'a Value,
}

impl Parser<'_> {
    fn schema(
        &self,
        value: &Value,
        path: &str,
        seen: &mut Vec<String>,
    ) -> Result<Rc<Schema>, SchemaError> {
        let map = match value {
            Value::Bool(allowed) => {
                return Ok(Rc::new(Schema {
                    never: !allowed,
                    ..Schema::default()
                }));
            }
            Value::Object(map) => map,
            _ => return Err(wrong(path, "is no schema: neither an object nor a boolean")),
        };
        let mut schema = Schema::default();
        for (keyword, value) in map {
            let at = step(path, keyword);
            self.keyword(&mut schema, keyword, value, (path, &at), seen)?;
        }
        Ok(Rc::new(schema))
    }

    fn keyword(
        &self,
        schema: &mut Schema,
        keyword: &str,
        value: &Value,
        (path, at): (&str, &str),
        seen: &mut Vec<String>,
    ) -> Result<(), SchemaError> {
        match keyword {
            "type" => kinds(schema, value, at)?,
            "enum" => limit_values(schema, array(value, at)?.clone()),
            "const" => limit_values(schema, vec![value.clone()]),
            "minLength" => schema.min_length = count(value, at)?,
            "maxLength" => schema.max_length = Some(count(value, at)?),
            "pattern" => schema.pattern = Some(pattern(value, at)?),
            "minimum" => schema.at_least.push((number(value, at)?, false)),
            "exclusiveMinimum" => schema.at_least.push((number(value, at)?, true)),
            "maximum" => schema.at_most.push((number(value, at)?, false)),
            "exclusiveMaximum" => schema.at_most.push((number(value, at)?, true)),
            "multipleOf" => schema.multiple = Some(positive(value, at)?),
            "properties" => {
                for (name, inner) in object(value, at)? {
                    let inner = self.schema(inner, &step(at, name), seen)?;
                    schema.properties.insert(name.clone(), inner);
                }
            }
            "required" => {
                for name in array(value, at)? {
                    schema.required.insert(text(name, at)?.to_owned());
                }
            }
            "additionalProperties" => schema.extra = Some(self.schema(value, at, seen)?),
            "minProperties" => schema.min_properties = count(value, at)?,
            "maxProperties" => schema.max_properties = Some(count(value, at)?),
            "items" => schema.items = Some(self.schema(value, at, seen)?),
            "minItems" => schema.min_items = count(value, at)?,
            "maxItems" => schema.max_items = Some(count(value, at)?),
            "uniqueItems" => {
                schema.unique = value
                    .as_bool()
                    .ok_or_else(|| wrong(at, "has to be true or false"))?;
            }
            "allOf" => schema.all.extend(self.several(value, at, seen)?),
            "anyOf" => schema.any = Some(self.several(value, at, seen)?),
            "oneOf" => schema.one = Some(self.several(value, at, seen)?),
            "not" => schema.not = Some(self.schema(value, at, seen)?),
            "$ref" => schema.all.push(self.reference(value, at, seen)?),
            "$schema" | "$id" | "$defs" if path == "$" => {}
            "$schema" | "$id" | "$defs" => {
                return Err(wrong(at, format!("`{keyword}` belongs to the root alone")));
            }
            known if ANNOTATIONS.contains(&known) || known.starts_with("x-") => {}
            known if OUTSIDE.contains(&known) => {
                let what = format!(
                    "`{known}` is outside the algebra: whether this change breaks anybody cannot be proven"
                );
                return Err(wrong(at, what));
            }
            unknown => return Err(wrong(at, format!("`{unknown}` is no keyword of the draft"))),
        }
        Ok(())
    }

    fn several(
        &self,
        value: &Value,
        at: &str,
        seen: &mut Vec<String>,
    ) -> Result<Vec<Rc<Schema>>, SchemaError> {
        let list = array(value, at)?;
        if list.is_empty() {
            return Err(wrong(at, "has to hold a schema at least"));
        }
        list.iter()
            .enumerate()
            .map(|(index, inner)| self.schema(inner, &format!("{at}[{index}]"), seen))
            .collect()
    }

    fn reference(
        &self,
        value: &Value,
        at: &str,
        seen: &mut Vec<String>,
    ) -> Result<Rc<Schema>, SchemaError> {
        let target = text(value, at)?;
        let Some(pointer) = target.strip_prefix('#') else {
            let what = format!("{target:?} is a remote reference; put what it names under $defs");
            return Err(wrong(at, what));
        };
        if seen.iter().any(|other| other == target) {
            let what = format!("{target:?} leads back to itself; recursion is outside the algebra");
            return Err(wrong(at, what));
        }
        let inner = self
            .document
            .pointer(pointer)
            .ok_or_else(|| wrong(at, format!("{target:?} names nothing in this file")))?;
        seen.push(target.to_owned());
        let path = pointer
            .split('/')
            .skip(1)
            .fold("$".to_owned(), |path, name| step(&path, name));
        let parsed = self.schema(inner, &path, seen);
        seen.pop();
        parsed
    }
}

fn kinds(schema: &mut Schema, value: &Value, at: &str) -> Result<(), SchemaError> {
    let one = [value.clone()];
    let names = match value {
        Value::Array(names) => names.as_slice(),
        _ => &one,
    };
    let mut kinds = BTreeSet::new();
    let mut any_number = false;
    for name in names {
        kinds.insert(match text(name, at)? {
            "null" => Kind::Null,
            "boolean" => Kind::Boolean,
            "integer" => {
                schema.whole = true;
                Kind::Number
            }
            "number" => {
                any_number = true;
                Kind::Number
            }
            "string" => Kind::String,
            "array" => Kind::Array,
            "object" => Kind::Object,
            other => return Err(wrong(at, format!("{other:?} is no type"))),
        });
    }
    schema.whole &= !any_number;
    schema.kinds = Some(kinds);
    Ok(())
}

/// `enum` and `const` may stand side by side: then a value is in both.
fn limit_values(schema: &mut Schema, values: Vec<Value>) {
    schema.values = Some(match schema.values.take() {
        None => values,
        Some(known) => known
            .into_iter()
            .filter(|value| values.contains(value))
            .collect(),
    });
}

fn pattern(value: &Value, at: &str) -> Result<Rc<Pattern>, SchemaError> {
    let source = text(value, at)?;
    portable(source).map_err(|what| {
        wrong(
            at,
            format!("{what}; such an expression is not the same in every language"),
        )
    })?;
    Pattern::new(source).map(Rc::new).map_err(|what| {
        wrong(
            at,
            format!("{source:?} is no usable regular expression: {what}"),
        )
    })
}

fn count(value: &Value, at: &str) -> Result<u64, SchemaError> {
    value
        .as_u64()
        .ok_or_else(|| wrong(at, "has to be a whole number, 0 or more"))
}

fn number(value: &Value, at: &str) -> Result<f64, SchemaError> {
    value
        .as_f64()
        .filter(|number| number.abs() <= EXACT)
        .ok_or_else(|| wrong(at, "has to be a number between -2^53 and 2^53"))
}

fn positive(value: &Value, at: &str) -> Result<f64, SchemaError> {
    number(value, at).and_then(|number| match number > 0.0 {
        true => Ok(number),
        false => Err(wrong(at, "has to be more than 0")),
    })
}

fn array<'a>(value: &'a Value, at: &str) -> Result<&'a Vec<Value>, SchemaError> {
    value
        .as_array()
        .ok_or_else(|| wrong(at, "has to be an array"))
}

fn object<'a>(value: &'a Value, at: &str) -> Result<&'a Map<String, Value>, SchemaError> {
    value
        .as_object()
        .ok_or_else(|| wrong(at, "has to be an object"))
}

fn text<'a>(value: &'a Value, at: &str) -> Result<&'a str, SchemaError> {
    value
        .as_str()
        .ok_or_else(|| wrong(at, "has to be a string"))
}

fn step(path: &str, name: &str) -> String {
    let plain = !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "$_-".contains(c));
    match plain {
        true => format!("{path}.{name}"),
        false => format!("{path}[{name:?}]"),
    }
}

fn wrong(path: &str, what: impl Into<String>) -> SchemaError {
    SchemaError {
        path: path.to_owned(),
        what: what.into(),
    }
}
