//! Signals and the run's own deadline: the first asks the run to tidy up, a second Ctrl-C ends it
//! at once.

use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

use crate::outcome::StopReason;

/// Tells when the run is to stop. Ends with its receiver.
pub(crate) fn watch(global_timeout: Option<Duration>) -> mpsc::UnboundedReceiver<StopReason> {
    let (tell, told) = mpsc::unbounded_channel();
    if let Some(timeout) = global_timeout {
        let tell = tell.clone();
        tokio::spawn(async move {
            tokio::time::sleep(timeout).await;
            // The run may be over; then nothing is left to stop.
            let _ = tell.send(StopReason::GlobalTimeout(timeout));
        });
    }
    for (kind, reason) in
        [(SignalKind::interrupt(), StopReason::Interrupted), (SignalKind::terminate(), StopReason::Terminated)]
    {
        // Where a signal cannot be watched, it does what it does without us.
        let Ok(mut signals) = signal(kind) else { continue };
        let tell = tell.clone();
        tokio::spawn(async move {
            while signals.recv().await.is_some() {
                if tell.send(reason.clone()).is_err() {
                    return;
                }
            }
        });
    }
    told
}
