//! What comes from other nodes, at the one desk.

use std::sync::Arc;

use chatspec_room::{Action, Audience, Command, SessionId};
use socketioxide::SocketIo;

use super::{Desk, Hub};
use crate::cluster::{Answer, Cluster, Entry, Heard, Missing, Snapshot, State};
use crate::outbound::{self, Voice};
use crate::parting::Why;

impl Hub {
    /// How the link to the cluster does, if there is one.
    pub(crate) fn link_state(&self) -> Option<Arc<State>> {
        let desk = self.lock();
        let cluster = desk.cluster.as_ref()?;
        Some(Arc::clone(&cluster.state))
    }
}

/// What the link does here. Without the feature there is none.
#[cfg_attr(not(feature = "cluster"), expect(dead_code, reason = "no link"))]
impl Hub {
    /// How far the stream has been read, and the number after the greatest place in a room's order.
    pub(crate) fn progress(&self) -> (u64, u64) {
        let desk = self.lock();
        let position = desk.cluster.as_ref().map_or(0, Cluster::position);
        (position, desk.rooms.next_entry())
    }

    /// Carries out what stands in an entry.
    ///
    /// # Errors
    ///
    /// [`Missing`] if there is one missing before it.
    pub(crate) fn hear(&self, entry: Entry, io: &SocketIo) -> Result<(), Missing> {
        let mut outcome = Ok(());
        self.at_desk(|desk| outcome = desk.hear(entry, io));
        outcome
    }

    /// Something on the stream is none of ours.
    pub(crate) fn unreadable(&self) {
        if let Some(state) = self.link_state() {
            state.unreadable();
        }
    }

    /// Denies sessions their joins: by session and request.
    pub(crate) fn deny(&self, denied: &[(u64, u64)], io: &SocketIo) {
        self.at_desk(|desk| {
            for (session, request) in denied {
                if let Some(cluster) = &desk.cluster {
                    let heard = cluster.denied(*session, *request);
                    desk.follow(heard, io);
                }
            }
        });
    }

    /// Begins anew with the stream, which has lost what was on it; and says so.
    pub(crate) fn rewind(&self, io: &SocketIo) {
        self.at_desk(|desk| {
            if let Some(cluster) = &mut desk.cluster {
                cluster.rewind();
            }
            let everybody = Audience::Joined { except: None };
            desk.follow(Heard::Gap(vec![everybody]), io);
        });
    }

    /// Takes what the broker knows for what is so; `lost` tells everybody here that something is missing.
    pub(crate) fn resync(&self, snapshot: Snapshot, lost: bool, amnesia: bool, io: &SocketIo) {
        self.at_desk(|desk| {
            if lost {
                let everybody = Audience::Joined { except: None };
                desk.follow(Heard::Gap(vec![everybody]), io);
            }
            let Some(cluster) = &mut desk.cluster else {
                return;
            };
            let acts = cluster.resync(
                snapshot,
                amnesia,
                &desk.rooms,
                &desk.open,
                &mut desk.sessions,
            );
            for (session, action) in acts {
                desk.carry_out(Command::new(session, action), None, io);
            }
        });
    }

    /// Ends the waiting of those who have waited too long, and the doubt about those who have not come back.
    pub(crate) fn hurry(&self, io: &SocketIo) {
        self.at_desk(|desk| {
            let Some(cluster) = &mut desk.cluster else {
                return;
            };
            let (late, forgotten) = (cluster.impatient(), cluster.forgotten());
            for (session, answer) in late {
                desk.settle(session, answer);
                if let Some(cluster) = &desk.cluster {
                    cluster.take_back(session, &desk.rooms);
                }
            }
            for session in forgotten {
                desk.carry_out(Command::new(session, Action::Disconnected), None, io);
            }
        });
    }
}

impl Desk {
    fn hear(&mut self, entry: Entry, io: &SocketIo) -> Result<(), Missing> {
        if let Some(cluster) = &mut self.cluster {
            let heard = cluster.hear(entry, &self.rooms, &mut self.sessions)?;
            self.follow(heard, io);
        }
        Ok(())
    }

    fn follow(&mut self, heard: Heard, io: &SocketIo) {
        match heard {
            Heard::Nothing => {}
            Heard::Act(session, action) => {
                self.carry_out(Command::new(session, action), None, io);
            }
            Heard::Settle(session, answer) => self.settle(session, answer),
            Heard::Fence(session) => self.throw_out(session, Why::Cluster, io),
            Heard::Gap(audiences) => self.tell_gap(&audiences, io),
        }
    }

    /// Carries out a join that has been answered, and what has waited behind it.
    fn settle(&mut self, session: SessionId, answer: Answer) {
        let Some(waiting) = self
            .cluster
            .as_mut()
            .and_then(|cluster| cluster.stop_waiting(session))
        else {
            return;
        };
        let (join, io) = (waiting.join, waiting.io);
        let wanted = join.user.clone().unwrap_or_default();
        let (action, admitted) = match answer {
            Answer::Admitted(entered) => (Action::Admitted(join, entered), true),
            Answer::Denied(refusal) => (Action::Denied(join, refusal), false),
        };
        self.carry_out(Command::new(session, action), waiting.ack, &io);
        // What the rooms have not taken must not stay with the broker.
        let place = self.rooms.place(session);
        if let Some(cluster) = &self.cluster
            && admitted
            && place.is_none_or(|place| *place.user != wanted)
        {
            cluster.take_back(session, &self.rooms);
        }
        let mut rest = waiting.rest;
        while let Some((action, ack)) = rest.queue.pop_front() {
            self.act(session, action, ack, &io);
            let cluster = self.cluster.as_mut();
            if cluster.is_some_and(|cluster| cluster.wait_again(session, &mut rest)) {
                return;
            }
        }
        self.partings.extend(rest.parting);
    }

    /// Throws a session out, if it is still there.
    pub(super) fn throw_out(&mut self, session: SessionId, why: Why, io: &SocketIo) {
        let socket = outbound::socket(io, session);
        if let Some(socket) = &socket {
            socket.leave_all();
        }
        self.part(session, socket, why, io);
        self.let_go(io);
    }

    /// Says openly that something is missing.
    // rule: order.no-gap
    fn tell_gap(&mut self, audiences: &[Audience], io: &SocketIo) {
        for audience in audiences {
            if self.rooms.reach(audience) == 0 {
                continue;
            }
            if let Some(cluster) = &self.cluster {
                cluster.state.gap();
            }
            let mut voice = Voice {
                io,
                acks: &mut self.acks,
                slow: &mut self.slow,
                partial: false,
                #[cfg(feature = "fault")]
                faults: self.faults.as_mut(),
            };
            voice.gap(audience);
        }
        self.let_go(io);
    }
}
