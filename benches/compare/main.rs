//! Compares `runner` with Playwright Test: the same tests on the same browser, in turn, in one run.
//!
//! `cargo bench --bench compare -- --install` builds the release binary, installs the peer with npm below
//! `target/compare`, and prints medians, spread and ratios. `docs/performance.md` describes the workloads.
#![expect(clippy::print_stdout, reason = "the table is what a benchmark is for")]

mod application;
mod figures;
mod memory;
mod tool;
mod workload;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail, ensure};
use clap::Parser;

use application::Application;
use figures::Pair;
use tool::{Surroundings, Tool, cli};
use workload::{WORKLOADS, Workload};

/// The version the targets were set against.
const PEER: &str = "@playwright/test@1.65";

/// The headless shell of Debian, behind its wrapper script.
const BROWSER: &str = "/usr/lib/chromium/chromium-headless-shell";

/// Targets for single operations, ours to the peer's.
const OPERATIONS: [(&str, f64); 6] =
    [("click", 0.20), ("fill", 0.33), ("press", 0.33), ("expect text", 0.50), ("goto", 1.0), ("screenshot", 1.0)];

/// Compares `runner` with Playwright Test on the same browser.
#[derive(Parser)]
struct Arguments {
    /// Installs the peer with npm where it is missing.
    #[arg(long)]
    install: bool,
    /// Sets how often each tool runs each workload, after one run to warm up.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Runs these workloads only: `a,e`.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Sets the number of workers of both tools.
    #[arg(long, default_value_t = 2)]
    workers: usize,
    /// Uses this browser.
    #[arg(long, default_value = BROWSER)]
    browser: PathBuf,
    /// Measures `runner` alone.
    #[arg(long)]
    alone: bool,
    /// Given by `cargo bench`.
    #[arg(long, hide = true)]
    bench: bool,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("compare");
    std::fs::create_dir_all(&folder)?;
    if !arguments.alone {
        find_peer(&folder, arguments.install)?;
    }
    ensure!(arguments.browser.exists(), "no browser at {}: choose one with --browser", arguments.browser.display());
    let application = Application::start().await?;
    let around = Surroundings { application, browser: arguments.browser.clone(), workers: arguments.workers, folder };
    // The tools run as child processes: waiting for them must not hold up the application.
    tokio::task::spawn_blocking(move || compare(&arguments, &around)).await?
}

fn find_peer(folder: &Path, install: bool) -> anyhow::Result<()> {
    if cli(folder).exists() {
        return Ok(());
    }
    if !install {
        bail!("Playwright Test is not there: add --install to get {PEER} with npm, or --alone to go without it");
    }
    std::fs::write(folder.join("package.json"), "{ \"private\": true }")?;
    let status = Command::new("npm")
        .args(["install", "--no-audit", "--no-fund", PEER])
        // The browser is on the machine already.
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
        .current_dir(folder)
        .status()
        .context("cannot run npm")?;
    ensure!(status.success(), "npm could not install {PEER}");
    Ok(())
}

fn compare(arguments: &Arguments, around: &Surroundings) -> anyhow::Result<()> {
    let chosen: Vec<&Workload> = WORKLOADS
        .iter()
        .filter(|workload| arguments.only.is_empty() || arguments.only.iter().any(|name| name == workload.name))
        .collect();
    ensure!(!chosen.is_empty(), "no such workload: there are a, b, c, d, e, f and operations");
    println!("{} workers, {} rounds, milliseconds: median (lowest–highest)\n", around.workers, arguments.rounds);
    println!("{:<30} {:>22} {:>22}   ratio target", "", "runner", "playwright");
    for workload in chosen {
        measure(workload, arguments, around)?;
    }
    Ok(())
}

fn measure(workload: &Workload, arguments: &Arguments, around: &Surroundings) -> anyhow::Result<()> {
    let tools: &[Tool] = if arguments.alone { &[Tool::Runner] } else { &[Tool::Runner, Tool::Playwright] };
    for tool in tools {
        tool.prepare(workload, around)?;
        tool.time(workload, around)?;
        around.application.take_figures();
    }
    if workload.name == "c" {
        count(workload, tools, around)?;
    }
    let mut walls = Pair::default();
    let mut operations: BTreeMap<String, Pair> = BTreeMap::new();
    for _ in 0..arguments.rounds {
        for tool in tools {
            let spent = tool.time(workload, around)?.as_secs_f64() * 1000.0;
            side(&mut walls, *tool).push(spent);
            for (name, ms) in around.application.take_figures() {
                side(operations.entry(name).or_default(), *tool).push(ms);
            }
        }
    }
    match workload.target {
        Some(target) => println!("{}", walls.line(&format!("{} {}", workload.name, workload.about), Some(target))),
        None => {
            for (name, pair) in &operations {
                let target = OPERATIONS.iter().find(|(known, _)| known == name).map(|(_, target)| *target);
                println!("{}", pair.line(name, target));
            }
        }
    }
    if workload.name == "e" {
        list(workload, tools, arguments.rounds, around)?;
        weigh(workload, tools, around)?;
    }
    Ok(())
}

fn side(pair: &mut Pair, tool: Tool) -> &mut Vec<f64> {
    match tool {
        Tool::Runner => &mut pair.ours,
        Tool::Playwright => &mut pair.theirs,
    }
}

/// A comparison of page openings is one only where both open as many.
fn count(workload: &Workload, tools: &[Tool], around: &Surroundings) -> anyhow::Result<()> {
    for tool in tools {
        let opened = tool.count(workload, around)?;
        ensure!(
            opened.contexts >= workload.tests && opened.pages >= workload.tests,
            "{} opened {} contexts and {} pages for {} tests",
            tool.name(),
            opened.contexts,
            opened.pages,
            workload.tests,
        );
    }
    Ok(())
}

fn list(workload: &Workload, tools: &[Tool], rounds: usize, around: &Surroundings) -> anyhow::Result<()> {
    let mut pair = Pair::default();
    for _ in 0..rounds {
        for tool in tools {
            side(&mut pair, *tool).push(tool.time_list(workload, around)?.as_secs_f64() * 1000.0);
        }
    }
    println!("{}", pair.line("  --list", Some(0.03)));
    Ok(())
}

fn weigh(workload: &Workload, tools: &[Tool], around: &Surroundings) -> anyhow::Result<()> {
    let mut own = Pair::default();
    let mut browsers = Pair::default();
    for tool in tools {
        let memory = tool.weigh(workload, around)?;
        side(&mut own, *tool).push(memory.tool);
        side(&mut browsers, *tool).push(memory.browsers);
    }
    println!("{}", own.line("  memory without browsers, MB", Some(0.15)));
    println!("{}", browsers.line("  memory of the browsers, MB", None));
    Ok(())
}
