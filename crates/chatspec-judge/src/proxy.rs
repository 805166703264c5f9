//! What passes between clients and a server, seen by somebody who stands between them.
//!
//! A proxy hands over what it has [`Seen`], in the order in which it passed. [`Watch`] says of each message at once what is wrong
//! with it: against the schemas, and against what holds in every conversation. Nothing is predicted: whoever stands between
//! sees neither what a server has still to send nor who talks past it, so that only what cannot be right is a [`Remark`]. [`Recorder`] writes what passed down as a fixture.

mod line;
mod record;
mod seen;
mod watch;

pub use line::{Finding, Line, Summary};
pub use record::Recorder;
pub use seen::{Seen, What};
pub use watch::{Remark, Scope, Second, Watch};
