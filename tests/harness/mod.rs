//! What both test crates share: a builder that runs the real binary in a folder of its own, and
//! says exactly what was not as expected.
//!
//! Start with [`Project`]. No test looks inside the program.

mod finished;
mod golden;
mod leftovers;
mod project;
mod report;
mod running;

pub(crate) use finished::Finished;
pub(crate) use project::{Project, repository};
pub(crate) use report::Report;
pub(crate) use running::Running;
