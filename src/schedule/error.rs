//! [`ScheduleError`]: the run itself could not do its work.

/// Why workers could not be had.
#[derive(Debug, thiserror::Error)]
pub enum ScheduleError {
    /// The operating system gave no thread.
    #[error("cannot start a worker's thread")]
    Thread(#[source] std::io::Error),
    /// A worker's thread ended while specs were being collected; a defect of ours.
    #[error("a worker ended while specs were being collected; please report this as a defect of runner")]
    WorkerGone,
}
