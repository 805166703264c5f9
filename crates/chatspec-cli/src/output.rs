//! What people and programs get to see.

pub mod diagram;
mod flaky;
pub mod github;
pub mod html;
pub mod human;
pub mod junit;
mod known;
pub mod live;
pub mod load;
pub mod log;
pub mod markdown;
pub mod matrix;
pub mod out;
pub mod safe;
pub mod shorten;
pub mod tap;
pub mod trace;
mod trust;
pub mod view;
pub mod wanted;
pub mod write;
