//! What is going on right now: a bar with counts and one line for each worker.
//!
//! [`render`] makes the text from a [`ProgressState`] alone; [`Progress`] keeps it on the screen.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState as BarState, ProgressStyle};

use super::style::{Style, Tone, one_line};
use super::summary::count_words;
use crate::clock::human_duration;
use crate::event::RunEvent;
use crate::model::{TestCase, WorkerId};
use crate::outcome::Counts;
use crate::report::record::Record;

/// How often the picture is redrawn.
const TICK: Duration = Duration::from_millis(100);
/// Cells of the bar.
const BAR: usize = 24;
/// Workers shown at most.
const WORKERS: usize = 16;

/// What is known about the moment.
#[derive(Clone, Debug)]
pub(super) struct ProgressState {
    total: usize,
    counts: Counts,
    started: Instant,
    workers: Vec<Option<Running>>,
}

#[derive(Clone, Debug)]
struct Running {
    title: String,
    attempt: u32,
    started: Instant,
}

impl ProgressState {
    pub(super) fn new(now: Instant) -> Self {
        Self { total: 0, counts: Counts::default(), started: now, workers: Vec::new() }
    }

    /// Takes in one event, at the time it came.
    pub(super) fn receive(&mut self, event: &RunEvent, record: &Record, now: Instant) {
        match event {
            RunEvent::RunStarted(start) => {
                self.total = start.tests.len();
                self.workers = vec![None; start.workers.min(start.tests.len())];
            }
            RunEvent::TestStarted { test, attempt, worker } => {
                let title = record.case(*test).map(running_title).unwrap_or_default();
                self.set_worker(*worker, Some(Running { title, attempt: *attempt, started: now }));
            }
            RunEvent::AttemptFinished { worker, .. } | RunEvent::TestGivenBack { worker, .. } => {
                self.set_worker(*worker, None);
            }
            RunEvent::TestFinished { status, .. } => self.counts.add(*status),
            RunEvent::CollectionFailed { .. }
            | RunEvent::ServerReady { .. }
            | RunEvent::BrowserReady { .. }
            | RunEvent::Step { .. }
            | RunEvent::Log { .. }
            | RunEvent::ArtifactWritten { .. }
            | RunEvent::Warning { .. }
            | RunEvent::RunFailure { .. }
            | RunEvent::RunFinished(_) => {}
        }
    }

    fn set_worker(&mut self, worker: WorkerId, running: Option<Running>) {
        let place = worker.0.saturating_sub(1);
        if place >= self.workers.len() {
            self.workers.resize(place + 1, None);
        }
        self.workers[place] = running;
    }
}

fn running_title(case: &TestCase) -> String {
    one_line(&case.id.to_string())
}

/// The picture at `now`, `width` columns wide, an empty line first.
pub(super) fn render(state: &ProgressState, now: Instant, width: usize, style: &Style) -> String {
    let width = width.saturating_sub(1);
    let elapsed = now.saturating_duration_since(state.started);
    let done = state.counts.total();
    let spinner = style.spinner();
    let tick = usize::try_from(elapsed.as_millis() / TICK.as_millis()).unwrap_or(0);
    let mut overall = format!(
        "{} {} {done}/{}  {}",
        style.paint(Tone::Place, spinner[tick % spinner.len()]),
        bar(done, state.total, style),
        state.total,
        whole_seconds(elapsed),
    );
    let words = count_words(state.counts, style);
    if !words.is_empty() {
        let _ = write!(overall, "  {words}");
    }
    let mut text = format!("\n{}", style.cut(&overall, width));
    for (index, running) in state.workers.iter().take(WORKERS).enumerate() {
        let _ = write!(text, "\n{}", worker_line(index + 1, running.as_ref(), now, width, style));
    }
    if state.workers.len() > WORKERS {
        let more = state.workers[WORKERS..].iter().flatten().count();
        let _ = write!(text, "\n{}", style.paint(Tone::Dim, format!("  and {more} more")));
    }
    text
}

