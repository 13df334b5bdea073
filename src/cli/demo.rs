//! `runner demo`: serves the demonstration application until it is told to stop.

use std::io::{self, Write as _};

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::demo::Demo;

use super::error::CliError;
use super::exit::ExitCode;

/// Serves on `port`, any free one where it is 0, until SIGINT or SIGTERM.
pub(crate) async fn run(port: u16) -> Result<ExitCode, CliError> {
    // Before the port is taken: a signal that comes early must not leave it taken.
    let (mut interrupt, mut terminate) = (listen(SignalKind::interrupt())?, listen(SignalKind::terminate())?);
    let demo = Demo::bind(port).await?;
    // Whoever started us may have closed its end; the application is of use all the same.
    let _ = writeln!(io::stdout(), "demo at {} (Ctrl-C stops it)", demo.url());
    let stop = async {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    };
    demo.run(stop).await;
    Ok(ExitCode::Passed)
}

fn listen(kind: SignalKind) -> Result<Signal, CliError> {
    signal(kind).map_err(|source| CliError::Process { what: "listen to signals", source })
}
