//! Signals that end a run early: what was started is ended all the same, and what was found is told.

use tokio::sync::watch;

/// Hears SIGINT, and on Unix SIGTERM and SIGHUP, from the moment that it is made.
#[derive(Clone)]
pub struct Interrupt(watch::Receiver<bool>);

impl Interrupt {
    /// Starts to listen.
    pub fn listen() -> Interrupt {
        let (heard, hears) = watch::channel(false);
        let mut signals = Signals::new();
        tokio::spawn(async move {
            signals.any().await;
            heard.send_replace(true);
            // Receivers ask for the value at any time.
            heard.closed().await;
        });
        Interrupt(hears)
    }

    /// Waits for the signal; at once where it has come.
    pub async fn wait(&mut self) {
        if self.0.wait_for(|heard| *heard).await.is_err() {
            // The listener is gone with the runtime: nothing will come.
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(unix)]
struct Signals(Vec<tokio::signal::unix::Signal>);

#[cfg(unix)]
impl Signals {
    fn new() -> Signals {
        use tokio::signal::unix::{SignalKind, signal};
        let kinds = [
            SignalKind::interrupt(),
            SignalKind::terminate(),
            SignalKind::hangup(),
        ];
        // Where a signal cannot be heard, it does what it always does.
        Signals(
            kinds
                .into_iter()
                .filter_map(|kind| signal(kind).ok())
                .collect(),
        )
    }

    async fn any(&mut self) {
        let Signals(signals) = self;
        let waiting = signals.iter_mut().map(|signal| Box::pin(signal.recv()));
        let waiting: Vec<_> = waiting.collect();
        if waiting.is_empty() {
            return std::future::pending().await;
        }
        first(waiting).await;
    }
}

/// Waits for the first of several.
#[cfg(unix)]
async fn first<F: Future + Unpin>(mut all: Vec<F>) {
    std::future::poll_fn(|cx| {
        let ready = all
            .iter_mut()
            .any(|one| std::pin::Pin::new(one).poll(cx).is_ready());
        match ready {
            true => std::task::Poll::Ready(()),
            false => std::task::Poll::Pending,
        }
    })
    .await;
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> Signals {
        Signals
    }

    async fn any(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
