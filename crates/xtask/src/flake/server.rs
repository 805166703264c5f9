//! The servers that the conversations are played with.

use std::process::Command;

use clap::ValueEnum;

use crate::root;

/// A server that conforms, so that no verdict has a reason to change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Server {
    /// The reference server, in the program itself.
    Embedded,
    /// The independent one on Flask.
    Flask,
    /// The independent one on Node.
    Node,
}

impl Server {
    /// All of them.
    pub const ALL: [Server; 3] = [Server::Embedded, Server::Flask, Server::Node];

    /// Its name.
    pub fn word(self) -> &'static str {
        match self {
            Server::Embedded => "embedded",
            Server::Flask => "flask",
            Server::Node => "node",
        }
    }

    /// Runs, where nobody says how many.
    pub fn runs(self) -> u32 {
        match self {
            Server::Embedded => 200,
            Server::Flask | Server::Node => 50,
        }
    }

    /// What `chatspec test` needs to find it. Each run starts its own.
    pub(super) fn args(self) -> Vec<String> {
        match self.script() {
            None => vec![],
            Some(script) => vec!["--cmd".to_owned(), format!("'{script}' {{port}}")],
        }
    }

    /// Installs what it is built on, so that no run has to.
    pub(super) fn set_up(self) -> Result<(), String> {
        let Some(script) = self.script() else {
            return Ok(());
        };
        let status = Command::new(&script).arg("--setup").status();
        match status.is_ok_and(|status| status.success()) {
            true => Ok(()),
            false => Err(format!("set up {script}")),
        }
    }

    fn script(self) -> Option<String> {
        let path = root().join("conformance/interop").join(self.word());
        (self != Server::Embedded).then(|| path.join("run").display().to_string())
    }
}
