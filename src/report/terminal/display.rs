//! [`TerminalReport`]: the one writer to the terminal. It decides when something is shown; what it
//! looks like is decided by its neighbours.

use std::io::{self, Write};

use super::listing::{Finished, Grouping, flat_lines, is_listed};
use super::notes::log_lines;
use super::progress::Progress;
use super::style::{Style, Tone, one_line, visible};
use super::summary::{Repeat, Shown, summary};
use crate::clock::human_duration;
use crate::event::{PlanIndex, RunEvent, RunStart};
use crate::outcome::{Failure, Status};
use crate::redact::Steady;
use crate::report::ReportError;
use crate::report::diagnostic::{describe_failure, describe_test, indent, tone};
use crate::report::fanout::Report;
use crate::report::record::Record;

/// How much is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verbosity {
    /// Failures and the summary.
    Quiet,
    /// Every finished test.
    Normal,
    /// Steps, browsers and tests that were not run, too.
    Verbose,
}

/// Shows a run while it goes on, and what it came to.
pub struct TerminalReport {
    style: Style,
    verbosity: Verbosity,
    output: Output,
    /// Tests stand in groups; `None`: one plain line each.
    grouping: Option<Grouping>,
    failures: Vec<Shown>,
    /// Nothing was printed after the last failure.
    ends_with_failure: bool,
}

impl TerminalReport {
    /// For a terminal: progress at the bottom, tests in groups above it.
    pub fn with_progress(style: Style, verbosity: Verbosity) -> Self {
        let mut report = Self::grouped(style, verbosity, Box::new(io::stdout()));
        report.output.progress = Some(Progress::start(style));
        report
    }

    /// For stdout that is no terminal.
    pub fn to_stdout(style: Style, verbosity: Verbosity) -> Self {
        Self::plain(style, verbosity, Box::new(io::stdout()))
    }

    /// For a file or pipe: one line for each test, whole in itself.
    pub fn plain(style: Style, verbosity: Verbosity, writer: Box<dyn Write + Send>) -> Self {
        let output = Output { writer, progress: None, gap: Gap::Start, steady: Steady::of_process() };
        Self { style, verbosity, output, grouping: None, failures: Vec::new(), ends_with_failure: false }
    }

    /// Tests in groups, without progress.
    pub(crate) fn grouped(style: Style, verbosity: Verbosity, writer: Box<dyn Write + Send>) -> Self {
        let mut report = Self::plain(style, verbosity, writer);
        // Among failures only there is nothing to group.
        report.grouping = (verbosity != Verbosity::Quiet).then(|| Grouping::new(style, verbosity));
        report
    }

    fn show(&mut self, event: &RunEvent, record: &Record) -> io::Result<()> {
        match event {
            RunEvent::RunStarted(start) => {
                if let Some(grouping) = &mut self.grouping {
                    grouping.start(&start.tests);
                }
                let header = self.header(start);
                if self.verbosity == Verbosity::Quiet { Ok(()) } else { self.output.block(&format!("  {header}")) }
            }
            RunEvent::CollectionFailed { file, failure } => {
                self.failures.push(Shown::File(record.broken_files.len().saturating_sub(1)));
                self.failure(file, failure)
            }
            RunEvent::RunFailure { failure } => {
                self.failures.push(Shown::Run(record.run_failures.len().saturating_sub(1)));
                self.failure("outside the tests", failure)
            }
            RunEvent::ServerReady { url, took, reused } => {
                let text = if *reused {
                    format!("server {url} was running already")
                } else {
                    format!("server {url} ready ({})", human_duration(*took))
                };
                self.remark(&self.style.paint(Tone::Dim, text))
            }
            RunEvent::BrowserReady { worker, browser, took } if self.verbosity == Verbosity::Verbose => {
                let text = format!("worker {worker}: {browser} ready ({})", human_duration(*took));
                self.remark(&self.style.paint(Tone::Dim, text))
            }
            RunEvent::Log { test: None, text } => self.remark(&log_lines(text, &self.style).join("\n")),
            RunEvent::Warning { text } => {
                let label = self.style.paint(Tone::Warning, "warning:");
                let text = indent(&visible(text), "         ");
                self.remark(&format!("{label} {}", text.trim_start()))
            }
            RunEvent::TestFinished { test, status, .. } => self.finished(*test, *status, record),
            RunEvent::RunFinished(_) => self.end(record),
            RunEvent::BrowserReady { .. }
            | RunEvent::TestStarted { .. }
            | RunEvent::TestGivenBack { .. }
            | RunEvent::Step { .. }
            | RunEvent::Log { test: Some(_), .. }
            | RunEvent::ArtifactWritten { .. }
            | RunEvent::AttemptFinished { .. } => Ok(()),
        }
    }

    fn header(&self, start: &RunStart) -> String {
        let plural = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
        let mut text = format!("{} in {}", plural(start.tests.len(), "test"), plural(start.specs, "spec"));
        if start.deselected > 0 {
            text = format!("{text} ({} not selected)", start.deselected);
        }
        if let Some(shard) = &start.shard {
            text = format!("{text}, shard {} of {}", shard.index, shard.total);
        }
        let rest = format!(", {}, {}", plural(start.workers, "worker"), start.browser);
        format!("{}{}", self.style.paint(Tone::Strong, text), self.style.paint(Tone::Dim, rest))
    }

