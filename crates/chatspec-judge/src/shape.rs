//! Shapes: the committed schemas, compiled once.

use jsonschema::Validator;
use serde_json::Value;

/// The receive schema of server messages.
pub struct Shapes {
    server_message: Validator,
}

/// Why a schema cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ShapeError {
    /// It is no JSON.
    #[error("read the receive schema: {0}")]
    Json(#[from] serde_json::Error),
    /// It is no JSON Schema.
    #[error("compile the receive schema: {0}")]
    Schema(String),
}

impl Shapes {
    /// Compiles the text of `server-to-client.receive.json`.
    ///
    /// # Errors
    /// Where it is no schema.
    pub fn from_json(text: &str) -> Result<Shapes, ShapeError> {
        let schema: Value = serde_json::from_str(text)?;
        let server_message = jsonschema::validator_for(&schema)
            .map_err(|error| ShapeError::Schema(error.masked().to_string()))?;
        Ok(Shapes { server_message })
    }

    /// What is wrong with the arguments of a `chat` event of the server, in one bounded line.
    pub fn complaint(&self, args: &[Value]) -> Option<String> {
        let [message] = args else {
            return Some(format!(
                "a chat event carries exactly one object, this one {} arguments",
                args.len()
            ));
        };
        let errors: Vec<String> = self
            .server_message
            .iter_errors(message)
            .take(3)
            .map(|error| {
                let path = error.instance_path().to_string();
                format!("at ${}: {}", path.replace('/', "."), error.masked())
            })
            .collect();
        if errors.is_empty() {
            None
        } else {
            Some(errors.join("; ").chars().take(400).collect())
        }
    }
}
