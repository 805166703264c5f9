//! The one owner of the rooms.
//!
//! A command is applied and its deliveries are carried out under one lock, so all sessions see one order of events
//! (rule `order.room.total`): socketioxide's own broadcast takes a read lock only, and two of them can cross.

mod nodes;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::mem::take;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

use chatspec_room::{AckToken, Action, Command, Delivery, Rooms, SessionId};
use socketioxide::SocketIo;
use socketioxide::extract::{AckSender, SocketRef};

use crate::auth::Tokens;
use crate::cluster::{Cluster, Turn};
use crate::journal::Entry;
use crate::metrics::{Levels, Metrics};
use crate::outbound::{Slow, Voice};
use crate::parting::{Parting, Why};

/// Everything that the sessions share.
pub(crate) struct Hub {
    desk: Mutex<Desk>,
    pub(crate) metrics: Arc<Metrics>,
    /// Those that open the server; none where everybody may come.
    tokens: Option<Tokens>,
}

/// One connection to the namespace, as its handlers know it.
pub(crate) struct Session {
    pub(crate) id: SessionId,
    io: SocketIo,
}

/// What the lock guards.
#[derive(Default)]
struct Desk {
    rooms: Rooms,
    /// Sessions that are there. A request of a polling client can be in a handler when its session has just ended, and
    /// must not bring it back to life: nobody would ever remove it again. socketioxide's `connected()` cannot tell,
    /// because it is set only after the CONNECT reply has gone out.
    open: BTreeSet<SessionId>,
    sessions: u64,
    acks: BTreeMap<AckToken, AckSender>,
    tokens: u64,
    /// Found too slow, and not yet out.
    slow: VecDeque<Slow>,
    /// Out, and not yet told.
    partings: Vec<Parting>,
    metrics: Arc<Metrics>,
    /// The other nodes, if there can be any.
    cluster: Option<Cluster>,
    #[cfg(feature = "fault")]
    faults: Option<crate::Faults>,
}

impl Hub {
    /// Rooms of so many members each.
    pub(crate) fn new(members: usize) -> Self {
        Self::with(Desk::new(members))
    }

    #[cfg(feature = "fault")]
    pub(crate) fn faulty(faults: crate::Faults, members: usize) -> Self {
        Self::with(Desk {
            faults: Some(faults),
            ..Desk::new(members)
        })
    }

    fn with(desk: Desk) -> Self {
        let metrics = Arc::clone(&desk.metrics);
        Self {
            desk: Mutex::new(desk),
            metrics,
            tokens: None,
        }
    }

    /// The same, for those alone who know a token.
    pub(crate) fn guarded(mut self, tokens: Option<Tokens>) -> Self {
        self.tokens = tokens;
        self
    }

    /// The same, as a node of a cluster.
    pub(crate) fn clustered(mut self, cluster: Option<Cluster>) -> Self {
        let desk = self.desk.get_mut().unwrap_or_else(PoisonError::into_inner);
        desk.cluster = cluster;
        self
    }

    /// Whether one who gives this token, or none, may come in.
    pub(crate) fn admits(&self, token: Option<&str>) -> bool {
        let tokens = self.tokens.as_ref();
        tokens.is_none_or(|tokens| tokens.admit(token))
    }

    /// What there is at this moment.
    pub(crate) fn levels(&self) -> Levels {
        let desk = self.lock();
        Levels {
            sessions: desk.open.len(),
            members: desk.rooms.joined(),
            rooms: desk.rooms.count(),
            cluster: desk.cluster.as_ref().map(Cluster::level),
        }
    }

    /// Tells of a new session.
    #[cfg(feature = "fault")]
    pub(crate) fn announce(&self, session: &Session, sid: &str) {
        if let Some(faults) = &mut self.lock().faults {
            (faults.connection)(session.id, sid);
        }
    }

    /// The text that is read instead of the one that came.
    #[cfg(feature = "fault")]
    pub(crate) fn tamper(&self, session: &Session, text: String) -> String {
        match &mut self.lock().faults {
            Some(faults) => (faults.packet)(session.id, text),
            None => text,
        }
    }

    /// A session that no other has been or will be.
    pub(crate) fn open(&self, io: SocketIo) -> Session {
        let mut desk = self.lock();
        let id = SessionId(desk.sessions);
        desk.sessions += 1;
        desk.open.insert(id);
        self.metrics.session();
        Session { id, io }
    }

    /// Carries out one act of a session, with all its consequences, before any other session's next act.
    pub(crate) fn submit(&self, session: &Session, action: Action, ack: Option<AckSender>) {
        self.at_desk(|desk| {
            if desk.open.contains(&session.id) {
                desk.act(session.id, action, ack, &session.io);
            }
        });
    }

    /// Whether a session is still there.
    pub(crate) fn has(&self, session: &Session) -> bool {
        self.lock().open.contains(&session.id)
    }

    /// Takes a session out for good.
    pub(crate) fn close(&self, session: &Session) {
        self.at_desk(|desk| {
            if desk.open.remove(&session.id) {
                desk.act(session.id, Action::Disconnected, None, &session.io);
            }
        });
    }