fn worker_line(number: usize, running: Option<&Running>, now: Instant, width: usize, style: &Style) -> String {
    let number = style.paint(Tone::Dim, format!("{number:>3}"));
    let Some(running) = running else {
        return number;
    };
    let mut end = String::new();
    if running.attempt > 1 {
        let _ = write!(end, " attempt {}", running.attempt);
    }
    let elapsed = now.saturating_duration_since(running.started);
    if elapsed >= Duration::from_secs(1) {
        let _ = write!(end, " {}", whole_seconds(elapsed));
    }
    let room = width.saturating_sub(4 + end.len());
    format!("{number} {}{}", style.cut(&style.symbols(&running.title), room), style.paint(Tone::Dim, end))
}

fn bar(done: usize, total: usize, style: &Style) -> String {
    let (full, empty) = style.bar_cells();
    let cells = (done * BAR).checked_div(total).unwrap_or(0).min(BAR);
    format!("{}{}", style.paint(Tone::Good, full.repeat(cells)), style.paint(Tone::Dim, empty.repeat(BAR - cells)))
}

fn whole_seconds(elapsed: Duration) -> String {
    human_duration(Duration::from_secs(elapsed.as_secs())).replace("0ms", "0s")
}

/// The picture on the screen.
#[derive(Debug)]
pub(super) struct Progress {
    bar: ProgressBar,
    state: Arc<Mutex<ProgressState>>,
}

impl Progress {
    /// Starts drawing on stdout.
    pub(super) fn start(style: Style) -> Self {
        let state = Arc::new(Mutex::new(ProgressState::new(Instant::now())));
        let shown = Arc::clone(&state);
        let look = ProgressStyle::with_template("{picture}").expect("the template is a constant").with_key(
            "picture",
            move |_: &BarState, out: &mut dyn std::fmt::Write| {
                // The window may have changed its size since the start.
                let width = console::Term::stdout().size_checked().map_or(80, |(_, columns)| usize::from(columns));
                // A picture that cannot be drawn is drawn again at the next tick.
                let _ = out.write_str(&render(&lock(&shown), Instant::now(), width, &style));
            },
        );
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stdout()).with_style(look);
        bar.enable_steady_tick(TICK);
        Self { bar, state }
    }

    /// Takes in one event; it shows at the next tick.
    pub(super) fn receive(&self, event: &RunEvent, record: &Record) {
        lock(&self.state).receive(event, record, Instant::now());
    }

    /// Takes the picture away while `print` writes above it.
    pub(super) fn print_above<T>(&self, print: impl FnOnce() -> T) -> T {
        self.bar.suspend(print)
    }

    /// Takes the picture away for good.
    pub(super) fn stop(&self) {
        self.bar.finish_and_clear();
    }
}

fn lock(state: &Mutex<ProgressState>) -> MutexGuard<'_, ProgressState> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::Status;
    use crate::report::sample;

    #[test]
    fn shows_counts_and_what_each_worker_does() {
        let start = Instant::now();
        let mut state = ProgressState::new(start);
        let mut record = Record::new();
        for event in [
            sample::run_started(),
            sample::test_started(0, 1, 1),
            sample::test_started(1, 1, 2),
            sample::test_finished(0, Status::Passed),
            sample::test_started(2, 2, 1),
        ] {
            record.receive(&event);
            state.receive(&event, &record, start + Duration::from_secs(3));
        }
        let picture = render(&state, start + Duration::from_secs(5), 60, &Style::plain());
        let lines: Vec<&str> = picture.lines().collect();
        assert_eq!(lines.len(), 4);
        assert_eq!(lines[1], "⠋ ━━━───────────────────── 1/8  5s  1 passed");
        assert_eq!(lines[2], "  1 specs/cart.rhai › cart › with a voucher ›… attempt 2 2s");
    }
}