    /// A line between the tests; not worth showing in quiet mode.
    fn remark(&mut self, text: &str) -> io::Result<()> {
        if self.verbosity == Verbosity::Quiet {
            return Ok(());
        }
        self.interrupt_group();
        self.ends_with_failure = false;
        self.output.lines(&indent(text, "  "))
    }

    fn interrupt_group(&mut self) {
        if let Some(grouping) = &mut self.grouping {
            grouping.interrupt();
        }
    }

    /// A failure without a test, in full.
    fn failure(&mut self, name: &str, failure: &Failure) -> io::Result<()> {
        let mark = self.style.mark(Status::Failed);
        let name = self.style.paint(tone(failure), format!("{}) {name}", self.failures.len()));
        let text = describe_failure(failure, &self.style);
        self.interrupt_group();
        self.ends_with_failure = true;
        self.output.block(&format!("  {mark} {name}\n\n{}", indent(&text, "     ")))
    }

    fn finished(&mut self, test: PlanIndex, status: Status, record: &Record) -> io::Result<()> {
        let number = (status == Status::Failed).then(|| {
            self.failures.push(Shown::Test(test));
            self.failures.len()
        });
        if let Some(grouping) = &mut self.grouping {
            if let Some(lines) = grouping.add(Finished { test, number }, record) {
                self.ends_with_failure = false;
                self.output.lines(&lines)?;
            }
            return number.map_or(Ok(()), |number| self.test_failure(test, number, record));
        }
        let (Some(case), Some(found)) = (record.case(test), record.tests.get(test.0)) else {
            return Ok(());
        };
        if !is_listed(found, self.verbosity) {
            return Ok(());
        }
        let line = flat_lines(case, found, number, (&self.style, self.verbosity));
        self.ends_with_failure = number.is_some();
        if number.is_none() {
            return self.output.lines(&line);
        }
        let description = describe_test(case, found, &self.style);
        self.output.block(&format!("{line}\n\n{}", indent(&description, "     ")))
    }

    /// A failed test in full, apart from its line in its group.
    fn test_failure(&mut self, test: PlanIndex, number: usize, record: &Record) -> io::Result<()> {
        let (Some(case), Some(found)) = (record.case(test), record.tests.get(test.0)) else {
            return Ok(());
        };
        let title = one_line(&self.style.symbols(&case.id.to_string()));
        let tone = found.failure().map_or(Tone::Bad, tone);
        let headline = self.style.paint(tone, format!("{number}) {title}"));
        let description = describe_test(case, found, &self.style);
        self.interrupt_group();
        self.ends_with_failure = true;
        self.output.block(&format!("  {headline}\n\n{}", indent(&description, "     ")))
    }

    fn end(&mut self, record: &Record) -> io::Result<()> {
        if let Some(lines) = self.grouping.as_mut().and_then(|grouping| grouping.flush(record)) {
            self.ends_with_failure = false;
            self.output.lines(&lines)?;
        }
        if let Some(progress) = self.output.progress.take() {
            progress.stop();
        }
        let repeat =
            if self.failures.len() > 1 || !self.ends_with_failure { Repeat::Failures } else { Repeat::Nothing };
        self.output.block(&indent(&summary(record, &self.failures, repeat, &self.style), "  "))?;
        self.output.finish()
    }
}

impl Report for TerminalReport {
    fn receive(&mut self, event: &RunEvent, record: &Record) -> Result<(), ReportError> {
        if let Some(progress) = &self.output.progress {
            progress.receive(event, record);
        }
        self.show(event, record).map_err(|source| ReportError::Terminal { source })
    }

    fn finish(&mut self, _record: &Record) -> Result<(), ReportError> {
        // A run that broke off without its last event leaves no picture behind.
        if let Some(progress) = self.output.progress.take() {
            progress.stop();
        }
        Ok(())
    }
}

/// Where text goes, with empty lines around what needs them.
struct Output {
    writer: Box<dyn Write + Send>,
    progress: Option<Progress>,
    gap: Gap,
    steady: Steady,
}

/// What comes before the next text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gap {
    /// It is the first.
    Start,
    /// It follows a line.
    Line,
    /// It follows a block.
    Block,
}

impl Output {
    /// Lines in a row with those before. An empty line at their start is not doubled.
    fn lines(&mut self, text: &str) -> io::Result<()> {
        let (start, text) = match self.gap {
            Gap::Start => ("", text.trim_start_matches('\n')),
            Gap::Line => ("", text),
            Gap::Block => ("\n", text.trim_start_matches('\n')),
        };
        self.gap = Gap::Line;
        self.write(&format!("{start}{text}\n"))
    }

    /// Lines with an empty line before and after them.
    fn block(&mut self, text: &str) -> io::Result<()> {
        let start = if self.gap == Gap::Start { "" } else { "\n" };
        self.gap = Gap::Block;
        self.write(&format!("{start}{text}\n"))
    }

    fn finish(&mut self) -> io::Result<()> {
        self.writer.flush()
    }

    fn write(&mut self, text: &str) -> io::Result<()> {
        let text = self.steady.apply(text);
        let writer = &mut self.writer;
        let mut print = || writer.write_all(text.as_bytes()).and_then(|()| writer.flush());
        match &self.progress {
            Some(progress) => progress.print_above(print),
            None => print(),
        }
    }
}
