//! `quarry serve`: the packs as pages over HTTP, made anew at each request. The tests are run once, at the start.

use std::{net::IpAddr, sync::Arc};

use clap::Args;
use quarry_server::{Site, SiteError, http};
use tokio::net::TcpListener;

use crate::{
    Streams,
    failure::{Exit, Failure, Outcome},
    packs::{PackSource, all_packs},
    settings,
    tested::TestedPacks,
};

/// Threads that answer.
const THREADS: usize = 2;

#[derive(Debug, Args)]
pub struct ServeArguments {
    /// Port to listen on; 0 takes a free one
    #[arg(long, default_value_t = 8417, value_name = "PORT")]
    pub port: u16,

    /// Address to listen on; the default is reached from this machine only
    #[arg(long, default_value = "127.0.0.1", value_name = "ADDRESS")]
    pub address: IpAddr,

    #[command(flatten)]
    pub packs: TestedPacks,
}

/// Runs the command until it is interrupted.
pub fn run(arguments: &ServeArguments, streams: &Streams<'_>) -> Outcome {
    let packs = arguments.packs.load()?;
    let results = arguments.packs.results(&packs, streams)?;
    let source = PackSource { packs: arguments.packs.packs.packs.clone() };
    settings::runtime(THREADS)?.block_on(async {
        let address = (arguments.address, arguments.port);
        let failed =
            |error: std::io::Error| Failure::reading(format!("from {} port {}", address.0, address.1), error);
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let bound = listener.local_addr().map_err(failed)?;
        if !bound.ip().is_loopback() {
            streams.tell(format_args!(
                "warning: {} can be reached from other machines, without a password",
                bound.ip()
            ));
        }
        streams.tell(format_args!("http://{bound}/ (interrupt with Ctrl-C)"));
        let again = move || {
            let packs = all_packs(&source).map_err(|failure| SiteError::new(failure.message()))?.packs;
            Site::new(packs, results.clone())
        };
        tokio::select! {
            ended = http::serve(listener, Arc::new(again)) => ended.map_err(failed)?,
            _ = tokio::signal::ctrl_c() => {}
        }
        Ok(Exit::Fine)
    })
}
