//! Stands between a node and the broker, and does to what passes what a network can do.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// What happens to the bytes between a node and the broker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weather {
    /// They pass.
    Fair,
    /// No connection stands, and none comes to stand.
    Cut,
    /// Nothing passes, and no connection ends.
    Frozen,
    /// What the node says passes, and no answer.
    Deaf,
    /// Every piece takes 200 ms, and each tenth as long as a packet that has to be sent again.
    Slow,
    /// What the node says passes, and each 20th answer ends the connection in its place.
    Forgetful,
}

/// How many answers pass of which one does not.
const FORGOTTEN: u64 = 20;

#[derive(Default)]
struct Links {
    open: Vec<TcpStream>,
    /// Connections that were ended in place of an answer.
    ended: u64,
    /// Bytes that the broker never sent, for the next piece that passes to the node.
    forged: Vec<u8>,
}

struct State {
    broker: Mutex<SocketAddr>,
    weather: Mutex<Weather>,
    /// The weather is another.
    changed: Condvar,
    links: Mutex<Links>,
}

/// One proxy. Its threads end with the program, or with their connections.
pub struct Proxy {
    address: SocketAddr,
    state: Arc<State>,
}

impl Proxy {
    /// One in front of a broker.
    pub fn start(broker: SocketAddr) -> io::Result<Proxy> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let state = Arc::new(State {
            broker: Mutex::new(broker),
            weather: Mutex::new(Weather::Fair),
            changed: Condvar::new(),
            links: Mutex::new(Links::default()),
        });
        let shared = state.clone();
        thread::spawn(move || {
            for near in listener.incoming().flatten() {
                if shared.weather() == Weather::Cut {
                    continue;
                }
                // A broker that is down refuses: so does its proxy, by closing.
                let broker = *held(&shared.broker);
                let Ok(far) = TcpStream::connect(broker) else {
                    continue;
                };
                // What cannot be joined is closed, as by a network.
                let _ = shared.join(near, far);
            }
        });
        Ok(Proxy { address, state })
    }

    /// Where the node finds the broker.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Changes what happens from now on.
    pub fn set(&self, weather: Weather) {
        *held(&self.state.weather) = weather;
        self.state.changed.notify_all();
        if weather == Weather::Cut {
            for link in held(&self.state.links).open.drain(..) {
                let _ = link.shutdown(Shutdown::Both);
            }
        }
    }

    /// Whoever connects from now on comes to this broker.
    pub fn lead_to(&self, broker: SocketAddr) {
        *held(&self.state.broker) = broker;
    }

    /// How many connections were ended in place of an answer.
    pub fn ended(&self) -> u64 {
        held(&self.state.links).ended
    }

    /// Puts bytes in front of the next that the broker sends.
    pub fn forge(&self, bytes: &[u8]) {
        held(&self.state.links).forged.extend(bytes);
    }
}

impl State {
    fn weather(&self) -> Weather {
        *held(&self.weather)
    }

    /// Waits until the weather lets anything pass in this direction, and says which weather that is.
    fn lets_pass(&self, up: bool) -> Weather {
        let holds = |weather: &mut Weather| match weather {
            Weather::Frozen => true,
            Weather::Deaf => !up,
            _ => false,
        };
        let weather = self.changed.wait_while(held(&self.weather), holds);
        *weather.unwrap_or_else(PoisonError::into_inner)
    }

    fn join(self: &Arc<State>, near: TcpStream, far: TcpStream) -> io::Result<()> {
        near.set_nodelay(true)?;
        far.set_nodelay(true)?;
        let (near_read, far_read) = (near.try_clone()?, far.try_clone()?);
        {
            let mut links = held(&self.links);
            links.open.push(near.try_clone()?);
            links.open.push(far.try_clone()?);
        }
        let (up, down) = (self.clone(), self.clone());
        thread::spawn(move || up.carry(near_read, far, true));
        thread::spawn(move || down.carry(far_read, near, false));
        Ok(())
    }

