//! Runs a plan: workers, retries, stops. The dispatcher alone decides what runs next; workers tell
//! it what came of it.

mod dispatcher;
mod error;
mod interrupt;
mod message;
mod plan;
mod retry;
mod run;
mod shard;
mod worker;

pub use error::ScheduleError;
pub use plan::{Job, Plan, PlannedSpec};
pub use run::{Collected, Run, RunSetup};
pub use shard::Cut;
