//! What people see of a load: a line while it lasts, a summary, and a page.

pub mod human;
mod line;
pub mod page;
mod plot;

pub use self::line::Line;
