//! Finds `runner.toml` and reads it: [`ConfigFile`].
//!
//! Keys, and which kind of value each has, are known here; what the values mean is not.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use toml::de::DeTable;

use super::document::Document;
use super::error::ConfigError;
use super::layer::Layer;
use super::origin::{Given, Origin, Place};
use super::paths;
use super::profile::Profile;
use super::project::Project;
use super::section::Section;
use super::server::ServerTable;

/// The name that is looked for.
const NAME: &str = "runner.toml";

/// What the file and its profiles may say.
const SETTINGS: [&str; 18] = [
    "base_url",
    "specs",
    "support",
    "timeout",
    "timeouts",
    "retries",
    "fail_on_flaky",
    "workers",
    "parallel",
    "isolation",
    "test_id_attribute",
    "session_cache",
    "output",
    "history",
    "browser",
    "server",
    "reports",
    "env",
];
const TOP: &[&str] = &{
    let mut keys = [""; SETTINGS.len() + 2];
    keys.split_at_mut(SETTINGS.len()).0.copy_from_slice(&SETTINGS);
    keys[SETTINGS.len()] = "profile";
    keys[SETTINGS.len() + 1] = "project";
    keys
};
/// What a profile may say: everything but profiles, and where it starts from.
const PROFILE: &[&str] = &{
    let mut keys = ["inherits"; SETTINGS.len() + 1];
    keys.split_at_mut(1).1.copy_from_slice(&SETTINGS);
    keys
};
const TIMEOUTS: &[&str] = &["test", "hook", "action", "navigation", "assertion", "verify", "global"];
const BROWSER: &[&str] = &[
    "name",
    "headed",
    "driver",
    "path",
    "args",
    "capabilities",
    "viewport",
    "wire",
    "webdriver_url",
    "webdriver_headers",
    "start_timeout",
];
const SERVER: &[&str] = &["command", "url", "timeout", "reuse"];
const REPORTS: &[&str] = &["junit", "json"];
/// What a project may say: what concerns its tests, not the run as a whole.
const PROJECT: &[&str] = &[
    "base_url",
    "specs",
    "tag",
    "grep",
    "grep_invert",
    "timeout",
    "timeouts",
    "retries",
    "isolation",
    "test_id_attribute",
    "browser",
    "env",
];

/// What a configuration file says, or one of its profiles.
#[derive(Clone, Debug, Default)]
pub(super) struct ConfigFile {
    /// What flags can say too.
    pub(super) layer: Layer,
    /// `[server]`.
    pub(super) server: Option<ServerTable>,
    /// `[browser]`, what only the file can say.
    pub(super) browser: BrowserExtras,
    /// `test_id_attribute`.
    pub(super) test_id_attribute: Option<Given<String>>,
    /// `[env]`.
    pub(super) env: BTreeMap<String, String>,
    /// `[profile.NAME]`, in the order of the file.
    pub(super) profiles: Vec<Profile>,
    /// `[project.NAME]`, in the order of the file.
    pub(super) projects: Vec<Project>,
}

/// What only the file can say about the browser.
#[derive(Clone, Debug, Default)]
pub(super) struct BrowserExtras {
    /// `None` where nothing is said.
    pub(super) args: Option<Vec<String>>,
    pub(super) capabilities: serde_json::Map<String, serde_json::Value>,
    pub(super) webdriver_headers: BTreeMap<String, String>,
    /// Where the table stands.
    pub(super) place: Option<Place>,
    pub(super) viewport: Option<Given<(u32, u32)>>,
    pub(super) start_timeout: Option<Given<String>>,
}

/// The configuration file: the one that was named, or the nearest `runner.toml` upwards.
pub(super) fn find(named: Option<&Given<String>>, working_directory: &Path) -> Result<Option<PathBuf>, ConfigError> {
    let Some(named) = named else {
        return Ok(working_directory.ancestors().map(|folder| folder.join(NAME)).find(|path| path.is_file()));
    };
    let path = paths::existing(working_directory, &named.value, named)?;
    if path.is_dir() {
        let message = format!("`{}` is a folder, not a configuration file", named.value);
        let advice = Some(format!("`{}/{NAME}`", named.value.trim_end_matches('/')));
        return Err(ConfigError::Value { origin: named.origin.clone(), message, advice });
    }
    Ok(Some(path))
}

impl ConfigFile {
    /// Reads `path`.
    pub(super) fn open(path: &Path, working_directory: &Path) -> Result<Self, ConfigError> {
        Self::read(&Document::open(path, working_directory)?)
    }

