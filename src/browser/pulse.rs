//! [`Pulse`]: asks a driver that runs elsewhere, again and again, whether its session lives.
//!
//! A Grid keeps the socket to a browser open when the browser's node is gone (measured: nothing is
//! ever answered there), and ends a session whose driver was not asked anything for some minutes,
//! whatever goes over the socket.

use std::time::Duration;

use tokio::task::JoinHandle;

use super::wire::webdriver::WebDriver;

/// Between two questions.
const INTERVAL: Duration = Duration::from_secs(3);

/// How long an answer may take: a busy node is slow, not gone.
const PATIENCE: Duration = Duration::from_secs(30);

/// The asking; it ends when this is dropped.
#[derive(Debug)]
pub(in crate::browser) struct Pulse(JoinHandle<()>);

impl Pulse {
    /// Asks until the session is lost, and then tells `lost` why.
    pub(in crate::browser) fn start(session: WebDriver, lost: impl Fn(&str) + Send + 'static) -> Self {
        Self(tokio::spawn(async move {
            loop {
                tokio::time::sleep(INTERVAL).await;
                if let Err(reason) = session.check_alive(PATIENCE).await {
                    return lost(&reason);
                }
            }
        }))
    }
}

impl Drop for Pulse {
    fn drop(&mut self) {
        self.0.abort();
    }
}
