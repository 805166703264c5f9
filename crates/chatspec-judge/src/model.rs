//! What a right server does with a history that nobody wrote down: random acts go in, and what everybody must, may and must not
//! receive comes out.
//!
//! The model answers every question by looking back over the history: who is where under which name, and since when. It keeps
//! no rooms and no members, as a server does, so that it does not share a server's mistakes; each answer names the rule that it
//! rests on. Where the profile leaves a choice to the server, what it may send is allowed and nothing is asked for; acts whose
//! outcome the profile leaves wholly open are left out of histories ([`History::playable`]).
//!
//! [`conversation`] writes a history down as a fixture, with what the model says as its expectations: so whatever an exploration
//! finds is played, judged and reported by what plays, judges and reports everything else, and can be kept.

mod conversation;
mod fold;
mod history;
mod odd;
mod random;
mod shrink;

pub use conversation::conversation;
pub use fold::{Answer, Heard, Model, What};
pub use history::{Act, Deed, History, Name, Place, Spelling, Text};
pub use odd::Odd;
pub use random::Dice;
pub use shrink::smaller;
