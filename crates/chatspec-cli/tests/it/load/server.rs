//! A chat server in small that does one thing wrong, now and then.

use std::sync::Mutex;

use serde_json::{Value, json};

use crate::dummies::server::{Asked, Door, Server};

/// Every so many deliveries the fault shows.
const EVERY: usize = 23;

/// What is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    Nothing,
    /// A delivery is left out.
    Drops,
    /// A delivery is made twice.
    Doubles,
    /// A delivery waits until the next one for the same member is made.
    Swaps,
    /// A member of another room gets it as well.
    Strays,
    /// A member is named that did not send it.
    Lies,
    /// The text is cut.
    Cuts,
    /// One whole room hears of nobody's coming but their own.
    Hushes,
    /// It wants less of everything.
    Limits,
    /// It ends connections that talk.
    Closes,
    /// It tells the room that somebody has left, ends that connection, and wants less of everything.
    Ousts,
    /// It never says a word once a connection stands.
    Mute,
    /// It lets nobody join.
    Refuses,
    /// A listing is left out.
    Forgets,
    /// A listing is told twice.
    Repeats,
    /// A message is refused for no reason.
    Denies,
}

#[derive(Default)]
struct Room {
    /// Session, name and room.
    people: Vec<[String; 3]>,
    deliveries: usize,
    listings: usize,
    /// What was held back, and for whom.
    held: Option<(String, Value)>,
}

pub async fn start(fault: Fault) -> Server {
    let room = Mutex::new(Room::default());
    Server::start(Door::Open(Box::new(move |asked| {
        let mut room = room.lock().expect("no holder panics");
        room.handle(fault, asked);
    })))
    .await
}

impl Room {
    fn handle(&mut self, fault: Fault, asked: &Asked<'_>) {
        let Some(message) = asked.args.first() else {
            return;
        };
        let text = |key: &str| message[key].as_str().map(str::to_owned);
        let refuse = |code: u64| {
            let refusal = json!({"code": code, "message": "no"}).to_string();
            asked.reply("message", &[refusal.into()]);
        };
        if fault == Fault::Mute {
            return;
        }
        match message["event"].as_str() {
            Some("join") if fault == Fault::Refuses => refuse(20),
            Some("join") => {
                let (user, room) = (text("user").expect("a name"), text("room").expect("a room"));
                self.people
                    .push([asked.sid().to_owned(), user.clone(), room.clone()]);
                let news = json!({"type": "newuser", "message": format!("New User {user} joined room {room}")});
                for [sid, _, theirs] in self.people.iter().filter(|person| person[2] == room) {
                    if fault != Fault::Hushes || sid == asked.sid() || !theirs.ends_with("-0") {
                        asked.tell(sid, "chat", std::slice::from_ref(&news));
                    }
                }
            }
            Some("leave") => {
                let Some(at) = self.people.iter().position(|[sid, ..]| sid == asked.sid()) else {
                    return;
                };
                let [_, user, room] = self.people.remove(at);
                let news =
                    json!({"type": "deluser", "message": format!("User {user} left room {room}")});
                for [sid, ..] in self.people.iter().filter(|person| person[2] == room) {
                    asked.tell(sid, "chat", std::slice::from_ref(&news));
                }
            }
            Some("users") => {
                self.listings += 1;
                let times = match fault {
                    _ if !self.listings.is_multiple_of(7) => 1,
                    Fault::Forgets => 0,
                    Fault::Repeats => 2,
                    _ => 1,
                };
                for _ in 0..times {
                    asked.reply(
                        "chat",
                        &[json!({"type": "users", "message": "Users in room: []"})],
                    );
                }
            }
            Some("chat") if fault == Fault::Denies => refuse(22),
            Some("chat" | "image") => self.say(fault, asked, message),
            _ => {}
        }
    }

    fn say(&mut self, fault: Fault, asked: &Asked<'_>, message: &Value) {
        if fault == Fault::Limits {
            let refusal = json!({"code": 30, "message": "slow down", "retry_ms": 40}).to_string();
            return asked.reply("message", &[refusal.into()]);
        }
        if fault == Fault::Closes {
            return asked.close();
        }
        if fault == Fault::Ousts {
            return self.oust(asked);
        }
        let people = self.people.clone();
        let Some([_, user, room]) = people.iter().find(|[sid, ..]| sid == asked.sid()) else {
            return;
        };
        let told = match message["event"].as_str() {
            Some("image") => json!({"type": "image", "from": user, "bimage": message["bimage"]}),
            _ => json!({"type": "chat", "from": user, "message": message["text"]}),
        };
        for [sid, name, theirs] in &people {
            let meant = message["user"].as_str().is_none_or(|wanted| wanted == name);
            if sid == asked.sid() || theirs != room || !meant {
                continue;
            }
            self.deliveries += 1;
            let shows = self.deliveries.is_multiple_of(EVERY);
            self.deliver(shows.then_some(fault), asked, sid, &told, &people);
            if let Some((held, told)) = self.held.take_if(|(held, _)| !shows && held == sid) {
                asked.tell(&held, "chat", &[told]);
            }
        }
    }

    /// As a limiting server does with one who goes on.
    fn oust(&mut self, asked: &Asked<'_>) {
        let Some(at) = self.people.iter().position(|[sid, ..]| sid == asked.sid()) else {
            return;
        };
        let [_, user, room] = self.people.remove(at);
        let news = json!({"type": "deluser", "message": format!("User {user} left room {room}")});
        for [sid, ..] in self.people.iter().filter(|person| person[2] == room) {
            asked.tell(sid, "chat", std::slice::from_ref(&news));
        }
        let refusal = json!({"code": 30, "message": "slow down", "retry_ms": 40}).to_string();
        asked.reply("message", &[refusal.into()]);
        asked.close();
    }

    fn deliver(
        &mut self,
        fault: Option<Fault>,
        asked: &Asked<'_>,
        sid: &str,
        told: &Value,
        people: &[[String; 3]],
    ) {
        let mut told = told.clone();
        match fault {
            Some(Fault::Drops) => return,
            Some(Fault::Doubles) => asked.tell(sid, "chat", std::slice::from_ref(&told)),
            Some(Fault::Swaps) if self.held.is_none() => {
                self.held = Some((sid.to_owned(), told));
                return;
            }
            Some(Fault::Strays) => {
                let home = people
                    .iter()
                    .find(|[other, ..]| other == sid)
                    .map(|person| &person[2]);
                if let Some([stranger, ..]) = people.iter().find(|person| Some(&person[2]) != home)
                {
                    asked.tell(stranger, "chat", std::slice::from_ref(&told));
                }
            }
            Some(Fault::Lies) => {
                let other = people.iter().find(|person| told["from"] != person[1]);
                told["from"] = other.map_or("NOBODY", |person| &person[1]).into();
            }
            Some(Fault::Cuts) => {
                let text = told["message"].as_str().unwrap_or_default();
                told["message"] = text[..text.len() - 1].into();
            }
            _ => {}
        }
        asked.tell(sid, "chat", &[told]);
    }
}
