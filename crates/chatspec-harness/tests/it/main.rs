//! The harness against small servers of its own, over real sockets.

mod wire;
