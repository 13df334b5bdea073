//! The command line: arguments become settings, settings a command, and the command an exit code.

mod args;
mod check;
mod choose;
mod collect;
mod definitions;
mod demo;
mod dispatch;
mod doctor;
mod error;
mod exit;
mod init;
mod install;
mod list;
mod merge;
mod recorder;
mod run;
mod sessions;

pub use dispatch::main;
pub use exit::ExitCode;
