//! The referee against the committed spec and fixtures.

mod fixtures;
