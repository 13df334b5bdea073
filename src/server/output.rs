//! [`Output`]: the last lines a command printed, in bounded memory.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::task::JoinHandle;

/// How many bytes are kept at least, where there are so many.
const KEPT: usize = 16 * 1024;

/// How many lines are shown.
const LINES: usize = 20;

/// Time for the rest of the output after the command ended. A child that lives on may hold the
/// pipe open, so its end cannot be waited for.
const REST: Duration = Duration::from_millis(300);

/// Reads what a command prints and keeps the end of it.
#[derive(Debug, Default)]
pub(super) struct Output {
    tail: Arc<Mutex<Vec<u8>>>,
    readers: Vec<JoinHandle<()>>,
}

impl Output {
    /// Reads `pipe` until its end.
    pub(super) fn read(&mut self, mut pipe: impl AsyncRead + Unpin + Send + 'static) {
        let tail = Arc::clone(&self.tail);
        self.readers.push(tokio::spawn(async move {
            let mut chunk = [0; 4096];
            while let Ok(length @ 1..) = pipe.read(&mut chunk).await {
                keep(&mut tail.lock().unwrap_or_else(PoisonError::into_inner), &chunk[..length]);
            }
        }));
    }

    /// The last lines, once everything was read that still comes.
    pub(super) async fn rest(&mut self) -> Vec<String> {
        for reader in &mut self.readers {
            // Whether it ended or not, what was read so far is shown.
            let _ = tokio::time::timeout(REST, reader).await;
        }
        self.readers.clear();
        self.lines()
    }

    /// The last lines so far.
    pub(super) fn lines(&self) -> Vec<String> {
        let tail = self.tail.lock().unwrap_or_else(PoisonError::into_inner);
        last_lines(&String::from_utf8_lossy(&tail))
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        for reader in &self.readers {
            reader.abort();
        }
    }
}

fn keep(tail: &mut Vec<u8>, chunk: &[u8]) {
    tail.extend_from_slice(chunk);
    if tail.len() > 2 * KEPT {
        tail.drain(..tail.len() - KEPT);
    }
}

fn last_lines(text: &str) -> Vec<String> {
    let lines: Vec<_> = text
        .lines()
        .map(|line| console::strip_ansi_codes(line).trim_end().to_owned())
        .filter(|line| !line.is_empty())
        .collect();
    lines[lines.len().saturating_sub(LINES)..].to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_lines_are_shown_without_colours() {
        assert_eq!(last_lines("one\n\n\u{1b}[31mtwo\u{1b}[0m  \r\nthree"), ["one", "two", "three"]);
        let many: Vec<_> = (0..50).map(|number| number.to_string()).collect();
        let many = many.join("\n");
        assert_eq!((last_lines(&many).len(), last_lines(&many)[0].as_str()), (LINES, "30"));
    }

    #[test]
    fn memory_is_bounded() {
        let mut tail = Vec::new();
        for _ in 0..1000 {
            keep(&mut tail, &[b'x'; 4096]);
        }
        assert!(tail.len() <= 2 * KEPT);
    }
}
