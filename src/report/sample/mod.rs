//! A made-up run and made-up failures, for the tests of the reports.

mod failures;
mod run;

pub(super) use failures::{hook, infrastructure, not_unique, samples, session_failed, wrong_count};
pub(super) use run::{events, record, run_started, start, test_finished, test_started};
