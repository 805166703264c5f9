//! The server under test: a URL, a command that starts one, or the embedded reference server.

mod spawned;

use std::time::Duration;

use chatspec_harness::wire::Target;
use chatspec_server::Config;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use url::Url;

use crate::args::Test;
use crate::exit::Failure;

use self::spawned::Spawned;

/// A server to test, and what has to be ended after it.
pub struct Server {
    pub target: Target,
    /// All its nodes, where there are several.
    pub nodes: Vec<Target>,
    /// What to put on a command line to test the same again.
    pub repeat: String,
    running: Running,
}

enum Running {
    Elsewhere,
    Embedded {
        stop: oneshot::Sender<()>,
        task: JoinHandle<Result<(), chatspec_server::ServeError>>,
    },
    Spawned(Box<Spawned>),
}

/// Finds or starts the server that the arguments name.
pub async fn open(args: &Test) -> Result<Server, Failure> {
    let (url, repeat, running) = match (args.url.as_slice(), &args.cmd) {
        ([url, ..], _) => (url.clone(), args.url.join(" "), Running::Elsewhere),
        ([], Some(command)) => {
            let port = free_port().await?;
            let url = format!("http://127.0.0.1:{port}");
            let target = target(&url, args)?;
            let spawned = Spawned::start(command, port, &target, args.wait).await?;
            (
                url,
                format!("--cmd {}", quoted(command)),
                Running::Spawned(Box::new(spawned)),
            )
        }
        ([], None) => embedded(Config::default()).await?,
    };
    let several = args.url.len() > 1;
    let nodes = args.url.iter().filter(|_| several);
    let nodes = nodes.map(|url| target(url, args));
    let nodes = nodes.collect::<Result<Vec<Target>, Failure>>()?;
    let mut twice = nodes.iter().enumerate();
    if let Some((_, node)) = twice.find(|(index, node)| {
        let mut before = nodes.iter().take(*index);
        before.any(|other| other.url == node.url)
    }) {
        return Err(Failure::usage(format!(
            "use {} as a node: it is named twice",
            node.url
        )));
    }
    Ok(Server {
        target: target(&url, args)?,
        nodes,
        repeat,
        running,
    })
}

/// Starts the embedded reference server without limits, to be measured.
pub async fn reference() -> Result<Server, Failure> {
    let config = Config {
        unlimited: true,
        ..Config::default()
    };
    let (url, repeat, running) = embedded(config).await?;
    let target = Target::parse(&url).map_err(|error| Failure::ours(error.to_string()))?;
    Ok(Server {
        target,
        nodes: vec![],
        repeat,
        running,
    })
}

impl Server {
    /// Ends what was started.
    pub async fn close(self) {
        match self.running {
            Running::Elsewhere => {}
            Running::Embedded { stop, task } => {
                let _ = stop.send(());
                // Draining is bounded by the server itself; the run is over in any case.
                let _ = tokio::time::timeout(Duration::from_secs(5), task).await;
            }
            Running::Spawned(spawned) => spawned.stop().await,
        }
    }
}

async fn embedded(config: Config) -> Result<(String, String, Running), Failure> {
    let wrong = |error: std::io::Error| {
        Failure::ours(format!("open a port for the reference server: {error}"))
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(wrong)?;
    let address = listener.local_addr().map_err(wrong)?;
    let (stop, stopped) = oneshot::channel();
    let task = tokio::spawn(chatspec_server::serve(listener, config, async {
        let _ = stopped.await;
    }));
    Ok((
        format!("http://{address}"),
        String::new(),
        Running::Embedded { stop, task },
    ))
}

fn target(url: &str, args: &Test) -> Result<Target, Failure> {
    let mut target = Target::parse(url).map_err(|error| Failure::usage(error.to_string()))?;
    target.path.clone_from(&args.path);
    target.headers = headers(&args.header)?;
    Ok(target)
}

/// Headers as they stand on the command line.
pub fn headers(lines: &[String]) -> Result<Vec<(String, String)>, Failure> {
    let header = |line: &String| {
        let (name, value) = line.split_once(':').ok_or_else(|| {
            Failure::usage(format!("read the header {line:?}: write it as NAME: VALUE"))
        })?;
        Ok((name.trim().to_owned(), value.trim().to_owned()))
    };
    lines.iter().map(header).collect()
}

/// A loopback origin on another port than the server's.
pub fn cross_origin(url: &Url) -> String {
    let port = url.port_or_known_default().unwrap_or(80);
    let other = if port == 3000 { 3001 } else { 3000 };
    format!("http://127.0.0.1:{other}")
}

async fn free_port() -> Result<u16, Failure> {
    let wrong = |error: std::io::Error| Failure::ours(format!("find a free port: {error}"));
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(wrong)?;
    Ok(listener.local_addr().map_err(wrong)?.port())
}

/// In single quotes, for a shell.
pub fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}
