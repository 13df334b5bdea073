//! Calls [`runner::cli`] and exits with its code.

fn main() -> std::process::ExitCode {
    runner::cli::main()
}