    /// Takes a session out that nobody has taken out, if any. It is called where a socket is dropped, which may be
    /// anywhere: so it never waits for the lock.
    pub(crate) fn forget(&self, session: &Session) {
        let desk = match self.desk.try_lock() {
            Ok(desk) => desk,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return,
        };
        let open = desk.open.contains(&session.id);
        drop(desk);
        if open {
            self.close(session);
        }
    }

    /// Throws a session out: first out of its room, as if it were gone, and then out of the door. One that is out already
    /// is told of it already.
    pub(crate) fn expel(&self, session: &Session, socket: SocketRef, why: Why) {
        self.at_desk(|desk| {
            socket.leave_all();
            desk.part(session.id, Some(socket), why, &session.io);
            desk.let_go(&session.io);
        });
    }

    /// Does something under the lock, and then what must not be done under it.
    fn at_desk(&self, act: impl FnOnce(&mut Desk)) {
        let partings = {
            let mut desk = self.lock();
            act(&mut desk);
            take(&mut desk.partings)
        };
        for parting in partings {
            self.metrics.drop_session(parting.why);
            parting.tell();
        }
    }

    /// A panic under the lock is a bug of ours, and is logged as one; the others go on.
    fn lock(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Desk {
    fn new(members: usize) -> Self {
        Self {
            rooms: Rooms::with_members(members),
            ..Self::default()
        }
    }

    /// Takes a session out, if it is still there, and has it told. What it has done before comes first, so that nothing is
    /// heard of it once it knows. Those who do not keep up with hearing of it are still to be let go.
    fn part(&mut self, session: SessionId, socket: Option<SocketRef>, why: Why, io: &SocketIo) {
        if !self.open.remove(&session) {
            return;
        }
        let waits = self.cluster.as_mut().is_some_and(|cluster| {
            let turn = cluster.take_in(session, Action::Disconnected, None, io, &self.rooms);
            matches!(turn, Turn::Later)
        });
        if !waits {
            self.apply(Command::new(session, Action::Disconnected), None, io);
        }
        let parting = socket.map(|socket| Parting {
            session,
            socket,
            why,
        });
        let parting = match &mut self.cluster {
            Some(cluster) => cluster.hold(session, why, parting),
            None => parting,
        };
        self.partings.extend(parting);
    }

    /// Carries out an act, at once or when its turn has come.
    fn act(&mut self, session: SessionId, action: Action, ack: Option<AckSender>, io: &SocketIo) {
        let turn = match &mut self.cluster {
            Some(cluster) => cluster.take_in(session, action, ack, io, &self.rooms),
            None => Turn::Now(action, ack),
        };
        match turn {
            Turn::Now(action, ack) => self.carry_out(Command::new(session, action), ack, io),
            Turn::Later => {}
            Turn::Full => self.throw_out(session, Why::Rates, io),
        }
    }

    /// Carries out a command. Who does not keep up with what comes of it goes out at once, and so does who does not keep
    /// up with hearing of that.
    fn carry_out(&mut self, command: Command, ack: Option<AckSender>, io: &SocketIo) {
        self.apply(command, ack, io);
        self.let_go(io);
    }

    /// Takes those out who are to be.
    fn let_go(&mut self, io: &SocketIo) {
        while let Some(Slow {
            session,
            socket,
            why,
        }) = self.slow.pop_front()
        {
            self.part(session, Some(socket), why, io);
        }
    }

    fn apply(&mut self, command: Command, ack: Option<AckSender>, io: &SocketIo) {
        let command = match ack {
            Some(sender) => command.acked(self.keep(sender)),
            None => command,
        };
        let entry = Entry::of(&command);
        self.metrics.act(&command.action);
        let actor = command.session;
        // What another node has done it tells the others itself, and of a join the broker does.
        let ours = !matches!(command.action, Action::Remote(_) | Action::Admitted(..));
        let deliveries = self.decide(command);
        entry.write(&deliveries);
        let cluster = self.cluster.as_ref();
        let mut voice = Voice {
            io,
            acks: &mut self.acks,
            slow: &mut self.slow,
            partial: cluster.is_some_and(|cluster| !cluster.state.is_linked()),
            #[cfg(feature = "fault")]
            faults: self.faults.as_mut(),
        };
        for delivery in deliveries {
            let away = ours
                && cluster.is_some_and(|cluster| cluster.forward(actor, &self.rooms, &delivery));
            if away {
                continue;
            }
            match &delivery {
                Delivery::Message { audience, .. } => {
                    self.metrics.deliver(self.rooms.reach(audience));
                }
                Delivery::Refuse { refusal, .. } => self.metrics.refuse(refusal.code),
                _ => {}
            }
            voice.perform(delivery);
        }
    }

    #[cfg(not(feature = "fault"))]
    fn decide(&mut self, command: Command) -> Vec<Delivery> {
        self.rooms.apply(command)
    }

    #[cfg(feature = "fault")]
    fn decide(&mut self, command: Command) -> Vec<Delivery> {
        match &mut self.faults {
            Some(faults) => faults.decide(&mut self.rooms, command),
            None => self.rooms.apply(command),
        }
    }

    fn keep(&mut self, sender: AckSender) -> AckToken {
        let token = AckToken(self.tokens);
        self.tokens += 1;
        self.acks.insert(token, sender);
        token
    }
}