    /// Reads a document.
    pub(super) fn read(document: &Document) -> Result<Self, ConfigError> {
        let table = DeTable::parse(document.text()).map_err(|error| {
            let place = Box::new(document.place("", error.span().unwrap_or(0..0)));
            ConfigError::Syntax { place, message: error.message().replace('\n', ", ") }
        })?;
        let top = Section::top(document, table.get_ref(), TOP)?;
        let mut file = Self::read_table(&top)?;
        for (name, section) in top.named_tables("profile", PROFILE)? {
            let (inherits, settings) = (section.text("inherits")?, Self::read_table(&section)?);
            file.profiles.push(Profile { name, inherits, settings });
        }
        for (name, section) in top.named_tables("project", PROJECT)? {
            let mut settings = Self::read_table(&section)?;
            settings.layer.tags = section.text("tag")?;
            settings.layer.grep = section.text("grep")?;
            settings.layer.grep_invert = section.text("grep_invert")?;
            file.projects.push(Project { name, settings });
        }
        Ok(file)
    }

    /// What the top of the file and a profile say alike.
    fn read_table(top: &Section<'_>) -> Result<Self, ConfigError> {
        let mut file = Self {
            layer: Layer {
                paths: top.text_or_texts("specs")?,
                support: top.text("support")?,
                base_url: top.text("base_url")?,
                test_timeout: top.duration("timeout")?,
                retries: top.number("retries")?,
                fail_on_flaky: top.truth("fail_on_flaky")?,
                workers: top.text_or_number("workers", "a number or a share such as \"50%\"")?,
                parallel: top.text("parallel")?,
                isolation: top.text("isolation")?,
                session_cache: top.text("session_cache")?,
                output: top.text("output")?,
                history: top.text("history")?,
                ..Layer::default()
            },
            server: None,
            browser: BrowserExtras::default(),
            test_id_attribute: top.text("test_id_attribute")?,
            env: top.private_texts("env")?,
            profiles: Vec::new(),
            projects: Vec::new(),
        };
        file.read_timeouts(top)?;
        file.read_browser(top)?;
        file.read_server(top)?;
        file.read_reports(top)?;
        Ok(file)
    }

    fn read_timeouts(&mut self, top: &Section<'_>) -> Result<(), ConfigError> {
        let Some(table) = top.table("timeouts", TIMEOUTS)? else { return Ok(()) };
        if let (Some(given), Some(Given { origin: Origin::File(first), .. })) =
            (table.duration("test")?, &self.layer.test_timeout)
        {
            let message = format!("the same as `timeout` in line {}: only one of them can count", first.line);
            return Err(ConfigError::value(&given.origin, message));
        }
        let layer = &mut self.layer;
        layer.test_timeout = layer.test_timeout.take().or(table.duration("test")?);
        layer.hook_timeout = table.duration("hook")?;
        layer.action_timeout = table.duration("action")?;
        layer.navigation_timeout = table.duration("navigation")?;
        layer.assertion_timeout = table.duration("assertion")?;
        layer.verify_timeout = table.duration("verify")?;
        layer.global_timeout = table.duration("global")?;
        Ok(())
    }

    fn read_browser(&mut self, top: &Section<'_>) -> Result<(), ConfigError> {
        let Some(table) = top.table("browser", BROWSER)? else { return Ok(()) };
        let layer = &mut self.layer;
        layer.browser = table.text("name")?;
        layer.headed = table.truth("headed")?;
        layer.driver = table.text("driver")?;
        layer.browser_path = table.text("path")?;
        layer.wire = table.text("wire")?;
        layer.webdriver_url = table.text("webdriver_url")?;
        self.browser = BrowserExtras {
            args: table.texts("args")?.map(|args| args.into_iter().map(|given| given.value).collect()),
            capabilities: table.json("capabilities")?,
            webdriver_headers: table.private_texts("webdriver_headers")?,
            place: Some(table.place()),
            viewport: table.pair("viewport", "a list of width and height such as [1280, 720]")?,
            start_timeout: table.duration("start_timeout")?,
        };
        Ok(())
    }

    fn read_server(&mut self, top: &Section<'_>) -> Result<(), ConfigError> {
        let Some(table) = top.table("server", SERVER)? else { return Ok(()) };
        self.server = Some(ServerTable {
            place: table.place(),
            command: table.text("command")?,
            url: table.text("url")?,
            timeout: table.duration("timeout")?,
            reuse: table.truth("reuse")?,
        });
        Ok(())
    }

    fn read_reports(&mut self, top: &Section<'_>) -> Result<(), ConfigError> {
        let Some(table) = top.table("reports", REPORTS)? else { return Ok(()) };
        self.layer.junit = table.text("junit")?;
        self.layer.json = table.text("json")?;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
