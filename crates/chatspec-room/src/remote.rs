//! What happens on other servers, as far as it concerns those who are here.

use chatspec::name::UserName;

use crate::join::{self, Seat};
use crate::register::{Home, Register};
use crate::{Audience, Delivery, Remote, SessionId, leave};

pub(crate) fn remote(register: &mut Register, session: SessionId, what: Remote) -> Vec<Delivery> {
    match what {
        Remote::Joined {
            user,
            room,
            entered,
        } => {
            let mut deliveries = displace(register, session, &user);
            let seat = Seat {
                user,
                room,
                entered,
                home: Home::Away,
            };
            deliveries.extend(join::place(register, session, seat));
            deliveries
        }
        Remote::Said { audience, message } => {
            let heard = hears(register, session, &audience);
            heard
                .then_some(Delivery::Message { audience, message })
                .into_iter()
                .collect()
        }
    }
}

/// Takes the session out that holds a name which is another's now: a name is held once. One that is here is ended, since
/// it would not know otherwise.
pub(crate) fn displace(
    register: &mut Register,
    session: SessionId,
    user: &UserName,
) -> Vec<Delivery> {
    let holder = register.holder(user.key());
    let Some(holder) = holder.filter(|holder| *holder != session) else {
        return Vec::new();
    };
    let is_here = register.is_here(holder);
    let mut deliveries = leave::depart(register, holder);
    deliveries.extend(is_here.then_some(Delivery::Expel { session: holder }));
    deliveries
}

/// Whether what a session of another server says is for anybody here. One who is no member says nothing to members, and a
/// private message is for a member of the same room.
fn hears(register: &Register, session: SessionId, audience: &Audience) -> bool {
    let Some(sender) = register.record(session) else {
        return false;
    };
    match audience {
        // rule: chat.private.members
        Audience::Session(target) => register.record(*target).is_some_and(|target| {
            target.home == Home::Here && target.room.key() == sender.room.key()
        }),
        // rule: chat.members-only
        Audience::Room { room, .. } => sender.room.key() == room,
        Audience::Joined { .. } => true,
    }
}
