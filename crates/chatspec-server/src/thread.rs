//! One thread for everything that the server does, whatever runtime it is started in.
//!
//! Everybody then sees one order of events for nothing, and a look at the queues after a broadcast tells exactly who had no
//! place for it: on several threads a queue could have emptied since.

use std::future::Future;
use std::io;
use std::pin::pin;

use tokio::runtime::{Builder, Handle, RuntimeFlavor};
use tokio::sync::oneshot;

/// Runs `serve` on one thread: here, if this runtime has only one, and else on a thread of its own. It is told to stop when
/// `shutdown` is ready, and when this future is dropped.
///
/// # Errors
///
/// If there is no such thread, or it ends without a result.
pub(crate) async fn run<Serve, Serving, Outcome>(
    shutdown: impl Future<Output = ()>,
    serve: Serve,
) -> io::Result<Outcome>
where
    Serve: FnOnce(Stopped) -> Serving + Send + 'static,
    Serving: Future<Output = Outcome>,
    Outcome: Send + 'static,
{
    let (stop, stopped) = oneshot::channel();
    let stopped = Stopped(stopped);
    if Handle::current().runtime_flavor() == RuntimeFlavor::CurrentThread {
        return Ok(until(shutdown, stop, serve(stopped)).await);
    }
    let (tell, told) = oneshot::channel();
    std::thread::Builder::new()
        .name("chatspec-server".to_owned())
        .spawn(move || {
            let runtime = Builder::new_current_thread().enable_all().build();
            let outcome = runtime.map(|runtime| runtime.block_on(serve(stopped)));
            // Nobody listens any more where the future below was dropped.
            let _ = tell.send(outcome);
        })?;
    let outcome = until(shutdown, stop, told).await;
    outcome.unwrap_or_else(|_| Err(io::Error::other("the server's thread panicked")))
}

/// The order to stop.
pub(crate) struct Stopped(oneshot::Receiver<()>);

impl Stopped {
    /// Waits for it.
    pub(crate) async fn wait(self) {
        // Nothing is ever sent: the sender is dropped.
        let _ = self.0.await;
    }
}

/// The output of `work`, which is told to stop when `shutdown` is ready.
async fn until<Work: Future>(
    shutdown: impl Future<Output = ()>,
    stop: oneshot::Sender<()>,
    work: Work,
) -> Work::Output {
    let mut work = pin!(work);
    tokio::select! {
        output = &mut work => return output,
        () = shutdown => drop(stop),
    }
    work.await
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn name(stopped: Stopped) -> Option<String> {
        stopped.wait().await;
        std::thread::current().name().map(str::to_owned)
    }

    #[tokio::test]
    async fn one_thread_is_enough() {
        let here = std::thread::current().name().map(str::to_owned);
        assert_eq!(run(std::future::ready(()), name).await.unwrap(), here);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn of_several_none_is_taken() {
        let there = run(std::future::ready(()), name).await.unwrap();
        assert_eq!(there.as_deref(), Some("chatspec-server"));
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn who_is_forgotten_stops() {
        let (tell, told) = oneshot::channel();
        let serving = run(std::future::pending(), |stopped| async move {
            stopped.wait().await;
            let _ = tell.send(());
        });
        let serving = tokio::spawn(serving);
        serving.abort();
        assert!(serving.await.is_err_and(|error| error.is_cancelled()));
        // Either it was never started, or it is told to stop.
        let _ = told.await;
    }
}
