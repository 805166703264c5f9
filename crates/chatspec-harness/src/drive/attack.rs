//! Plays a bad input: mallory's way in, her acts, and the wait for what they come to.

mod session;
mod settle;

pub(super) use self::settle::acknowledges;

use std::sync::Arc;
use std::time::Duration;

use chatspec_judge::fixture::hostile::{Act, Attack, Over, Stands, Word};
use chatspec_judge::fixture::{Action, Given, Step};
use chatspec_judge::transcript::{Entry, Stop};
use chatspec_judge::window::Window;
use futures_util::future::join_all;
use serde_json::json;
use tokio::time::Instant;

use super::Driver;
use super::hand::{Context, Hand};

impl Driver<'_> {
    pub(super) async fn attack(&mut self, step: &Step, attack: &Attack) -> Result<(), Stop> {
        let mallory = self.mallory();
        self.approach(attack, mallory).await?;
        self.acts(&attack.acts, attack, mallory).await?;
        let bound = Instant::now() + self.heartbeat(&[mallory]);
        self.settle(attack, mallory).await;
        if step.within_heartbeat {
            self.wait_for_due(step, &[mallory], bound).await?;
        }
        let others: Vec<usize> = self.positions(|_| true);
        let others: Vec<usize> = others
            .into_iter()
            .filter(|index| *index != mallory)
            .collect();
        self.barrier_each(&others, None).await;
        Ok(())
    }

    /// Whether a step is to be played, by what has become of mallory.
    pub(super) fn is_given(&self, step: &Step) -> bool {
        let Some(given) = step.given else {
            return true;
        };
        let counts = |step: &Step| matches!(&step.action, Action::Attack(attack) if !attack.outcome.is_empty());
        let Some(index) = self.fixture.steps.iter().position(counts) else {
            return false;
        };
        let window = Window {
            fixture: self.fixture,
            index,
            entries: &self.entries,
        };
        let is_there = self.actors[self.mallory()].is_open()
            || self
                .hands
                .iter()
                .any(|hand| hand.number() == 0 && !hand.is_over());
        match window.given() {
            // She has gone since.
            Given::Lives if !is_there => given == Given::Unclear,
            now => given == now,
        }
    }

    /// Whether the profile leaves open what comes of the present step.
    pub(super) fn is_free(&self) -> bool {
        let input = self.fixture.input.as_ref();
        input.is_some_and(|input| input.free && (input.acts.0..input.acts.1).contains(&self.step))
    }

    /// The last look at raw connections that have no session: what came since, and whether they are still held.
    pub(super) async fn look_at_hands(&mut self) {
        let bare =
            self.fixture.steps.iter().any(
                |step| matches!(&step.action, Action::Attack(attack) if attack.over == Over::Tcp),
            );
        for hand in self.hands.iter_mut().filter(|_| bare) {
            hand.look().await;
            self.entries.append(&mut hand.entries);
        }
    }

    fn mallory(&self) -> usize {
        let found = self.actors.iter().position(|actor| actor.name == "mallory");
        // Every bad input has her in its cast.
        found.unwrap_or_default()
    }

    fn context(&self) -> Arc<Context> {
        Arc::new(Context {
            stage: self.stage.clone(),
            bindings: self.bindings.clone(),
            step: self.step,
        })
    }

    /// Brings mallory to where she stands.
    async fn approach(&mut self, attack: &Attack, mallory: usize) -> Result<(), Stop> {
        let bare = attack.stands == Stands::Opened && !self.actors[mallory].has_transport();
        let came = match attack.over {
            Over::Session | Over::Polling if bare => {
                self.actors[mallory].open_bare(self.stage).await
            }
            Over::Websocket => match Hand::websocket(self.context(), attack.stands).await {
                Ok((hand, sid)) => {
                    self.bindings.insert("sid".to_owned(), json!(sid));
                    self.hands.push(hand);
                    Ok(())
                }
                Err(why) => Err(why),
            },
            _ => Ok(()),
        };
        if let Some(sid) = self.actors[mallory].engine_sid() {
            self.bindings.insert("sid".to_owned(), json!(sid));
        }
        came.map_err(|why| Stop {
            step: self.step,
            who: "mallory".to_owned(),
            why,
            ours: false,
        })
    }

    async fn acts(&mut self, acts: &[Act], attack: &Attack, mallory: usize) -> Result<(), Stop> {
        match attack.over {
            Over::Session => {
                for act in acts {
                    self.session_act(act, mallory).await?;
                }
                Ok(())
            }
            Over::Tcp => {
                let context = self.context();
                let mut hands: Vec<Hand> = (1..=attack.connections)
                    .map(|number| Hand::new(Arc::clone(&context), number))
                    .collect();
                let playing = hands.iter_mut().map(|hand| hand.acts(acts));
                let results = join_all(playing).await;
                self.hands.append(&mut hands);
                self.collect();
                results
                    .into_iter()
                    .collect::<Result<(), _>>()
                    .map_err(|error| self.mistake(error))
            }
            Over::Websocket | Over::Polling => self.raw_acts(acts, mallory).await,
        }
    }

    /// Acts beside a session, or on the raw connection that stands for it.
    async fn raw_acts(&mut self, acts: &[Act], mallory: usize) -> Result<(), Stop> {
        for act in acts {
            let result = match act {
                Act::Together(inner) => {
                    let mut hands: Vec<Hand> = inner.iter().map(|_| self.next_hand()).collect();
                    let playing = hands
                        .iter_mut()
                        .zip(inner)
                        .map(|(hand, act)| hand.acts(std::slice::from_ref(act)));
                    let results = join_all(playing).await;
                    self.hands.append(&mut hands);
                    results.into_iter().collect()
                }
                Act::Request { .. } | Act::Poll { .. } => {
                    let mut hand = self.next_hand();
                    let result = hand.act(act).await;
                    self.hands.push(hand);
                    result
                }
                Act::Finish(_) => {
                    let finishing = self.hands.iter_mut().map(|hand| hand.act(act));
                    join_all(finishing).await.into_iter().collect()
                }
                Act::Wait(milliseconds) => {
                    self.idle(Duration::from_millis(*milliseconds)).await;
                    Ok(())
                }
                Act::Drop(_) => {
                    self.session_act(act, mallory).await?;
                    Ok(())
                }
                other => {
                    if !self.hands.iter().any(Hand::is_main) {
                        let mut hand = self.next_hand();
                        hand.make_main();
                        self.hands.push(hand);
                    }
                    match self.hands.iter_mut().find(|hand| hand.is_main()) {
                        Some(hand) => hand.act(other).await,
                        None => Ok(()),
                    }
                }
            };
            self.collect();
            result.map_err(|error| self.mistake(error))?;
        }
        Ok(())
    }

    /// A connection of its own, its number being the next one.
    fn next_hand(&mut self) -> Hand {
        let next = self.hands.iter().map(Hand::number).max().unwrap_or(0) + 1;
        let reserved = self.reserved.max(next);
        self.reserved = reserved + 1;
        Hand::new(self.context(), reserved)
    }

    /// Does nothing; what comes meanwhile is recorded. Time itself is the subject here.
    async fn idle(&mut self, time: Duration) {
        let deadline = Instant::now() + time;
        while Instant::now() < deadline {
            if !self.receive_any(deadline).await {
                tokio::time::sleep_until(deadline).await;
            }
        }
    }

    fn collect(&mut self) {
        for hand in &mut self.hands {
            self.entries.append(&mut hand.entries);
        }
    }

    /// How long an outcome may take. One who sends very much has to wait until it is handled.
    pub(super) fn closing(&self, slow: bool) -> Duration {
        let nominal = Duration::from_secs(5).mul_f64(self.stage.timeout_scale);
        match slow {
            false if self.fixture.alone.is_some() || self.floods() => nominal * 4,
            true => self.heartbeat(&[self.mallory()]).max(nominal * 4),
            false => nominal,
        }
    }

    /// Whether the present input is many messages.
    fn floods(&self) -> bool {
        let many = |act: &Act| match act {
            Act::Events { times, .. } | Act::Literal { times, .. } | Act::Bytes { times, .. } => {
                *times > 500
            }
            _ => false,
        };
        self.fixture.steps.iter().any(
            |step| matches!(&step.action, Action::Attack(attack) if attack.acts.iter().any(many)),
        )
    }

    pub(super) fn is_settled(&self) -> bool {
        Window {
            fixture: self.fixture,
            index: self.step,
            entries: &self.entries,
        }
        .settled()
    }

    fn push(&mut self, entries: Vec<Entry>) {
        self.entries.extend(entries);
    }
}

/// Whether an answer proves something: some accepted outcome leaves the connection alive.
fn asks_for_life(attack: &Attack) -> bool {
    let alive = |word: &Word| word.is_alive() || *word == Word::ConnectError;
    attack.outcome.iter().any(alive)
}
