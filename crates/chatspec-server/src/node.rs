//! This server as a node of a cluster: begun before anybody is let in, ended after everybody has gone.

#[cfg(feature = "cluster")]
mod linked {
    use std::sync::Arc;
    use std::time::Duration;

    use socketioxide::SocketIo;
    use tokio::sync::oneshot;
    use tokio::task::JoinSet;
    use tokio::time::timeout;
    use tracing::warn;

    pub(crate) use crate::cluster::Link;
    use crate::cluster::{Cluster, Failure};
    use crate::config::Config;
    use crate::hub::Hub;
    use crate::serve::ServeError;

    /// The part of the cluster that the hub keeps, and the link, if there is to be one.
    ///
    /// # Errors
    ///
    /// [`ServeError::Cluster`] if the settings make none.
    pub(crate) fn part(config: &Config) -> Result<(Option<Cluster>, Option<Link>), ServeError> {
        let made = Link::new(config).map_err(|failure| unable(config, &failure))?;
        Ok(match made {
            Some((link, cluster)) => (Some(cluster), Some(link)),
            None => (None, None),
        })
    }

    /// Whether there is a broker that will do, where the settings ask for one.
    ///
    /// # Errors
    ///
    /// [`ServeError::Cluster`] if there is none, unless that is no reason not to serve.
    pub(crate) async fn reach(config: &Config) -> Result<(), ServeError> {
        let (_, link) = part(config)?;
        let Some(link) = link.filter(|_| !config.cluster_optional) else {
            return Ok(());
        };
        link.probe()
            .await
            .map_err(|failure| unable(config, &failure))
    }

    /// The link at work, if there is one. It ends when this is dropped.
    pub(crate) struct Running {
        tasks: JoinSet<()>,
        leave: oneshot::Sender<()>,
    }

    impl Running {
        /// Begins the link.
        ///
        /// # Errors
        ///
        /// [`ServeError::Cluster`] if it cannot be begun, unless that is no reason not to serve.
        pub(crate) async fn begin(
            link: Option<Link>,
            config: &Config,
            hub: &Arc<Hub>,
            io: &SocketIo,
        ) -> Result<Self, ServeError> {
            let mut tasks = JoinSet::new();
            let (leave, left) = oneshot::channel();
            if let Some(mut link) = link {
                match link.begin(hub, io).await {
                    Err(failure) if !config.cluster_optional => {
                        return Err(unable(config, &failure));
                    }
                    _ => {
                        tasks.spawn(link.run(Arc::clone(hub), io.clone(), left));
                    }
                }
            }
            Ok(Self { tasks, leave })
        }

        /// Leaves the cluster, if that does not take too long.
        pub(crate) async fn end(mut self, patience: Duration) {
            // Nobody listens where there is no link.
            let _ = self.leave.send(());
            let left = async { while self.tasks.join_next().await.is_some() {} };
            if timeout(patience, left).await.is_err() {
                warn!("left the cluster without a word");
            }
        }
    }

    fn unable(config: &Config, failure: &Failure) -> ServeError {
        let broker = config.cluster.as_ref();
        ServeError::Cluster {
            broker: broker.map(crate::Broker::shown).unwrap_or_default(),
            reason: failure.to_string(),
        }
    }
}

#[cfg(not(feature = "cluster"))]
mod linked {
    use std::convert::Infallible;
    use std::sync::Arc;
    use std::time::Duration;

    use socketioxide::SocketIo;

    use crate::cluster::Cluster;
    use crate::config::Config;
    use crate::hub::Hub;
    use crate::serve::ServeError;

    /// There is none.
    pub(crate) type Link = Infallible;

    /// Nothing: the settings have been refused where they ask for a cluster.
    pub(crate) fn part(_: &Config) -> Result<(Option<Cluster>, Option<Link>), ServeError> {
        Ok((None, None))
    }

    pub(crate) async fn reach(_: &Config) -> Result<(), ServeError> {
        Ok(())
    }

    pub(crate) struct Running;

    impl Running {
        pub(crate) async fn begin(
            _: Option<Link>,
            _: &Config,
            _: &Arc<Hub>,
            _: &SocketIo,
        ) -> Result<Self, ServeError> {
            Ok(Self)
        }

        pub(crate) async fn end(self, _: Duration) {}
    }
}

pub(crate) use linked::{Link, Running, part, reach};
