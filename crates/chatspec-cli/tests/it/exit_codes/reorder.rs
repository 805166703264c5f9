//! The reference server behind a proxy that lets listings overtake each other: right in all else, but out of order.

use tokio_tungstenite::tungstenite::Message;

use crate::proxy::{self, Proxy};

/// Starts both.
pub async fn start() -> Proxy {
    proxy::start(|batch| reverse_listings(batch)).await
}

/// Turns the order of the `users` requests around; everything else keeps its place.
fn reverse_listings(batch: &mut [Message]) {
    let is_listing = |message: &Message| matches!(message, Message::Text(text) if text.contains(r#""event":"users""#));
    let places: Vec<usize> = (0..batch.len())
        .filter(|index| is_listing(&batch[*index]))
        .collect();
    for (first, last) in places
        .iter()
        .zip(places.iter().rev())
        .take(places.len() / 2)
    {
        batch.swap(*first, *last);
    }
}