    /// Carries one direction until it ends.
    fn carry(&self, mut from: TcpStream, mut to: TcpStream, up: bool) {
        let mut piece = [0; 16 << 10];
        let mut pieces: u64 = 0;
        while let Ok(count @ 1..) = from.read(&mut piece) {
            pieces += 1;
            match self.lets_pass(up) {
                Weather::Slow => {
                    let again = if pieces.is_multiple_of(10) { 2 } else { 1 };
                    // What is slow is the network: time itself is the fault.
                    thread::sleep(Duration::from_millis(200) * again);
                }
                Weather::Forgetful if !up && pieces.is_multiple_of(FORGOTTEN) => {
                    held(&self.links).ended += 1;
                    break;
                }
                _ => {}
            }
            if !up {
                let forged = std::mem::take(&mut held(&self.links).forged);
                if to.write_all(&forged).is_err() {
                    break;
                }
            }
            if to.write_all(&piece[..count]).is_err() {
                break;
            }
        }
        let _ = from.shutdown(Shutdown::Both);
        let _ = to.shutdown(Shutdown::Both);
    }
}

fn held<T>(lock: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A server that sends back what it gets.
    fn echo() -> SocketAddr {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let address = listener.local_addr().expect("bound");
        thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let mut back = stream.try_clone().expect("a handle");
                thread::spawn(move || io::copy(&mut stream, &mut back));
            }
        });
        address
    }

    fn connect(proxy: &Proxy) -> TcpStream {
        let stream = TcpStream::connect(proxy.address()).expect("a connection");
        stream
            .set_read_timeout(Some(Duration::from_secs(10)))
            .expect("an option");
        stream
    }

    fn says(stream: &mut TcpStream, text: &[u8]) {
        stream.write_all(text).expect("it takes it");
    }

    fn hears(stream: &mut TcpStream, text: &[u8]) {
        let mut got = vec![0; text.len()];
        stream.read_exact(&mut got).expect("it comes");
        assert_eq!(got, text);
    }

    #[test]
    fn what_passes_is_as_the_weather_is() {
        let proxy = Proxy::start(echo()).expect("a proxy");
        let mut stream = connect(&proxy);
        says(&mut stream, b"one");
        hears(&mut stream, b"one");
        for weather in [Weather::Frozen, Weather::Deaf] {
            proxy.set(weather);
            says(&mut stream, b"two");
            stream
                .set_read_timeout(Some(Duration::from_millis(50)))
                .expect("an option");
            assert!(stream.read(&mut [0; 3]).is_err(), "{weather:?}");
            stream
                .set_read_timeout(Some(Duration::from_secs(10)))
                .expect("an option");
            proxy.set(Weather::Fair);
            hears(&mut stream, b"two");
        }
        proxy.forge(b"zero ");
        says(&mut stream, b"three");
        hears(&mut stream, b"zero three");
        proxy.set(Weather::Forgetful);
        let heard = (0..FORGOTTEN).take_while(|_| {
            says(&mut stream, b"a");
            stream.read_exact(&mut [0; 1]).is_ok()
        });
        assert!((1..FORGOTTEN as usize).contains(&heard.count()));
        assert_eq!(proxy.ended(), 1);
        proxy.set(Weather::Fair);
        let mut stream = connect(&proxy);
        proxy.set(Weather::Cut);
        assert!(matches!(stream.read(&mut [0; 1]), Ok(0) | Err(_)));
        let mut refused = connect(&proxy);
        assert!(matches!(refused.read(&mut [0; 1]), Ok(0) | Err(_)));
        proxy.set(Weather::Fair);
        let mut again = connect(&proxy);
        says(&mut again, b"four");
        hears(&mut again, b"four");
    }

    #[test]
    fn it_leads_to_another_broker() {
        let proxy = Proxy::start((Ipv4Addr::LOCALHOST, 9).into()).expect("a proxy");
        proxy.lead_to(echo());
        let mut stream = connect(&proxy);
        says(&mut stream, b"one");
        hears(&mut stream, b"one");
    }
}
