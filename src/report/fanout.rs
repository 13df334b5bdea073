//! [`Fanout`]: gives every event to every report, and goes on when one of them breaks.
//!
//! It also keeps the [`Record`] the reports share, so that a test is remembered once.

use std::sync::mpsc;
use std::thread::JoinHandle;

use super::error::ReportError;
use super::record::Record;
use crate::event::{EventSink, RunEvent};

/// Something that shows or writes a run. Every method is optional.
pub trait Report: Send {
    /// One more event, already part of `record`.
    fn receive(&mut self, event: &RunEvent, record: &Record) -> Result<(), ReportError> {
        let _ = (event, record);
        Ok(())
    }

    /// No more events come; files are written now.
    fn finish(&mut self, record: &Record) -> Result<(), ReportError> {
        let _ = record;
        Ok(())
    }
}

/// All reports of a run.
#[derive(Default)]
pub struct Fanout {
    record: Record,
    reports: Vec<Box<dyn Report>>,
    errors: Vec<ReportError>,
}

impl Fanout {
    /// Without reports.
    pub fn new() -> Self {
        Self::default()
    }

    /// One more report. They receive events in the order in which they were added.
    pub fn add(&mut self, report: impl Report + 'static) {
        self.reports.push(Box::new(report));
    }

    /// Gives an event to every report. One that breaks gets no more events.
    pub fn receive(&mut self, event: &RunEvent) {
        self.record.receive(event);
        let record = &self.record;
        let errors = &mut self.errors;
        self.reports.retain_mut(|report| match report.receive(event, record) {
            Ok(()) => true,
            Err(error) => {
                errors.push(error);
                false
            }
        });
    }

    /// Finishes every report that did not break, and tells what went wrong with any of them.
    #[must_use = "a report that cannot be written fails the run"]
    pub fn finish(mut self) -> Vec<ReportError> {
        for report in &mut self.reports {
            if let Err(error) = report.finish(&self.record) {
                self.errors.push(error);
            }
        }
        self.errors
    }

    /// Moves the reports to a thread of their own; the sink never waits for them.
    pub fn start(mut self) -> (EventSink, Reporting) {
        let (sender, receiver) = mpsc::channel::<Option<RunEvent>>();
        let thread = std::thread::Builder::new()
            .name("reports".to_owned())
            .spawn(move || {
                // `None` is the end; so is the loss of every sender.
                while let Ok(Some(event)) = receiver.recv() {
                    self.receive(&event);
                }
                self.finish()
            })
            .expect("a process that has not started its workers can have one more thread");
        let events = sender.clone();
        let sink = EventSink::new(move |event| {
            // The receiver is gone after the end of the reports only; late events have no reader.
            let _ = events.send(Some(event));
        });
        (sink, Reporting { sender, thread })
    }
}

/// Reports at work on their own thread.
#[derive(Debug)]
pub struct Reporting {
    sender: mpsc::Sender<Option<RunEvent>>,
    thread: JoinHandle<Vec<ReportError>>,
}

impl Reporting {
    /// Waits until every event sent so far is shown and every file written, and tells what went
    /// wrong with any of them. Copies of the sink may outlive this; what they send is dropped.
    #[must_use = "a report that cannot be written fails the run"]
    pub fn finish(self) -> Vec<ReportError> {
        // Without a receiver the thread has ended already, which is what this asks for.
        let _ = self.sender.send(None);
        self.thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use super::*;

    struct Listener(Arc<Mutex<Vec<String>>>);

    impl Report for Listener {
        fn receive(&mut self, event: &RunEvent, _record: &Record) -> Result<(), ReportError> {
            if let RunEvent::Warning { text } = event {
                self.0.lock().unwrap().push(text.clone());
            }
            Ok(())
        }

        fn finish(&mut self, record: &Record) -> Result<(), ReportError> {
            self.0.lock().unwrap().push(format!("end after {}", record.warnings.len()));
            Ok(())
        }
    }

    struct Broken;

    impl Report for Broken {
        fn receive(&mut self, _event: &RunEvent, _record: &Record) -> Result<(), ReportError> {
            Err(ReportError::Terminal { source: io::Error::from(io::ErrorKind::BrokenPipe) })
        }
    }

    #[test]
    fn a_broken_report_does_not_stop_the_others_and_is_told_at_the_end() {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let mut fanout = Fanout::new();
        fanout.add(Broken);
        fanout.add(Listener(Arc::clone(&seen)));
        let (sink, reporting) = fanout.start();
        for text in ["one", "two"] {
            sink.send(RunEvent::Warning { text: text.to_owned() });
        }
        let errors = reporting.finish();
        sink.send(RunEvent::Warning { text: "late".to_owned() });
        assert_eq!(errors.len(), 1);
        assert_eq!(*seen.lock().unwrap(), ["one", "two", "end after 2"]);
    }
}
