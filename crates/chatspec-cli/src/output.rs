//! What people and programs get to see.

pub mod diagram;
mod flaky;
pub mod human;
pub mod junit;
mod known;
pub mod out;
pub mod safe;
pub mod shorten;
mod trust;
pub mod write;
