//! The harness against small servers of its own, over real sockets.

mod seeds;
mod wire;
