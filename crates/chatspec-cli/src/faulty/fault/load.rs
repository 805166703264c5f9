//! Faults of those limits that keep one client from using up everybody's server.

use chatspec::refusal::Code;
use chatspec_room::Delivery;

use super::{Fault, fault};
use crate::hooks::after;

pub const FAULTS: &[Fault] = &[
    fault(
        "retry-missing",
        "A refusal for load does not say how long to wait.",
        |server| {
            after(server, |_, mut deliveries| {
                for delivery in &mut deliveries {
                    if let Delivery::Refuse { refusal, .. } = delivery
                        && refusal.code == Code::RateLimited
                    {
                        refusal.retry_ms = None;
                    }
                }
                deliveries
            });
        },
    ),
    fault(
        "flooder-kept",
        "However often a connection is refused for load, it stays.",
        |server| server.config.penalty_refusals = 1_000_000,
    ),
];
