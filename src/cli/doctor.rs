//! `runner doctor`: which browsers can be used here, what is missing and how to get it, and what
//! each wire can do. It opens no browser.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::browser::{BrowserError, Capability, Program, Survey, can_over, is_lacking, survey, wires_of};
use crate::config::{BrowserName, BrowserSettings, Settings, WireName};
use crate::redact::Steady;

use super::error::CliError;
use super::exit::ExitCode;

const BROWSERS: [BrowserName; 6] = [
    BrowserName::Chromium,
    BrowserName::Chrome,
    BrowserName::Edge,
    BrowserName::Firefox,
    BrowserName::Webkit,
    BrowserName::Safari,
];

/// How the answer is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// Says what is here. The exit code is that of a run which finds its browser, or does not.
pub(super) async fn run(settings: Settings, form: Form) -> Result<ExitCode, CliError> {
    let findings = Findings::of(&settings).await;
    let text = match form {
        Form::Text => findings.text(),
        Form::Json => format!("{:#}\n", findings.json()),
    };
    let text = Steady::of_process().apply(&text);
    io::stdout()
        .write_all(text.as_bytes())
        .map_err(|source| CliError::Process { what: "write what was found", source })?;
    Ok(if findings.can_run() { ExitCode::Passed } else { ExitCode::CouldNotRun })
}

/// What there is to say.
struct Findings {
    config: Option<PathBuf>,
    chosen: BrowserSettings,
    surveys: Vec<Survey>,
}

impl Findings {
    async fn of(settings: &Settings) -> Self {
        let chosen = settings.browser.clone();
        let mut surveys = Vec::new();
        for name in BROWSERS {
            // What the settings say of paths is meant for the browser they name.
            let others = BrowserSettings { name, headed: chosen.headed, ..BrowserSettings::default() };
            surveys.push(survey(if name == chosen.name { &chosen } else { &others }).await);
        }
        Self { config: settings.config.clone(), chosen, surveys }
    }

    /// A driver that runs elsewhere is asked when a run starts, and needs nothing here.
    fn can_run(&self) -> bool {
        let is_ready = |survey: &Survey| survey.browser == self.chosen.name && survey.problem.is_none();
        self.chosen.webdriver_url.is_some() || self.surveys.iter().any(is_ready)
    }

    fn text(&self) -> String {
        let config = self.config.as_ref().map_or_else(|| "none".to_owned(), |path| path.display().to_string());
        let mut text = format!(
            "runner {}\nconfiguration: {config}\nbrowser of a run: {}\n",
            env!("CARGO_PKG_VERSION"),
            self.chosen.name
        );
        if let Some(url) = &self.chosen.webdriver_url {
            text.extend(["driver of a run: ", url.as_str(), " (asked when a run starts)\n"]);
        }
        for survey in &self.surveys {
            text.push('\n');
            text.push_str(&self.section(survey));
        }
        text.push('\n');
        text.push_str(&table());
        text
    }

    fn section(&self, survey: &Survey) -> String {
        let state = if survey.problem.is_some() { "not ready" } else { "ready" };
        let mut text = format!("{}: {state}\n", survey.browser);
        for (what, program) in [("driver", &survey.driver), ("browser", &survey.program)] {
            text.extend(program.iter().map(|program| format!("  {what:<8}{}\n", shown(program))));
        }
        text.extend(["  wires   ", &wires(survey.browser), "\n"]);
        if let Some(BrowserError::Start { title, details, advice }) = &survey.problem {
            text.extend(["  problem ", title, "\n"]);
            // Where was looked is of interest for the browser that is wanted only, and what was found
            // stands above.
            let details = details.iter().filter(|line| {
                let is_above = line.starts_with("driver: ") || line.starts_with("browser: ");
                survey.browser == self.chosen.name && !is_above
            });
            text.extend(details.map(|line| format!("          {line}\n")));
            text.extend(advice.iter().map(|advice| format!("  try     {advice}\n")));
        }
        text
    }

    fn json(&self) -> Value {
        let browsers: Vec<Value> = self.surveys.iter().map(as_json).collect();
        let wires: serde_json::Map<String, Value> = used_wires()
            .into_iter()
            .map(|wire| {
                let can = Capability::ALL.iter().filter(|capability| can_over(wire, **capability));
                (wire.to_string(), can.map(|capability| capability.name()).collect())
            })
            .collect();
        json!({
            "runner": env!("CARGO_PKG_VERSION"),
            "configuration": self.config,
            "browser": self.chosen.name.to_string(),
            "webdriver_url": self.chosen.webdriver_url.as_ref().map(ToString::to_string),
            "ready": self.can_run(),
            "browsers": browsers,
            "capabilities": Capability::ALL.iter().map(|capability| capability.name()).collect::<Vec<_>>(),
            "wires": wires,
        })
    }
}

fn as_json(survey: &Survey) -> Value {
    let program = |program: &Option<Program>| {
        program.as_ref().map(|program| json!({ "path": program.path, "version": program.version }))
    };
    let problem = match &survey.problem {
        Some(BrowserError::Start { title, details, advice }) => {
            json!({ "title": title, "details": details, "advice": advice })
        }
        Some(other) => json!({ "title": other.to_string() }),
        None => Value::Null,
    };
    json!({
        "name": survey.browser.to_string(),
        "ready": survey.problem.is_none(),
        "driver": program(&survey.driver),
        "browser": program(&survey.program),
        "wires": wires_of(survey.browser).iter().map(ToString::to_string).collect::<Vec<_>>(),
        "lacking": Capability::ALL
            .iter()
            .filter(|capability| is_lacking(survey.browser, **capability))
            .map(|capability| capability.name())
            .collect::<Vec<_>>(),
        "problem": problem,
    })
}

fn shown(program: &Program) -> String {
    let version = program.version.as_ref().map(|version| format!(" ({version})")).unwrap_or_default();
    format!("{}{version}", program.path.display())
}

fn wires(browser: BrowserName) -> String {
    wires_of(browser).iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// The wires that any browser is driven over.
fn used_wires() -> Vec<WireName> {
    let mut wires = vec![WireName::Devtools, WireName::Bidi, WireName::Classic];
    wires.retain(|wire| BROWSERS.iter().any(|browser| wires_of(*browser).contains(wire)));
    wires
}

fn table() -> String {
    let wires = used_wires();
    let row = |name: &str, cells: Vec<String>| {
        let cells = cells.iter().map(|cell| format!("{cell:<10}")).collect::<Vec<_>>().concat();
        format!("{name:<26}{cells}").trim_end().to_owned() + "\n"
    };
    let mut text = row("what `requires` can name", wires.iter().map(ToString::to_string).collect());
    for capability in Capability::ALL {
        let word = |wire: &WireName| if can_over(*wire, *capability) { "yes" } else { "-" };
        let mut cells: Vec<String> = wires.iter().map(|wire| word(wire).to_owned()).collect();
        let lacking = BROWSERS.into_iter().filter(|browser| is_lacking(*browser, *capability));
        let lacking: Vec<_> = lacking.map(|browser| browser.to_string()).collect();
        if !lacking.is_empty() {
            cells.push(format!("not on {}", lacking.join(", ")));
        }
        let line = row(&format!("  {}", capability.name()), cells);
        // Writing to a text cannot fail.
        let _ = text.write_str(&line);
    }
    text
}
