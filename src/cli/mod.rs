//! The command line: arguments become settings, settings a command, and the command an exit code.

mod args;
mod collect;
mod demo;
mod dispatch;
mod error;
mod exit;
mod init;
mod install;
mod list;
mod run;
mod sessions;

pub use dispatch::main;
pub use exit::ExitCode;
