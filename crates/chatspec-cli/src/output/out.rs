//! Standard output, whose reader may go away at any time (`| head`): then the rest is lost, but neither the run nor its exit code.

/// Prints a line; styles only where a terminal shows them.
macro_rules! outln {
    ($($part:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(anstream::stdout(), $($part)*);
    }};
}

/// Prints a text as it is.
macro_rules! out {
    ($text:expr) => {{
        use std::io::Write as _;
        let _ = write!(std::io::stdout(), "{}", $text);
    }};
}

pub(crate) use {out, outln};
